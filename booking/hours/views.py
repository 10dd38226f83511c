"""A provider's hours: the week, the rules of booking, and why a time is not offered."""

import uuid
from copy import copy

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts import zones
from accounts.refusals import Stale
from accounts.versioned import VersionedForm
from providers.access import provider_only

from ..availability import explain, preview
from ..clock import labels
from ..clock.formatting import format_datetime
from ..models import Place
from . import editing, week_form
from .forms import RulesForm, WhyForm


def show(request, template, tab, status=200, **context):
    """One of the pages of the hours, with what all of them show.

    `unsaved` says that the form came back with what was typed.
    """
    provider = request.user.provider
    shared = {
        "provider": provider,
        "zone": provider.time_zone,
        "tab": tab,
        "outside_hours": None,
        "unsaved": request.method == "POST" or bool(request.unsent),
    }
    return render(request, f"booking/hours/{template}.html", {**shared, **context}, status=status)


def pressed(request, *more):
    """What the button that was pressed says: save, anyway, preview, or one more of the page's."""
    do = request.POST.get("do", "save")
    if do not in ("save", "anyway", "preview", *more):
        raise BadRequest("The page has no such button.")
    return do


def seen(request):
    """The uuids of the appointments that the provider was shown, once they say: anyway."""
    if not request.POST.get("do", "").endswith("anyway"):
        return ()
    try:
        return [uuid.UUID(each) for each in request.POST.getlist("seen")]
    except ValueError:
        raise BadRequest("The page names an appointment that doesn’t exist.") from None


# The week


@provider_only
def week(request):
    """The weekly hours: edit, preview, save. An edit of the page itself saves nothing."""
    if request.method != "POST":
        return show_first(request)
    rows = week_form.edited_rows(request.POST)
    if rows is not None:
        edited, blocks = week_form.unbound_week(rows), week_form.blocks_of(rows)
        return show_week(request, edited, blocks=blocks, copied=week_form.copy_text(request.POST))
    do, typed = pressed(request), week_form.bound_week(request.POST)
    if not typed.is_valid():
        return show_week(request, typed, blocks=None, status=400)
    if do == "preview":
        return show_week(request, typed, blocks=typed.blocks())
    return save_week(request, typed)


def show_first(request):
    """The saved week; or what was typed and not sent yet, with its preview."""
    if request.unsent:
        rows = week_form.unsent_rows(request.unsent)
        return show_week(request, week_form.unbound_week(rows), blocks=week_form.blocks_of(rows))
    blocks = list(request.user.provider.working_hours.values_list(*editing.BLOCK))
    return show_week(request, week_form.unbound_week(week_form.rows_of(blocks)), blocks=blocks)


def save_week(request, typed):
    """Save a valid week, or show it again with what stands against that."""
    provider, blocks, form = request.user.provider, typed.blocks(), version_form(request)
    form.full_clean()
    version = form.cleaned_data.get("version")
    try:
        editing.set_week(provider, blocks=blocks, version=version, seen=seen(request))
    except Stale as no:
        messages.warning(request, no.message)
        provider.refresh_from_db()
        form = version_form(request)
        form.catch_up()
        return show_week(request, typed, blocks=blocks, form=form, status=no.status)
    except editing.OutsideHours as no:
        return show_week(
            request, typed, blocks=blocks, outside_hours=no.appointments, status=no.status
        )
    messages.success(request, "Your weekly hours are saved. New clients can see them now.")
    return redirect("booking:availability")


def version_form(request):
    """Which version of the hours the page began with: an older one stays so until it's saved."""
    stored = {"version": request.user.provider.hours_version}
    return VersionedForm(request.POST if request.method == "POST" else None, initial=stored)


def show_week(request, typed, *, blocks, form=None, copied=None, **context):
    """The editor, with the preview of blocks, which are None where they can't be read.

    `form` is the version_form, `copied` what to say of a copy (week_form.copy_text).
    """
    provider, now = request.user.provider, timezone.now()
    typed.annotate(clock_notes(provider, blocks or [], now=now))
    return show(
        request,
        "week",
        "week",
        week=typed,
        days=list(typed.days()),
        copied=copied,
        version=(form or version_form(request))["version"],
        weekdays=list(enumerate(labels.DAYS)),
        preview=week_preview(provider, blocks, now=now),
        **context,
    )


