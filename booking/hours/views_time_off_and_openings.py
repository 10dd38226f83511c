"""Time off and openings: the lists, add, remove; and the preview beside any page of the hours."""

from copy import copy
from types import SimpleNamespace
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from providers.access import provider_only

from ..availability import explain, preview
from ..clock import labels
from ..refusals import Refused
from . import editing, week_form
from .forms import OpeningForm, RemoveForm, RemoveOpeningForm, RulesForm, TimeOffForm, prefill_from
from .views import pressed, rules_preview, seen, show, week_preview


def confirm_time_off(request, stretch):
    messages.success(request, "Your time off is saved. We won’t offer times then.")


def confirm_opening(request, stretch):
    """That an opening is saved, and how many times new clients see more, or why none."""
    number, why = explain.outlook(request.user.provider, **stretch, now=timezone.now())
    if why:
        words = " ".join(reason.text for reason in why)
        messages.warning(
            request, f"Your opening is saved, but new clients see no times in it. {words}"
        )
    elif number:
        more = labels.count(number, "more time")
        messages.success(request, f"Your opening is saved. New clients see {more}.")
    else:
        words = "Your weekly hours already offer these times."
        messages.success(request, f"Your opening is saved. {words}")


# Which form, verbs, rows and words belong to each kind.
OFF = SimpleNamespace(
    name="off",
    form=TimeOffForm,
    remove_form=RemoveForm,
    add=editing.add_time_off,
    remove=editing.remove_time_off,
    confirm=confirm_time_off,
    rows="timeoff_set",
    removed="We removed that time off. Your hours apply again.",
)
OPENINGS = SimpleNamespace(
    name="openings",
    form=OpeningForm,
    remove_form=RemoveOpeningForm,
    add=editing.add_opening,
    remove=editing.remove_opening,
    confirm=confirm_opening,
    rows="opening_set",
    removed="We removed that opening.",
)
KINDS = {kind.name: kind for kind in (OFF, OPENINGS)}


@provider_only
def time_off(request):
    """What is off: the list, add, remove."""
    return time_off_and_openings(request, OFF)


@provider_only
def openings(request):
    """One-off extra hours: the list, add, remove."""
    return time_off_and_openings(request, OPENINGS)


def time_off_and_openings(request, kind):
    """The list of a kind, with a form to add one; a POST adds, previews or removes."""
    provider = request.user.provider
    if request.method != "POST":
        prefill = prefill_from(request.GET, provider)
        return show_list(
            request, kind, kind.form(provider=provider, prefill=prefill), prefill=prefill
        )
    do = pressed(request, "remove", "remove-anyway")
    if do.startswith("remove"):
        return remove_stretch(request, kind)
    form = kind.form(request.POST, provider=provider)
    if not form.is_valid():
        return show_list(request, kind, form, status=400)
    if do == "preview":
        return show_list(request, kind, form)
    return add_stretch(request, kind, form)


def add_stretch(request, kind, form):
    """Add what a valid form asks for, and go back to where it was asked; or say what is wrong."""
    try:
        kind.add(request.user.provider, **form.stretch, seen=seen(request))
    except editing.OutsideHours as no:
        return show_list(request, kind, form, outside_hours=no.appointments, status=no.status)
    except Refused as no:
        form.refuse(no)
        return show_list(request, kind, form, status=no.status)
    kind.confirm(request, form.stretch)
    back = prefill_from(request.POST, request.user.provider).get("back")
    if back:
        return redirect(calendar_of(back))
    return redirect_to_week(request, form.stretch["starts_at"])


def redirect_to_week(request, starts_at):
    """Back to the list, with the preview of the week in which what was changed begins (aware)."""
    day = labels.local(starts_at, request.user.provider.zone).date()
    return redirect(f"{request.path}?{urlencode({'week': day.isoformat()})}")


def calendar_of(day):
    return f"{reverse('booking:calendar')}?{urlencode({'week': day.isoformat()})}"


def remove_stretch(request, kind):
    """Take one away; a POST that names none is a bad request."""
    provider = request.user.provider
    form = kind.remove_form(request.POST)
    if not form.is_valid():
        raise BadRequest("The form doesn’t say what to remove.")
    try:
        kind.remove(provider, **form.cleaned_data, seen=seen(request))
    except editing.OutsideHours as no:
        return show_list(
            request,
            kind,
            kind.form(provider=provider),
            outside_hours=no.appointments,
            removing=form,
            status=no.status,
        )
    messages.success(request, kind.removed)
    return redirect_to_week(request, form.cleaned_data["starts_at"])


def show_list(request, kind, form, *, prefill=None, removing=None, **context):
    """The list of what is to come, the form, and the preview with what was typed or prefilled."""
    provider, now = request.user.provider, timezone.now()
    rows = getattr(provider, kind.rows).filter(ends_at__gt=now).order_by("starts_at")
    prefill = prefill or {}
    day = prefill.get("day")
    back = day or prefill_from(request.POST, provider).get("back")
    return show(
        request,
        "time_off_and_openings",
        kind.name,
        rows=[row_of(row, now=now) for row in rows],
        form=form,
        unsaved=form.is_bound,
        removing=removing,
        back=back,
        back_url=calendar_of(back) if back else "",
        preview=list_preview(provider, kind, form, day=day or prefill.get("week"), now=now),
        **context,
    )


def row_of(row, *, now):
    """A row with its words, and what names it in a form."""
    starts, ends = int(row.starts_at.timestamp()), int(row.ends_at.timestamp())
    return {"row": row, "words": editing.in_words(row, now=now), "starts": starts, "ends": ends}


def list_preview(provider, kind, form, *, now, day=None):
    """The preview of the week in which what was typed begins; None where that can't be read.

    Where nothing is typed yet: the week of `day`, or the next one.
    """
    if not form.is_bound:
        return preview.of_week(provider, now=now, day=day)
    if not (form.is_valid() or form.stretch):
        return None
    day = labels.local(form.stretch["starts_at"], provider.zone).date()
    typed = {kind.name: [form.stretch.values()]}
    return preview.of_week(provider, now=now, day=day, **typed)


@provider_only
@require_POST
def preview_part(request, part):
    """The preview of what is typed on a page, for htmx."""
    provider, now = request.user.provider, timezone.now()
    if part == "week":
        blocks = week_form.blocks_of(week_form.posted_rows(request.POST))
        shown = week_preview(provider, blocks, now=now)
    elif part == "rules":
        form = RulesForm(request.POST, instance=copy(provider))
        shown = rules_preview(form, provider, now=now)
    elif part in KINDS:
        form = KINDS[part].form(request.POST, provider=provider)
        shown = list_preview(provider, KINDS[part], form, now=now)
    else:
        raise Http404
    return render(request, "booking/hours/preview.html", {"preview": shown})
