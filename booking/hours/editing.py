"""The verbs of a provider's hours: the week, time off, openings, the rules of booking, a pause.

They change which times are free, and never what is booked: an appointment that would come to stand
outside of the hours is shown to the provider first (OutsideHours), and then stays where it is.
"""

from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from django.utils import timezone

from accounts.refusals import Stale
from providers.models import Provider

from ..availability import slots
from ..availability.calendar import load_calendars, refresh_next_openings
from ..clock import labels, rezone
from ..locking import locked
from ..models import HoursPlace, Opening, TimeOff, WorkingHours
from ..refusals import Refused

DAY = timedelta(days=1)
AHEAD = 200  # so many times off, and openings, of a provider may be to come
BLOCK = ("weekday", "from_minute", "to_minute", "place")
RULES = (  # the fields of a provider that say what may be booked
    "accepting_new_clients",
    "returns_on",
    "call_minutes",
    "session_minutes",
    "buffer_minutes",
    "minimum_notice_hours",
    "horizon_days",
    "cancellation_window_hours",
    "late_cancellation",
    "time_zone",
)


class OutsideHours(Refused):
    """Appointments would be outside the hours; nothing is saved."""

    status = 409

    def __init__(self, appointments):
        super().__init__("Some appointments would be outside your hours. Nothing was saved.")
        self.appointments = appointments


class Overlap(Refused):
    """Another stretch of the same kind has this time already."""

    status = 409


class TooMany(Refused):
    """More stretches to come than anybody plans."""

    def __init__(self):
        super().__init__(
            f"You have {AHEAD} of these ahead, and that’s the limit. Remove some, or change your "
            "weekly hours."
        )


@contextmanager
def changing(provider, *, seen=()):
    """Own the provider's time while it changes; yields (the fresh row, now); refreshes openings.

    Raises OutsideHours, which undoes the change, where an appointment that is not among those
    `seen` (uuids) was within the hours before and no longer is.
    """
    with locked(provider) as (fresh, now):
        before = {each.pk for each in outside(fresh, now=now)}
        yield fresh, now
        outside_hours = [each for each in outside(fresh, now=now) if each.pk not in before]
        if not {each.uuid for each in outside_hours} <= set(seen):
            raise OutsideHours(outside_hours)
        refresh_next_openings([fresh], now=now)


def outside(provider, *, now):
    """The coming appointments that lie outside of the hours for their place, or in time off."""
    coming = list(provider.appointments.upcoming(now).select_related("client", "relationship"))
    if not coming:
        return []
    until = max(each.ends_at for each in coming)
    calendar = load_calendars([provider], now=now, since=now, until=until)[provider.pk]
    return [
        each
        for each in coming
        if not calendar.within_hours(each.starts_at, each.ends_at, each.place)
    ]


def skipped_by_dst(blocks, provider, *, now):
    """Yield (block, date) where a change of the clocks within a year leaves nothing of a block."""
    today = now.astimezone(provider.zone).date()
    for day in (today + timedelta(days=ahead) for ahead in range(366)):
        starts, ends = (labels.midnight(each, provider.zone) for each in (day, day + DAY))
        if ends - starts == DAY:
            continue
        start, end = int(starts.timestamp()), int(ends.timestamp())
        when = {"now": start, "start": start, "end": end}
        rules = slots.Rules(provider.zone, length=1, step=60, buffer=0, notice=0, horizon=90_000)
        for block in blocks:
            if block[0] != day.weekday():
                continue
            if next(iter(slots.free_starts(rules, hours=[block[:3]], **when)), None) is None:
                yield block, day


def set_week(provider, *, blocks, version, seen=()):
    """Replace the weekly hours by (weekday, from_minute, to_minute, place).

    `version` is the hours_version that the page showed. Raises Stale, but for a second press, or
    OutsideHours.
    """
    with changing(provider, seen=seen) as (fresh, _):
        stored = list(fresh.working_hours.values_list(*BLOCK))
        if sorted(stored) == sorted(blocks):
            return
        if version != fresh.hours_version:
            raise Stale("Your weekly hours", now=week_in_words(stored))
        fresh.working_hours.all().delete()
        WorkingHours.objects.bulk_create(
            WorkingHours(provider=fresh, **dict(zip(BLOCK, block, strict=True))) for block in blocks
        )
        fresh.hours_version += 1
        fresh.save(update_fields=["hours_version"])


def week_in_words(blocks):
    """Weekly hours in a sentence or two, for who typed others."""
    listed = "; ".join(
        f"{labels.DAYS[weekday]}, {labels.minutes_span(since, till)} ({HoursPlace(place).label})"
        for weekday, since, till, place in blocks
    )
    return f"They’re now: {listed or 'none'}. Save again to replace them with what’s below."


