"""A provider's hours: the week, time off, openings, rules; a preview; why a time is not offered."""

import uuid
from collections.abc import Callable
from copy import copy
from dataclasses import dataclass
from datetime import timedelta

from django.contrib import messages
from django.http import Http404, HttpResponseBadRequest
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from .. import forms_week, hours, preview, reasons, times
from ..forms_hours import (
    OpeningForm,
    RemoveForm,
    RemoveOpeningForm,
    RulesForm,
    TimeOffForm,
    WhyForm,
)
from ..models import Place
from .provider import provider_only

BLOCK = ("weekday", "from_minute", "to_minute", "place")


def show(request, template, tab, status=200, **context):
    """One of the pages of the hours, with what all of them show."""
    provider = request.user.provider
    shared = {"provider": provider, "zone": provider.time_zone, "tab": tab, "stranded": None}
    return render(request, f"booking/{template}.html", {**shared, **context}, status=status)


def seen(request):
    """The uuids of the appointments that the provider was shown, once they say: all the same."""
    if not request.POST.get("do", "").endswith("anyway"):
        return ()
    return [found for each in request.POST.getlist("seen") if (found := as_uuid(each))]


def as_uuid(text):
    """The UUID, or None for anything else."""
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


def asks_preview(request):
    return request.POST.get("do") == "preview"


# The week


@provider_only
def week(request):
    """The weekly hours: edit, preview, save. An edit of the page itself saves nothing."""
    provider = request.user.provider
    if request.method != "POST":
        return show_week(request, forms_week.unbound_week(forms_week.saved_rows(provider)))
    rows = forms_week.edited_rows(request.POST)
    if rows is not None:
        return show_week(request, forms_week.unbound_week(rows), blocks=forms_week.blocks_of(rows))
    typed = forms_week.bound_week(request.POST)
    if not typed.is_valid():
        return show_week(request, typed, blocks=None, status=400)
    blocks = typed.blocks()
    if asks_preview(request):
        return show_week(request, typed, blocks=blocks)
    if request.POST.get("saved", "") not in ("", forms_week.fingerprint(provider)):
        messages.warning(
            request,
            "Your hours were changed meanwhile, perhaps in another tab. These are the ones you "
            "typed here; saving them now replaces the others.",
        )
        return show_week(request, typed, blocks=blocks, status=409)
    try:
        hours.set_week(provider, blocks=blocks, seen=seen(request))
    except hours.Stranded as no:
        return show_week(request, typed, blocks=blocks, stranded=no.appointments, status=no.status)
    messages.success(request, "Your weekly hours are saved. New clients see them from now on.")
    return redirect("booking:availability")


SAVED = object()


def show_week(request, typed, *, blocks=SAVED, **context):
    """The editor, with the preview of blocks: by default the saved ones, None for unreadable."""
    provider, now = request.user.provider, timezone.now()
    if blocks is SAVED:
        blocks = list(provider.working_hours.values_list(*BLOCK))
    typed.annotate(clock_notes(provider, blocks or [], now=now))
    return show(
        request,
        "availability",
        "week",
        week=typed,
        days=list(typed.days()),
        fingerprint=forms_week.fingerprint(provider),
        weekdays=list(enumerate(times.DAYS)),
        preview=week_preview(provider, blocks, now=now),
        **context,
    )


def clock_notes(provider, blocks, *, now):
    """What to know about a change of the clocks, by block as the form writes it."""
    notes = {}
    for (weekday, since, till, _), day in hours.swallowed(blocks, provider, now=now):
        key = weekday, forms_week.clock_text(since), forms_week.clock_text(till)
        notes[key] = (
            f"On {times.month_day(day)}, {day.year}, the clocks go forward and skip this block: "
            "no times are offered in it that day."
        )
    return notes


def week_preview(provider, blocks, *, now):
    """The preview of blocks; None where they can't be read."""
    return None if blocks is None else preview.next_week(provider, now=now, hours=blocks)


# Time off and openings


@dataclass(frozen=True)
class Kind:
    """Time off, or openings: which form, verbs, rows and words belong to it."""

    name: str
    form: type
    remove_form: type
    add: Callable
    remove: Callable
    rows: str
    added: str
    removed: str


OFF = Kind(
    "off",
    form=TimeOffForm,
    remove_form=RemoveForm,
    add=hours.add_time_off,
    remove=hours.remove_time_off,
    rows="timeoff_set",
    added="Your time off is saved. No times are offered in it.",
    removed="That time off is gone. Your hours count again.",
)
OPENINGS = Kind(
    "openings",
    form=OpeningForm,
    remove_form=RemoveOpeningForm,
    add=hours.add_opening,
    remove=hours.remove_opening,
    rows="opening_set",
    added="Your opening is saved. New clients see its times from now on.",
    removed="That opening is gone.",
)
KINDS = {kind.name: kind for kind in (OFF, OPENINGS)}


@provider_only
def time_off(request):
    """What is off: the list, add, remove."""
    return spans(request, OFF)


@provider_only
def openings(request):
    """One-off extra hours: the list, add, remove."""
    return spans(request, OPENINGS)


