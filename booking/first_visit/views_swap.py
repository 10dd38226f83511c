"""The page on which a client swaps a first visit for another free time of the same provider."""

from datetime import UTC, datetime

from django.contrib import messages
from django.http import HttpResponseBadRequest
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.vary import vary_on_headers

from accounts import zones
from accounts.refusals import Stale

from ..appointments.views_client import about, find
from ..clock.formatting import describe_span, describe_time
from ..models import Place
from ..refusals import Refused, TimeTaken
from . import swapping, week
from .forms import SwapForm
from .visitor import visitor_of


@vary_on_headers("HX-Request")
def swap(request, uuid):
    """The provider's other free times by week, and the chosen one; a POST moves the visit there."""
    appointment = find(request, uuid)
    if request.method == "POST":
        return move(request, appointment)
    if not appointment.is_scheduled:
        return redirect(appointment)
    return swap_page(request, appointment)


def move(request, appointment):
    """Move the visit to the posted time; if that's refused, say why and show others."""
    form = SwapForm(request.POST)
    if not form.is_valid():
        return HttpResponseBadRequest("Choose one of the times on the page.")
    chosen = form.for_verb()
    try:
        moved = swapping.swap(appointment, visitor=visitor_of(request), **chosen)
    except Refused as no:
        appointment = find(request, appointment.uuid)
        if not appointment.is_scheduled:
            messages.error(request, no.message)
            return redirect(appointment)
        start = int(chosen["starts_at"].timestamp())
        return swap_page(request, appointment, refused=no, start=start, place=chosen["place"])
    zones.keep(request)
    say_swapped(request, moved, is_new=moved.sequence != appointment.sequence)
    return redirect(moved)


def say_swapped(request, moved, *, is_new):
    """Say when it is now, or that it had been moved there before."""
    at = describe_time(moved, zones.reader(request, otherwise=moved.provider.time_zone))
    when = f"{at['full']}, {at['zone']}."
    if is_new:
        what = "phone call" if moved.is_call else "session"
        messages.success(request, f"Your {what} is now {when} We’re emailing you both.")
    else:
        messages.info(request, f"It was moved already: {when}")


def swap_page(request, appointment, *, refused=None, start=None, place=None):
    """The page, or only its times for htmx; after a refusal it says what happened."""
    now = timezone.now()
    facts = about(request, appointment, now)
    part = bool(request.htmx) and request.method == "GET"
    context = {
        **facts,
        "part": part,
        "has_begun": now >= appointment.starts_at,
        "refused": refused,
        "was_taken": type(refused) is TimeTaken,
    }
    if facts["may_swap"]:
        context |= times_of(request, appointment, facts["zone"], start, place, now)
        if context["chosen"]:
            context |= choice(appointment, context, now)
    status = refused.status if refused else 200
    template = "swap_times" if part and facts["may_swap"] else "swap"
    return render(request, f"booking/first_visit/{template}.html", context, status=status)


def times_of(request, appointment, zone, start, place, now):
    """The week the address asks for, and the time (epoch seconds) that was chosen."""
    calendar = swapping.other_times(appointment, visitor_of(request), now=now)
    asked = place or request.GET.get("place") or appointment.place
    place = week.parse_place(asked, calendar)
    start = start or week.parse_start(request.GET.get("at"))
    if (start, place) == calendar.passed_over:
        start = None
    kept = {"zone": request.GET["zone"]} if zones.known(request.GET.get("zone")) else {}
    return {
        "places": [Place(each) for each in calendar.places()],
        "place": place,
        "place_label": Place(place).label if place else "",
        "kept": kept,
        "carried": urlencode(kept),
        **week.page(calendar, place, zone, asked=request.GET.get("week"), chosen=start, held=None),
        **week.chosen(calendar, place, zone, start),
    }


def choice(appointment, shown, now):
    """The chosen time beside the one now: what keeps it from this client, and what it changes."""
    starts_at = datetime.fromtimestamp(shown["chosen"], UTC)
    refused = shown["refused"]
    if not refused:
        refused = swapping.problem(appointment, starts_at=starts_at, place=shown["place"])
    ends_at = starts_at + (appointment.ends_at - appointment.starts_at)
    then = type(appointment)(
        provider=appointment.provider, kind=appointment.kind, starts_at=starts_at, ends_at=ends_at
    )
    return {
        "refused": refused,
        "may_confirm": refused is None or isinstance(refused, Stale),
        "to": describe_span(starts_at, ends_at, shown["zone"], by_name=True),
        "will_be_late": then.is_late_to_cancel(now),
    }
