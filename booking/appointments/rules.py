"""Who may schedule what, with which client, and when: the verbs check each rule under the lock."""

from datetime import timedelta

from accounts.refusals import Stale
from accounts.states import State

from ..availability.calendar import load_calendars
from ..clock import labels
from ..models import AppointmentEvent, Hold, Place, Relationship
from .refusals import (
    InThePast,
    NeedsConfirmation,
    NoRoom,
    NotOnTheList,
    Settled,
    TooLate,
    TooManyChanges,
    TooManyPlanned,
)

CHANGES_A_DAY = 20  # of one appointment
PLANNED_A_DAY = 30  # with one client
YEAR = timedelta(days=366)
MINUTE = timedelta(minutes=1)


def check_planned(relationship, *, now):
    """Raise TooManyPlanned: each appointment mails the client, and so does each cancellation."""
    recent = relationship.appointments.filter(created_at__gt=now - timedelta(days=1))
    if recent.count() >= PLANNED_A_DAY:
        raise TooManyPlanned


def on_the_list(provider, client):
    """The pair's relationship; raise NotOnTheList if there's none or it's over."""
    pair = Relationship.objects.filter(provider=provider, client=client, ended_at=None).first()
    if not pair:
        raise NotOnTheList
    return pair


def check_room(provider, client, *, starts_at, minutes, now, by, moved=None):
    """Raise InThePast, or NoRoom if either person is busy or the time is held for someone.

    The message is for `by`, one of the two: neither learns who else the other one sees.
    """
    if starts_at <= now:
        raise InThePast
    when = starts_at, starts_at + timedelta(minutes=minutes)
    providers, clients = (
        whose.appointments.not_canceled().overlapping(*when).exclude(pk=moved and moved.pk).first()
        for whose in (provider, client)
    )
    held = provider.hold_set.current(now).overlapping(*when).first()
    if by == client:
        if clients:
            raise NoRoom("You have another appointment at that time. Nothing has changed.")
        if providers or held:
            raise NoRoom("That time was just taken. Nothing has changed.")
    if providers:
        ends = [labels.local(at, provider.zone) for at in (providers.starts_at, providers.ends_at)]
        name = providers.client.full_name or "another client"
        raise NoRoom(f"You have another appointment then: {name}, {labels.span(*ends)}.")
    if clients:
        raise NoRoom(f"{client.first_name_shown} can’t make that time. Choose another one.")
    if held:
        until = labels.until(labels.local(held.until, provider.zone), now=now)
        whose = "A new client is booking that time right now."
        if held.offer:
            whose = "You’ve offered that time to a client."
        raise NoRoom(f"{whose} It’s held until {until}.")


def check_warnings(provider, client, *, starts_at, minutes, place, now, moved=None):
    """Raise NeedsConfirmation with every warning about a time the provider may choose anyway."""
    ends_at = starts_at + timedelta(minutes=minutes)
    warnings = [
        _far_ahead(provider, starts_at, now),
        _beyond_hours(provider, starts_at, ends_at, place, now),
        _too_near(provider, client, starts_at, ends_at, now),
        _same_day(provider, client, starts_at, moved),
        "" if place == Place.IN_PERSON else _no_license(provider, client, starts_at),
    ]
    if any(warnings):
        raise NeedsConfirmation([each for each in warnings if each])


def _far_ahead(provider, starts_at, now):
    if starts_at <= now + YEAR:
        return ""
    day = labels.local(starts_at, provider.zone)
    return f"This is more than a year away: {labels.long_day(day)}, {day.year}."


