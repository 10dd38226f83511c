"""Swaps a first visit for another free time; until then, the client keeps the old one."""

from copy import copy
from datetime import timedelta

from accounts.refusals import Stale

from ..appointments import notifications
from ..appointments.recording import move_to
from ..availability.calendar import load_calendars, refresh_next_openings
from ..models import Appointment, AppointmentEvent, Hold
from .line import in_line
from .refusals import AskInstead, ClientBusy, TooManySwaps
from .rules import check_not_busy, check_offered, uncovered, unlicensed
from .visitor import Visitor

SWAPS_A_DAY = 5  # of one appointment


def swap(appointment, *, starts_at, place, sequence, visitor=None):
    """Move a client's first visit to another of the provider's free times, and mail both once.

    `starts_at` is aware, `sequence` the one on the page; `visitor` is who may hold the time (by
    default the client). The same time and place again changes nothing. Every offer to move it is
    over now. Raises Stale, AskInstead, TooManySwaps, TimeTaken, NotOffered, ClientBusy, NotLicensed
    or NoTelehealth; then the client still has the old time.
    """
    provider, client = appointment.provider, appointment.client
    visitor = visitor or Visitor(user=client)
    with in_line(provider, client, visitor, starts_at=starts_at) as (provider, now):
        appointment = Appointment.objects.with_people().get(pk=appointment.pk)
        if appointment.is_scheduled and is_now(appointment, starts_at, place):
            return appointment
        check_swappable(appointment, sequence=sequence, now=now)
        asked = {"starts_at": starts_at, "place": place}
        check_offered(as_booked(appointment), visitor, now=now, moved=appointment, **asked)
        if no := problem(appointment, **asked):
            raise no
        Hold.objects.filter(provider=provider).of(visitor).delete()
        appointment.holds.all().delete()
        ends_at = starts_at + timedelta(minutes=appointment.minutes)
        event = move_to(appointment, {**asked, "ends_at": ends_at}, by=client, at=now)
        refresh_next_openings([provider], now=now)
        notifications.notify_moved(event, now=now)
    return appointment


def is_now(appointment, starts_at, place):
    """Whether the appointment has that time and place already."""
    return (appointment.starts_at, appointment.place) == (starts_at, place)


def check_swappable(appointment, *, sequence, now):
    """Raise Stale if the page showed another sequence, AskInstead or TooManySwaps."""
    if appointment.sequence != sequence or not appointment.is_scheduled:
        raise Stale("This appointment")
    if not appointment.client_may_swap(now):
        raise AskInstead(appointment.provider)
    moves = appointment.events.filter(
        what=AppointmentEvent.What.MOVED, by=appointment.client, at__gt=now - timedelta(days=1)
    )
    if moves.filter(on_behalf_of=AppointmentEvent.Side.CLIENT).count() >= SWAPS_A_DAY:
        raise TooManySwaps(appointment.provider)


def problem(appointment, *, starts_at, place):
    """Why another free time doesn't suit this client (ClientBusy or invariant 3), or None."""
    provider, client = appointment.provider, appointment.client
    minutes = appointment.minutes
    try:
        check_not_busy(client, starts_at=starts_at, minutes=minutes, moved=appointment)
    except ClientBusy as no:
        return no
    state = appointment.client_state
    found = [*unlicensed(provider, state, place=place, starts_at=starts_at)]
    coverage = getattr(appointment.relationship, "coverage", None)
    if place != appointment.place and coverage and coverage.plan:
        found += uncovered(coverage.plan, place=place)
    return found[0] if found else None


def other_times(appointment, visitor, *, now):
    """The provider's Calendar of other times for this first visit."""
    provider = as_booked(appointment)
    calendar = load_calendars([provider], now=now, visitor=visitor)[provider.pk]
    return calendar.without(appointment)


def as_booked(appointment):
    """The provider, not to be saved, as if all first visits were of this kind and length."""
    provider, minutes = copy(appointment.provider), appointment.minutes
    provider.first_visit = appointment.kind
    provider.call_minutes = provider.session_minutes = minutes
    return provider
