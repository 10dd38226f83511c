"""Who may book what with whom, and when: each rule asked under the lock, by the verbs."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from accounts.states import State

from . import availability
from .clock import labels
from .models import AppointmentEvent, Hold, Place, Relationship
from .refusals import (
    AlreadyAClient,
    Changed,
    ClientBusy,
    Doubtful,
    InThePast,
    NoRoom,
    NotAccepting,
    NoTelehealth,
    NotLicensed,
    NotOffered,
    NotOnTheList,
    OwnPage,
    PlanNotTaken,
    Settled,
    TimeTaken,
    TooLate,
    TooManyBookings,
    TooManyChanges,
    TooManyPlanned,
    TooYoung,
)

ADULT = 18
BOOKINGS_AN_HOUR = 10
CHANGES_A_DAY = 20  # of one appointment
PLANNED_A_DAY = 30  # with one client
YEAR = timedelta(days=366)
MINUTE = timedelta(minutes=1)


def check_open_to(provider, *, client):
    """Raise NotAccepting, OwnPage or AlreadyAClient where a first visit is out of the question."""
    if client and provider.user_id == client.pk:
        raise OwnPage
    if client and (binding := Relationship.objects.binding(provider, client)):
        raise AlreadyAClient(binding)
    if not (provider.published and provider.accepting_new_clients):
        raise NotAccepting(provider)


def check_details(provider, *, place, details, starts_at, now):
    """Raise TooYoung, NotLicensed, PlanNotTaken or NoTelehealth (invariant 3) with its others."""
    found = problems(provider, place=place, details=details, starts_at=starts_at, now=now)
    if found:
        found[0].others = found[1:]
        raise found[0]


def problems(provider, *, place, details, starts_at, now):
    """What check_details would raise, as a list; details that are None are not judged yet."""
    return list(_problems(provider, place, details, starts_at, now))


def _problems(provider, place, details, starts_at, now):
    today = now.astimezone(ZoneInfo(details.time_zone)).date()
    born = details.date_of_birth
    if born is not None and _age(born, today) < ADULT:
        yield TooYoung()
    if place != Place.IN_PERSON and details.client_state is not None:
        day = starts_at.astimezone(provider.zone).date()
        licensed = list(provider.licenses.filter(expires__gte=day).values_list("state", flat=True))
        if details.client_state not in licensed:
            yield NotLicensed(provider, details.client_state, licensed)
    if details.plan:
        if not provider.plans.filter(pk=details.plan.pk).exists():
            yield PlanNotTaken(provider, details.plan)
        elif place == Place.VIRTUAL and not details.plan.covers_telehealth:
            yield NoTelehealth(details.plan)


def _age(born, today):
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


def check_free(provider, client, visitor, *, starts_at, place, now):
    """Raise TimeTaken, NotOffered or ClientBusy."""
    check_offered(provider, visitor, starts_at=starts_at, place=place, now=now)
    ends_at = starts_at + timedelta(minutes=provider.first_visit_minutes)
    if client.appointments.active().overlapping(starts_at, ends_at).exists():
        raise ClientBusy


def check_offered(provider, visitor, *, starts_at, place, now):
    """Raise TimeTaken where somebody has the time, NotOffered where it is nobody's to give.

    Who holds the very time has kept the notice.
    """
    ends_at = starts_at + timedelta(minutes=provider.first_visit_minutes)
    # Nearly every loser of a race is told here; the whole check costs ten times as much.
    if provider.appointments.active().overlapping(starts_at, ends_at).exists():
        raise TimeTaken
    holds = Hold.objects.filter(provider=provider, starts_at=starts_at, place=place)
    noticed = visitor is not None and holds.of(visitor).exists()
    if not availability.is_free(
        provider, starts_at, place, now=now, visitor=visitor, noticed=noticed
    ):
        held = provider.hold_set.standing(now).overlapping(starts_at, ends_at)
        raise TimeTaken if held.exists() else NotOffered


def check_pace(client, *, now):
    """Raise TooManyBookings: each one mails two people, so a client makes ten an hour at most."""
    lately = client.appointments.filter(first_visit=True, created_at__gt=now - timedelta(hours=1))
    if lately.count() >= BOOKINGS_AN_HOUR:
        raise TooManyBookings


def check_planned(relationship, *, now):
    """Raise TooManyPlanned: each appointment mails the client, and each one that is called off."""
    lately = relationship.appointments.filter(created_at__gt=now - timedelta(days=1))
    if lately.count() >= PLANNED_A_DAY:
        raise TooManyPlanned


def on_the_list(provider, client):
    """The pair's relationship while it lasts, or NotOnTheList."""
    pair = Relationship.objects.filter(provider=provider, client=client, ended_at=None).first()
    if not pair:
        raise NotOnTheList
    return pair


