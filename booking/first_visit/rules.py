"""Who may book a first visit, and when: the verbs check each rule under the lock."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from ..availability.calendar import is_free
from ..models import Hold, Place, Relationship
from ..refusals import TimeTaken
from .refusals import (
    AlreadyAClient,
    ClientBusy,
    NotAccepting,
    NoTelehealth,
    NotLicensed,
    NotOffered,
    OwnPage,
    PlanNotTaken,
    TooManyBookings,
    TooYoung,
)

ADULT = 18
BOOKINGS_AN_HOUR = 10


def check_open_to(provider, *, client):
    """Raise NotAccepting, OwnPage or AlreadyAClient if no first visit is possible at any time."""
    if client and provider.user_id == client.pk:
        raise OwnPage
    if client and (binding := Relationship.objects.binding(provider, client)):
        raise AlreadyAClient(binding)
    if not (provider.published and provider.accepting_new_clients):
        raise NotAccepting(provider)


def check_details(provider, *, place, details, starts_at, now):
    """Raise TooYoung, NotLicensed, PlanNotTaken or NoTelehealth (invariant 3).

    If several apply, the rest are in `others` of the one raised.
    """
    found = problems(provider, place=place, details=details, starts_at=starts_at, now=now)
    if found:
        found[0].others = found[1:]
        raise found[0]


def problems(provider, *, place, details, starts_at, now):
    """What check_details would raise, as a list; details that are None aren't judged yet."""
    return list(_problems(provider, place, details, starts_at, now))


def _problems(provider, place, details, starts_at, now):
    today = now.astimezone(ZoneInfo(details.time_zone)).date()
    born = details.date_of_birth
    if born is not None and _age(born, today) < ADULT:
        yield TooYoung()
    if details.client_state is not None:
        yield from unlicensed(provider, details.client_state, place=place, starts_at=starts_at)
    if details.plan:
        if not provider.plans.filter(pk=details.plan.pk).exists():
            yield PlanNotTaken(provider, details.plan)
        else:
            yield from uncovered(details.plan, place=place)


def unlicensed(provider, state, *, place, starts_at):
    """NotLicensed, where a visit from that state needs a license that isn't valid that day."""
    if place != Place.IN_PERSON:
        day = starts_at.astimezone(provider.zone).date()
        licensed = list(provider.licenses.valid_on(day).values_list("state", flat=True))
        if state not in licensed:
            yield NotLicensed(provider, state, licensed)


def uncovered(plan, *, place):
    """NoTelehealth, where a virtual visit needs a plan that covers it."""
    if place == Place.VIRTUAL and not plan.covers_telehealth:
        yield NoTelehealth(plan)


def _age(born, today):
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


def check_free(provider, client, visitor, *, starts_at, place, now):
    """Raise TimeTaken, NotOffered or ClientBusy."""
    check_offered(provider, visitor, starts_at=starts_at, place=place, now=now)
    check_not_busy(client, starts_at=starts_at, minutes=provider.first_visit_minutes)


def check_not_busy(client, *, starts_at, minutes, moved=None):
    """Raise ClientBusy; `moved` is the appointment that would move there, if any."""
    ends_at = starts_at + timedelta(minutes=minutes)
    theirs = client.appointments.not_canceled().exclude(pk=moved and moved.pk)
    if theirs.overlapping(starts_at, ends_at).exists():
        raise ClientBusy


def check_offered(provider, visitor, *, starts_at, place, now, moved=None):
    """Raise TimeTaken if someone else has the time, NotOffered if the provider doesn't offer it.

    Anyone already holding this time has met the minimum notice. `moved` is as in check_not_busy.
    """
    # Nearly every loser of a race stops here; the whole check costs ten times as much.
    check_untaken(provider, visitor, starts_at=starts_at, now=now)
    holds = Hold.objects.filter(provider=provider, starts_at=starts_at, place=place)
    noticed = holds.of(visitor).exists()
    asked = {"now": now, "visitor": visitor, "noticed": noticed, "moved": moved}
    if not is_free(provider, starts_at, place, **asked):
        raise NotOffered


def check_untaken(provider, visitor, *, starts_at, now):
    """Raise TimeTaken if someone else has an appointment or a hold at the time."""
    ends_at = starts_at + timedelta(minutes=provider.first_visit_minutes)
    booked = provider.appointments.not_canceled().exclude(client=visitor.user)
    held = provider.hold_set.current(now).exclude(pk__in=provider.hold_set.of(visitor))
    for others in (booked, held):
        if others.overlapping(starts_at, ends_at).exists():
            raise TimeTaken


def check_pace(client, *, now):
    """Raise TooManyBookings: each one mails two people, so a client can make 10 an hour at most."""
    recent = client.appointments.filter(first_visit=True, created_at__gt=now - timedelta(hours=1))
    if recent.count() >= BOOKINGS_AN_HOUR:
        raise TooManyBookings