def set_rules(provider, *, rules, version, seen=()):
    """Set fields of the provider's row that say what may be booked.

    `version` is the rules_version that the page showed. Raises Stale, but for a second press, or
    OutsideHours. In another zone hours, time off and openings move with the clock; what is booked
    keeps its instant.
    """
    with changing(provider, seen=seen) as (fresh, now):
        was = fresh.zone
        new = {name: value for name, value in rules.items() if getattr(fresh, name) != value}
        if not new:
            return
        if version != fresh.rules_version:
            raise Stale("Your booking rules")
        for name, value in new.items():
            setattr(fresh, name, value)
        fresh.rules_version += 1
        fresh.hours_version += fresh.zone != was  # on another clock they are other hours
        fresh.save(update_fields=[*new, "rules_version", "hours_version"])
        if fresh.zone != was:
            shift_to_zone(fresh.timeoff_set, was, fresh.zone, now=now)
            shift_to_zone(fresh.opening_set, was, fresh.zone, now=now, apart=True)


def shift_to_zone(rows, old, new, *, now, apart=False):
    """Keep stretches that are not over at their wall-clock times in another zone (a ZoneInfo)."""
    stretches = [
        (int(row.starts_at.timestamp()), int(row.ends_at.timestamp()), row)
        for row in rows.filter(ends_at__gt=now)
    ]
    for start, end, row in rezone.shifted(stretches, old, new, apart=apart):
        row.starts_at, row.ends_at = (datetime.fromtimestamp(each, UTC) for each in (start, end))
    shifted = [row for _, _, row in stretches]
    rows.bulk_update(shifted, ["starts_at", "ends_at"], batch_size=100)


def add_time_off(provider, *, starts_at, ends_at, seen=()):
    """Take a stretch (aware) off; the same one again changes nothing.

    Raises Overlap where it lies within other time off (to reach beyond is fine), TooMany or
    OutsideHours.
    """
    stretch = {"starts_at": starts_at, "ends_at": ends_at}
    with changing(provider, seen=seen) as (fresh, now):
        if fresh.timeoff_set.filter(**stretch).exists():
            return
        around = fresh.timeoff_set.filter(starts_at__lte=starts_at, ends_at__gte=ends_at).first()
        if around:
            raise Overlap(f"You already have time off then: {in_words(around, now=now)}.")
        check_number(fresh.timeoff_set, now=now)
        TimeOff.objects.create(provider=fresh, **stretch)


def remove_time_off(provider, *, starts_at, ends_at, seen=()):
    """Work in that stretch after all; if it is gone already, nothing changes."""
    with changing(provider, seen=seen) as (fresh, _):
        fresh.timeoff_set.filter(starts_at=starts_at, ends_at=ends_at).delete()


def add_opening(provider, *, starts_at, ends_at, place, seen=()):
    """Open a stretch (aware) for once, at a HoursPlace; the same one again changes nothing.

    Raises Overlap where another opening has some of that time, or TooMany.
    """
    stretch = {"starts_at": starts_at, "ends_at": ends_at, "place": place}
    with changing(provider, seen=seen) as (fresh, now):
        if fresh.opening_set.filter(**stretch).exists():
            return
        other = fresh.opening_set.filter(starts_at__lt=ends_at, ends_at__gt=starts_at).first()
        if other:
            words = f"{in_words(other, now=now)} ({other.get_place_display().lower()})"
            raise Overlap(f"This overlaps an opening you have: {words}. Remove it first.")
        check_number(fresh.opening_set, now=now)
        Opening.objects.create(provider=fresh, **stretch)


def remove_opening(provider, *, starts_at, ends_at, place, seen=()):
    """Close that stretch again. May raise OutsideHours."""
    with changing(provider, seen=seen) as (fresh, _):
        fresh.opening_set.filter(starts_at=starts_at, ends_at=ends_at, place=place).delete()


def in_words(row, *, now):
    """A time off or an opening in words, on its provider's clock."""
    zone = row.provider.zone
    return labels.stretch(
        labels.local(row.starts_at, zone), labels.local(row.ends_at, zone), now=now
    )


def check_number(rows, *, now):
    """Raise TooMany where no further stretch may be added to those that are to come."""
    if rows.filter(ends_at__gt=now).count() >= AHEAD:
        raise TooMany


def pausing():
    """The providers whose pause may be over by now, somewhere on earth."""
    tomorrow = timezone.now().date() + timedelta(days=1)
    return Provider.objects.filter(accepting_new_clients=False, returns_on__lte=tomorrow)


def end_pause(provider):
    """Let the provider take new clients again, if their day of return has come where they are."""
    with locked(provider) as (fresh, now):
        over = fresh.returns_on and fresh.returns_on <= now.astimezone(fresh.zone).date()
        if over and not fresh.accepting_new_clients:
            fresh.accepting_new_clients, fresh.returns_on = True, None
            fresh.rules_version += 1
            fresh.save(update_fields=["accepting_new_clients", "returns_on", "rules_version"])
            refresh_next_openings([fresh], now=now)