def check_room(provider, client, *, starts_at, minutes, now, moved=None):
    """Raise InThePast, or NoRoom where one of the two, or a new client's hold, has the time."""
    if starts_at <= now:
        raise InThePast
    ends_at = starts_at + timedelta(minutes=minutes)
    for whose in (provider, client):
        others = whose.appointments.active().overlapping(starts_at, ends_at)
        other = others.exclude(pk=moved and moved.pk).first()
        if other and whose is provider:
            begin, end = (
                labels.local(at, provider.zone) for at in (other.starts_at, other.ends_at)
            )
            name = other.client.full_name or "another client"
            raise NoRoom(f"You have another appointment then: {name}, {labels.span(begin, end)}.")
        if other:  # whom else they see is theirs to tell
            raise NoRoom(f"{client.first_name_shown} can’t make that time. Choose another one.")
    held = provider.hold_set.standing(now).overlapping(starts_at, ends_at).first()
    if held:
        until = labels.clock(labels.local(held.until, provider.zone))
        raise NoRoom(f"A new client is choosing that time right now. It is held until {until}.")


def check_doubts(provider, client, *, starts_at, minutes, place, now):
    """Raise Doubtful with all that speaks against a time that the provider may still choose."""
    ends_at = starts_at + timedelta(minutes=minutes)
    doubts = [
        _far_ahead(provider, starts_at, now),
        _beyond_hours(provider, starts_at, ends_at, place, now),
        _too_near(provider, client, starts_at, ends_at, now),
        "" if place == Place.IN_PERSON else _no_license(provider, client, starts_at),
    ]
    if any(doubts):
        raise Doubtful([each for each in doubts if each])


def _far_ahead(provider, starts_at, now):
    if starts_at <= now + YEAR:
        return ""
    day = labels.local(starts_at, provider.zone)
    return f"This is more than a year ahead: {labels.long_day(day)}, {day.year}."


def _beyond_hours(provider, starts_at, ends_at, place, now):
    """Say that it is time off, outside of the hours, or in hours that are for something else."""
    calendar = availability.load([provider], now=now, since=starts_at, until=ends_at)[provider.pk]
    if provider.timeoff_set.filter(starts_at__lt=ends_at, ends_at__gt=starts_at).exists():
        return "You have time off then."
    if calendar.within_hours(starts_at, ends_at, place):
        return ""
    kinds = {Place.VIRTUAL: "virtual sessions", Place.IN_PERSON: "sessions in person"}
    for other, words in kinds.items():
        if calendar.within_hours(starts_at, ends_at, other):
            return f"Your hours then are for {words} only."
    if not calendar.within_hours(starts_at, ends_at, Place.PHONE):
        return "This time is outside of your working hours."
    edges = (starts_at, ends_at - MINUTE)
    if any(calendar.within_hours(at, at + MINUTE, other) for at in edges for other in kinds):
        return f"Not all of your hours then are for {kinds[place]}."
    return "Your hours then are for phone calls only."


def _too_near(provider, client, starts_at, ends_at, now):
    """Say that it leaves less than the buffer around what others have.

    Two in a row with one client are meant so; and the one that is moved is not in its own way.
    """
    buffer = timedelta(minutes=provider.buffer_minutes)
    reach = starts_at - buffer, ends_at + buffer
    others = [
        *provider.appointments.active().exclude(client=client).overlapping(*reach),
        *provider.hold_set.standing(now).overlapping(*reach),
    ]
    gaps = [("after", starts_at - each.ends_at) for each in others if each.ends_at <= starts_at]
    gaps += [("before", each.starts_at - ends_at) for each in others if each.starts_at >= ends_at]
    if not gaps:
        return ""
    near = " and ".join(
        f"{_minutes(gap) if gap else 'right'} {side} another one" for side, gap in gaps
    )
    return f"You keep {_minutes(buffer)} free around appointments, and this is {near}."


def _minutes(length):
    return labels.count(int(length / MINUTE), "minute")


def _no_license(provider, client, starts_at):
    if not client.state:
        return ""
    state = State(client.state).label
    held = provider.licenses.filter(state=client.state).first()
    if not held:
        return f"You have no license in {state}, where {client.first_name_shown} lives."
    expired = held.expires < starts_at.astimezone(provider.zone).date()
    return f"Your license in {state} expires before that day." if expired else ""


def check_movable(appointment, *, sequence, now):
    """Raise Changed where the mover saw another sequence, Settled after the end, TooManyChanges."""
    if appointment.sequence != sequence or not appointment.is_active:
        raise Changed
    if now >= appointment.ends_at:
        raise Settled
    check_changes(appointment, now=now)


def check_changes(appointment, *, now):
    """Raise TooManyChanges: most changes mail the client. Canceling is never held up by it."""
    what = AppointmentEvent.What
    lately = appointment.events.filter(
        what__in=[what.MOVED, what.LINK_SET, what.OUTCOME], at__gt=now - timedelta(days=1)
    )
    if lately.count() >= CHANGES_A_DAY:
        raise TooManyChanges


def check_cancelable(appointment, provider, *, by, sequence, now):
    """Raise TooLate where this person can't cancel it, Changed where they saw another one."""
    if by == appointment.client:
        allowed = appointment.client_may_cancel(now)
    else:
        is_theirs = by.pk == provider.user_id
        allowed = is_theirs and appointment.is_active and now < appointment.ends_at
    if not allowed:
        raise TooLate
    if sequence not in (None, appointment.sequence):
        raise Changed