def clock_notes(provider, blocks, *, now):
    """What to know about a change of the clocks, by block as the form writes it."""
    notes = {}
    for (weekday, since, till, _), day in editing.skipped_by_dst(blocks, provider, now=now):
        key = weekday, week_form.clock_text(since), week_form.clock_text(till)
        notes[key] = (
            f"On {labels.month_day(day)}, {day.year}, the clocks go forward and skip this block: "
            "you won’t offer times in it that day."
        )
    return notes


def week_preview(provider, blocks, *, now):
    """The preview of blocks; None where they can't be read."""
    return None if blocks is None else preview.of_week(provider, now=now, hours=blocks)


# The rules of booking


@provider_only
def rules(request):
    provider = request.user.provider
    if request.method != "POST":
        return show_rules(request, RulesForm(instance=copy(provider)))
    do, form = pressed(request), RulesForm(request.POST, instance=copy(provider))
    if not form.is_valid():
        return show_rules(request, form, status=400)
    if do == "preview":
        return show_rules(request, form)
    return save_rules(request, form)


def save_rules(request, form):
    """Save valid rules, or show them again with what stands against that."""
    provider, typed = request.user.provider, form.cleaned_data
    changes = {name: typed[name] for name in editing.RULES}
    try:
        editing.set_rules(provider, rules=changes, version=typed["version"], seen=seen(request))
    except Stale as no:
        messages.warning(request, no.message)
        provider.refresh_from_db()
        form = RulesForm(request.POST, instance=copy(provider))
        return show_rules(request, form, is_newer=True, status=no.status)
    except editing.OutsideHours as no:
        return show_rules(request, form, outside_hours=no.appointments, status=no.status)
    messages.success(request, saved_words(provider, typed))
    return redirect("booking:rules")


def saved_words(provider, typed):
    """That the rules are saved, with what else comes of it for a provider as they were before."""
    words = ["Your rules are saved."]
    if provider.returns_on and typed["accepting_new_clients"]:
        words.append("You’re taking new clients again, so we removed the day you’d be back.")
    if typed["time_zone"] != provider.time_zone:
        zone = zones.label(typed["time_zone"])
        words.append(f"Your hours, time off and extra openings are now in {zone}.")
    return " ".join([*words, "They apply to what’s booked from now on."])


def show_rules(request, form, *, is_newer=False, **context):
    """The form, and the preview under the rules as typed; `is_newer` where others were stored."""
    provider = request.user.provider
    rules = rules_preview(form, provider, now=timezone.now())
    becoming = form.instance.time_zone
    if is_newer:
        form.show_newer()
    return show(
        request,
        "rules",
        "rules",
        form=form,
        becoming=becoming if becoming != provider.time_zone else "",
        preview=rules,
        **context,
    )


def rules_preview(form, provider, *, now):
    """The preview under the rules of the form; None where they can't be read."""
    if form.is_bound and not form.is_valid():
        return None
    return preview.of_week(form.instance, now=now, was=provider.zone)


# The question


@provider_only
@require_safe
def why(request):
    """Why a time is not offered to new clients: every reason, with what to do about it."""
    provider, now = request.user.provider, timezone.now()
    is_asked = "day" in request.GET
    usual = Place.PHONE if provider.starts_with_call else Place.VIRTUAL
    form = WhyForm(request.GET if is_asked else None, provider=provider, initial={"place": usual})
    context = {"form": form, "answered": is_asked and form.is_valid()}
    if context["answered"]:
        starts_at, place = form.cleaned_data["starts_at"], form.cleaned_data["place"]
        context["reasons"] = explain.why_not(provider, starts_at, place, now=now)
        context["time"] = format_datetime(starts_at, provider.time_zone)
    status = 400 if form.errors else 200
    return show(request, "why", "why", status, **context)