def spans(request, kind):
    """The list of a kind, with a form to add one; a POST adds, previews or removes."""
    provider = request.user.provider
    if request.method != "POST":
        return show_spans(request, kind, kind.form(provider=provider))
    if request.POST.get("do", "").startswith("remove"):
        return remove_span(request, kind)
    form = kind.form(request.POST, provider=provider)
    if not form.is_valid():
        return show_spans(request, kind, form, status=400)
    if asks_preview(request):
        return show_spans(request, kind, form)
    try:
        kind.add(provider, **form.stretch, seen=seen(request))
    except hours.Stranded as no:
        return show_spans(request, kind, form, stranded=no.appointments, status=no.status)
    messages.success(request, kind.added)
    return redirect(request.path)


def remove_span(request, kind):
    """Take one away; a POST that names none is a bad request."""
    provider = request.user.provider
    form = kind.remove_form(request.POST)
    if not form.is_valid():
        return HttpResponseBadRequest("Remove one of those on the page.")
    try:
        kind.remove(provider, **form.cleaned_data, seen=seen(request))
    except hours.Stranded as no:
        return show_spans(
            request,
            kind,
            kind.form(provider=provider),
            stranded=no.appointments,
            removing=form,
            status=no.status,
        )
    messages.success(request, kind.removed)
    return redirect(request.path)


def show_spans(request, kind, form, *, removing=None, **context):
    """The list of what is to come, the form, and the preview with what was typed."""
    provider, now = request.user.provider, timezone.now()
    rows = getattr(provider, kind.rows).filter(ends_at__gt=now).order_by("starts_at")
    return show(
        request,
        "availability_spans",
        kind.name,
        rows=[span_of(row, provider.zone) for row in rows],
        form=form,
        removing=removing,
        preview=spans_preview(provider, kind, form, now=now),
        **context,
    )


def span_of(row, zone):
    """A row with its words, and what names it in a form."""
    starts, ends = int(row.starts_at.timestamp()), int(row.ends_at.timestamp())
    return {"row": row, "words": span_words(row, zone), "starts": starts, "ends": ends}


def span_words(row, zone):
    """ "Thursday, December 24 to Sunday, December 27", with times unless whole days are off."""
    starts_at, ends_at = times.local(row.starts_at, zone), times.local(row.ends_at, zone)
    day, end = starts_at.date(), ends_at.date()
    whole = row.starts_at == times.local_midnight(day, zone)
    if whole and row.ends_at == times.local_midnight(end, zone):
        last = end - timedelta(days=1)
        return times.long_day(day) + (f" to {times.long_day(last)}" if last != day else "")
    if day == end:
        return f"{times.long_day(day)}, {times.span(starts_at, ends_at)}"
    return f"{times.long_time(starts_at)} to {times.long_time(ends_at)}"


def spans_preview(provider, kind, form, *, now):
    """The preview with the stretch that was typed; None where it can't be read."""
    typed = {}
    if form.is_bound:
        if not form.is_valid():
            return None
        typed = {kind.name: [tuple(form.stretch.values())]}
    return preview.next_week(provider, now=now, **typed)


# The rules of booking


@provider_only
def rules(request):
    """Lengths, waits, windows, new clients and the zone."""
    provider = request.user.provider
    if request.method != "POST":
        return show_rules(request, RulesForm(instance=copy(provider)))
    form = RulesForm(request.POST, instance=copy(provider))
    if not form.is_valid():
        return show_rules(request, form, status=400)
    if asks_preview(request):
        return show_rules(request, form)
    try:
        hours.set_rules(provider, rules=form.cleaned_data, seen=seen(request))
    except hours.Stranded as no:
        return show_rules(request, form, stranded=no.appointments, status=no.status)
    messages.success(request, "Your rules are saved. They hold for what is booked from now on.")
    return redirect("booking:rules")


def show_rules(request, form, **context):
    """The form, and the preview under the rules as typed."""
    asked = rules_preview(form, now=timezone.now())
    return show(request, "availability_rules", "rules", form=form, preview=asked, **context)


def rules_preview(form, *, now):
    """The preview under the rules of the form; None where they can't be read."""
    if form.is_bound and not form.is_valid():
        return None
    return preview.next_week(form.instance, now=now)


# The preview by itself, and the question


@require_POST
@provider_only
def preview_part(request, part):
    """The preview of what is typed on a page, for preview.js."""
    provider, now = request.user.provider, timezone.now()
    if part == "week":
        blocks = forms_week.blocks_of(forms_week.posted_rows(request.POST))
        shown = week_preview(provider, blocks, now=now)
    elif part == "rules":
        shown = rules_preview(RulesForm(request.POST, instance=copy(provider)), now=now)
    elif part in KINDS:
        form = KINDS[part].form(request.POST, provider=provider)
        shown = spans_preview(provider, KINDS[part], form, now=now)
    else:
        raise Http404
    context = {"preview": shown, "zone": provider.time_zone}
    return render(request, "booking/availability_preview.html", context)


@provider_only
def why(request):
    """Why a time is not offered to new clients: every reason, with what to do about it."""
    provider, now = request.user.provider, timezone.now()
    asked = "day" in request.GET
    usual = Place.PHONE if provider.starts_with_call else Place.VIRTUAL
    form = WhyForm(request.GET if asked else None, provider=provider, initial={"place": usual})
    context = {"form": form, "answered": asked and form.is_valid()}
    if context["answered"]:
        starts_at, place = form.cleaned_data["starts_at"], form.cleaned_data["place"]
        local = times.local(starts_at, provider.zone)
        found = reasons.why_not(provider, starts_at, place, now=now)
        context |= {"asked": times.long_time(local), "reasons": found}
    status = 400 if form.errors else 200
    return show(request, "availability_why", "why", status, **context)