def _beyond_hours(provider, starts_at, ends_at, place, now):
    """Say that it's during time off, outside the hours, or in hours meant for something else."""
    calendar = load_calendars([provider], now=now, since=starts_at, until=ends_at)[provider.pk]
    if provider.timeoff_set.filter(starts_at__lt=ends_at, ends_at__gt=starts_at).exists():
        return "You have time off then."
    if calendar.within_hours(starts_at, ends_at, place):
        return ""
    kinds = {Place.VIRTUAL: "virtual sessions", Place.IN_PERSON: "in-person sessions"}
    for other, words in kinds.items():
        if calendar.within_hours(starts_at, ends_at, other):
            return f"Your hours then are for {words} only."
    if not calendar.within_hours(starts_at, ends_at, Place.PHONE):
        return "This time is outside your working hours."
    edges = (starts_at, ends_at - MINUTE)
    if any(calendar.within_hours(at, at + MINUTE, other) for at in edges for other in kinds):
        return f"Not all of your hours then are for {kinds[place]}."
    return "Your hours then are for phone calls only."


def _too_near(provider, client, starts_at, ends_at, now):
    """Say that it comes within the buffer around other people's appointments and holds.

    Two in a row with the same client are on purpose, and a moved appointment isn't in its own way.
    """
    buffer = timedelta(minutes=provider.buffer_minutes)
    reach = starts_at - buffer, ends_at + buffer
    others = [
        *provider.appointments.not_canceled().exclude(client=client).overlapping(*reach),
        *provider.hold_set.current(now).overlapping(*reach),
    ]
    gaps = [(starts_at - each.ends_at, "after", each) for each in others]
    gaps += [(each.starts_at - ends_at, "before", each) for each in others]
    near = " and ".join(
        f"{_minutes(gap) if gap else 'right'} {side} {_named(each)}"
        for gap, side, each in gaps
        if gap >= timedelta()
    )
    if not near:
        return ""
    return f"You keep {_minutes(buffer)} free around appointments, and this is {near}."


def _named(other):
    """What an appointment or a hold is called beside a time that's too near."""
    is_offered = isinstance(other, Hold) and other.offer
    return "a time you’ve offered" if is_offered else "another one"


def _same_day(provider, client, starts_at, moved):
    """Say that the two already have something that day, on the provider's calendar."""
    day = labels.local(starts_at, provider.zone).date()
    begins, ends = (labels.midnight(day + timedelta(days=each), provider.zone) for each in (0, 1))
    theirs = provider.appointments.not_canceled().filter(client=client)
    other = theirs.exclude(pk=moved and moved.pk).overlapping(begins, ends).first()
    if not other:
        return ""
    at = labels.clock(labels.local(other.starts_at, provider.zone))
    return f"{client.first_name_shown} already has an appointment with you that day, at {at}."


def _minutes(length):
    return labels.count(int(length / MINUTE), "minute")


def _no_license(provider, client, starts_at):
    if not client.state:
        return ""
    state = State(client.state).label
    held = provider.licenses.filter(state=client.state)
    if held.valid_on(labels.local(starts_at, provider.zone).date()).exists():
        return ""
    if held.exists():
        return f"Your license in {state} expires before that day."
    return f"You don’t have a license in {state}, where {client.first_name_shown} lives."


def check_movable(appointment, *, sequence, now):
    """Raise Stale if the page showed another sequence, Settled after the end, TooManyChanges."""
    if appointment.sequence != sequence or not appointment.is_scheduled:
        raise Stale("This appointment")
    if now >= appointment.ends_at:
        raise Settled
    check_changes(appointment, now=now)


def check_changes(appointment, *, now):
    """Raise TooManyChanges: most changes mail the client. Canceling never has to wait for this."""
    what = AppointmentEvent.What
    recent = appointment.events.filter(
        what__in=[what.MOVED, what.LINK_SET, what.OUTCOME], at__gt=now - timedelta(days=1)
    )
    if recent.count() >= CHANGES_A_DAY:
        raise TooManyChanges


def check_cancelable(appointment, provider, *, by, sequence, now):
    """Raise TooLate if this person can't cancel it, Stale if their page showed an older one."""
    if by == appointment.client:
        allowed = appointment.client_may_cancel(now)
    else:
        is_theirs = by.pk == provider.user_id
        allowed = is_theirs and appointment.is_scheduled and now < appointment.ends_at
    if not allowed:
        raise TooLate
    if sequence not in (None, appointment.sequence):
        raise Stale("This appointment")
