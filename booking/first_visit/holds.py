"""Holds a time for a visitor for a while: the verbs, and how many holds are allowed."""

from dataclasses import replace
from datetime import timedelta

from ..availability.calendar import load_calendars, refresh_next_openings
from ..locking import locked
from ..models import Hold
from .line import in_line
from .refusals import HoldOver, TooManyHolds
from .rules import check_offered, check_open_to

HOLD = timedelta(minutes=10)
HOLDS_A_PERSON = 3
ALWAYS_LET_IN = 3  # visitors with one provider


def hold(provider, *, visitor, starts_at, place):
    """Hold a time for a visitor for 10 minutes and return the Hold; it replaces their last one.

    Choosing the same time again doesn't restart the 10 minutes. If the last hold was extended, the
    new one can't be. `starts_at` is aware. Raises NotAccepting, OwnPage, AlreadyAClient, TimeTaken,
    NotOffered or TooManyHolds.
    """
    with in_line(provider, None, visitor, starts_at=starts_at) as (provider, now):
        check_open_to(provider, client=visitor.user)
        before = Hold.objects.filter(provider=provider).of(visitor)
        last = before.first()
        if last and (last.starts_at, last.place) == (starts_at, place):
            return last
        check_offered(provider, visitor, starts_at=starts_at, place=place, now=now)
        kept = Hold(
            provider=provider,
            starts_at=starts_at,
            ends_at=starts_at + timedelta(minutes=provider.first_visit_minutes),
            place=place,
            until=now + HOLD,
            extended=bool(last and last.extended),
            user=visitor.user,
            token=visitor.token,
            address=visitor.address,
        )
        check_hold_limits(kept, visitor, now=now)
        before.delete()
        kept.save()
        refresh_next_openings([provider], now=now)
    return kept


def extend(provider, *, visitor):
    """Hold the visitor's time for 10 more minutes, once; else raise HoldOver."""
    with locked(provider) as (provider, _):
        kept = Hold.objects.filter(provider=provider, extended=False).of(visitor).first()
        if not kept:
            raise HoldOver
        kept.until, kept.extended = kept.until + HOLD, True
        kept.save(update_fields=["until", "extended"])
    return kept


def release(provider, *, visitor):
    """Release the time the visitor is holding with the provider, if any."""
    with locked(provider) as (provider, now):
        Hold.objects.filter(provider=provider).of(visitor).delete()
        refresh_next_openings([provider], now=now)


def check_hold_limits(wanted, visitor, *, now):
    """Raise TooManyHolds: three per person, and a quarter of a provider's open starts in all.

    Signed-out visitors are known only by their address, so they share three per address. Anyone who
    signs in gets three of their own, so that a full waiting room can still book. The first three
    visitors with a provider aren't counted: a small practice has few starts. Nor are the times that
    the provider offered to clients.
    """
    provider = wanted.provider
    others = (
        Hold.objects.current(now)
        .filter(offer=None)
        .exclude(pk__in=Hold.objects.filter(provider=provider).of(visitor).values("pk"))
    )
    if visitor.user:
        theirs = others.filter(user=visitor.user)
    else:
        theirs = others.filter(user=None, address=visitor.address)
    if theirs.count() >= HOLDS_A_PERSON:
        raise TooManyHolds
    held = [stretch(each) for each in others.filter(provider=provider)]
    if len(held) < ALWAYS_LET_IN:
        return
    calendar = load_calendars([provider], now=now, visitor=visitor)[provider.pk]
    busy = [each for each in calendar.busy if each not in held]
    unheld = open_starts(replace(calendar, busy=busy))
    left = open_starts(replace(calendar, busy=[*busy, *held, stretch(wanted)]))
    if len(left) < len(unheld) * 3 / 4:
        raise TooManyHolds


def open_starts(calendar):
    """The provider's free starts, each counted once, whatever the place."""
    return {start for place in calendar.places() for start in calendar.starts(place)}


def stretch(hold):
    """When a hold is, the way a Calendar has it."""
    return int(hold.starts_at.timestamp()), int(hold.ends_at.timestamp())
