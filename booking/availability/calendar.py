"""Loads what slots.py needs, for one provider or many, in two queries, and calls it."""

from collections import deque
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import islice

from django.db import connection
from django.db.models import Q

from providers.models import Provider

from ..models import HOURS_FOR, Appointment, Hold, Opening, Place, TimeOff, WorkingHours
from . import slots

MINUTE = 60
HOUR = 60 * MINUTE
DAY = 24 * HOUR
STEP = {Place.PHONE: 15 * MINUTE, Place.VIRTUAL: 30 * MINUTE, Place.IN_PERSON: 30 * MINUTE}
MARGIN = timedelta(days=1)  # more than the longest visit with its buffers

# What takes up or adds time: the model, what it is, its place column, and which rows count.
STRETCHES = (
    (TimeOff, "off", "''", "TRUE"),
    (Opening, "opening", "place", "TRUE"),
    (Appointment, "busy", "''", "NOT (status = 'canceled')"),  # word for word as in the index
    (
        Hold,
        "busy",
        "''",
        "until > %(now)s AND NOT COALESCE(user_id = %(user)s, FALSE)"
        " AND NOT COALESCE(token = %(token)s, FALSE)",
    ),
)
EPOCH = {  # SQL for a column in whole seconds
    "sqlite": "CAST(strftime('%%s', {}) AS INTEGER)",
    "postgresql": "CAST(FLOOR(EXTRACT(EPOCH FROM {})) AS BIGINT)",
}


@dataclass
class Calendar:
    """One provider's time as plain values: weekly hours, and stretches in epoch seconds."""

    provider: Provider
    now: int
    hours: list = field(default_factory=list)  # (weekday, from_minute, to_minute, HoursPlace)
    openings: list = field(default_factory=list)  # (start, end, HoursPlace)
    off: list = field(default_factory=list)
    busy: list = field(default_factory=list)
    passed_over: tuple = ()  # a (start, place) that's free but no choice: see without

    @property
    def horizon_end(self):
        """The last second that's offered."""
        return self.now + self.provider.horizon_days * DAY

    def places(self):
        """Where the provider's first visit can be, going by their hours and openings."""
        if self.provider.starts_with_call:
            return [Place.PHONE]
        kinds = {block[3] for block in self.hours} | {opening[2] for opening in self.openings}
        return [place for place in (Place.VIRTUAL, Place.IN_PERSON) if kinds & HOURS_FOR[place]]

    def starts(self, place, *, start=None, end=None, noticed=False):
        """Iterate over the free starts of a first visit at the place, in epoch seconds.

        `noticed` skips the minimum notice, for someone who already holds the time.
        """
        provider = self.provider
        rules = slots.Rules(
            zone=provider.zone,
            length=provider.first_visit_minutes * MINUTE,
            step=STEP[place],
            buffer=provider.buffer_minutes * MINUTE,
            notice=0 if noticed else provider.minimum_notice_hours * HOUR,
            horizon=provider.horizon_days * DAY,
        )
        start = self.now if start is None else start
        free = self._free(rules, place, start, self.horizon_end + 1 if end is None else end)
        if not self.passed_over:
            return free
        return (each for each in free if (each, place) != self.passed_over)

    def without(self, appointment):
        """The Calendar to move an appointment: its own time isn't in the way, and no choice."""
        own = int(appointment.starts_at.timestamp()), int(appointment.ends_at.timestamp())
        busy = [each for each in self.busy if each != own]
        return replace(self, busy=busy, passed_over=(own[0], appointment.place))

    def starts_for_clients(self, place, minutes, *, start, end):
        """Iterate over the free starts between two instants of a visit of someone they know.

        All in epoch seconds. Notice and horizon are only for new clients.
        """
        rules = slots.Rules(
            zone=self.provider.zone,
            length=minutes * MINUTE,
            step=STEP[place],
            buffer=self.provider.buffer_minutes * MINUTE,
            notice=0,
            horizon=end - self.now,
        )
        return self._free(rules, place, start, end)

    def _free(self, rules, place, start, end):
        admits = HOURS_FOR[place]
        return slots.free_starts(
            rules,
            hours=[block[:3] for block in self.hours if block[3] in admits],
            openings=[opening[:2] for opening in self.openings if opening[2] in admits],
            off=self.off,
            busy=self.busy,
            now=self.now,
            start=start,
            end=end,
        )

    def is_free(self, starts_at, place, *, noticed=False):
        """Whether a first visit may start then (epoch seconds). Nothing else decides this."""
        if place not in self.places():
            return False
        starts = self.starts(place, start=starts_at, end=starts_at + 1, noticed=noticed)
        return next(iter(starts), None) == starts_at

    def within_hours(self, starts_at, ends_at, place):
        """Whether a stretch (aware) is inside hours or openings for the place, without time off."""
        start = int(starts_at.timestamp())
        length = int((ends_at - starts_at).total_seconds())
        rules = slots.Rules(self.provider.zone, length, MINUTE, buffer=0, notice=0, horizon=DAY)
        starts = slots.free_starts(
            rules,
            hours=[block[:3] for block in self.hours if block[3] in HOURS_FOR[place]],
            openings=[opening[:2] for opening in self.openings if opening[2] in HOURS_FOR[place]],
            off=self.off,
            now=start,
            start=start,
            end=start + 1,
        )
        return next(starts, None) is not None

    def soonest(self, limit, *, preferred=None):
        """The next `limit` (start, place), by start: at the preferred place, or at any of them."""
        places = self.places()
        place_of = {}
        for place in [preferred] if preferred in places else places:
            for start, _ in zip(self.starts(place), range(limit), strict=False):
                place_of.setdefault(start, place)
        return sorted(place_of.items())[:limit]

    def nearest(self, starts_at, place, limit=3):
        """The `limit` free starts closest to a time, by start; at another place if need be."""
        places = self.places()
        if not places:
            return []
        place = place if place in places else places[0]
        before = deque(self.starts(place, end=starts_at), maxlen=limit)
        after = islice(self.starts(place, start=starts_at), limit)
        free = sorted([*before, *after], key=lambda start: abs(start - starts_at))
        return sorted(free[:limit])


def is_free(provider, starts_at, place, *, now, visitor=None, noticed=False, moved=None):
    """Whether the provider's first visit may start then (aware), in two queries.

    `moved` is the appointment that would move there, if any.
    """
    around = {"since": starts_at, "until": starts_at}
    calendar = load_calendars([provider], now=now, visitor=visitor, **around)[provider.pk]
    calendar = calendar.without(moved) if moved else calendar
    return calendar.is_free(int(starts_at.timestamp()), place, noticed=noticed)


def load_calendars(providers, *, now, since=None, until=None, visitor=None):
    """A Calendar for each provider, by provider id, in two queries however many there are.

    All times are aware. It covers now to the longest horizon, or `since` to `until`, and a day
    around that. What the visitor is holding counts as free.
    """
    calendars = {each.pk: Calendar(provider=each, now=int(now.timestamp())) for each in providers}
    if until is None:
        days = max((each.horizon_days for each in providers), default=0)
        until = now + timedelta(days=days)
    for row in WorkingHours.objects.filter(provider__in=calendars).values_list(
        "provider_id", "weekday", "from_minute", "to_minute", "place"
    ):
        calendars[row[0]].hours.append(row[1:])
    start, end = (since or now) - MARGIN, until + MARGIN
    for pk, what, starts, ends, place in _stretches(list(calendars), start, end, now, visitor):
        if what == "opening":
            calendars[pk].openings.append((starts, ends, place))
        else:
            (calendars[pk].off if what == "off" else calendars[pk].busy).append((starts, ends))
    return calendars


def _stretches(ids, start, end, now, visitor):
    """(provider id, what, start, end, place) of all that takes up or adds time, in one query.

    In SQL, since the ORM takes twice as long: to build the query, and to make datetimes where we
    need seconds. A test compares it with the querysets that mean the same.
    """
    if not ids:
        return []
    adapt = connection.ops.adapt_datetimefield_value
    values = {
        "start": adapt(start),
        "end": adapt(end),
        "now": adapt(now),
        "user": visitor.user.pk if visitor and visitor.user else None,
        "token": visitor.token.hex if visitor and visitor.token else None,
    }
    with connection.cursor() as cursor:
        cursor.execute(_query(ids), values)
        return cursor.fetchall()


def _query(ids):
    epoch = EPOCH[connection.vendor]
    starts, ends = epoch.format("starts_at"), epoch.format("ends_at")
    whose = ", ".join(str(pk) for pk in ids)
    which = f"provider_id IN ({whose}) AND ends_at > %(start)s AND starts_at < %(end)s"
    return " UNION ALL ".join(
        f"SELECT provider_id, '{what}', {starts}, {ends}, {place}"  # noqa: S608 - all of it ours
        f" FROM {model._meta.db_table} WHERE {which} AND {rows}"
        for model, what, place, rows in STRETCHES
    )


def refresh_next_openings(providers, *, now):
    """Compute `next_opening_at` and the places again for each provider, and save what changed.

    With nothing free it's the end of the horizon, so that they sort last.
    """
    changed = []
    for calendar in load_calendars(providers, now=now).values():
        provider = calendar.provider
        soonest = calendar.soonest(1)
        opening = soonest[0][0] if soonest else calendar.horizon_end
        kinds = {block[3] for block in calendar.hours}
        facts = {
            "next_opening_at": datetime.fromtimestamp(opening, UTC),
            "offers_virtual": bool(kinds & HOURS_FOR[Place.VIRTUAL]),
            "offers_in_person": bool(kinds & HOURS_FOR[Place.IN_PERSON]),
        }
        if any(getattr(provider, name) != value for name, value in facts.items()):
            for name, value in facts.items():
                setattr(provider, name, value)
            changed.append(provider)
    Provider.objects.bulk_update(
        changed, ["next_opening_at", "offers_virtual", "offers_in_person"], batch_size=500
    )


def lapsed_openings(now):
    """The published providers whose next opening is too soon to be booked anymore."""
    published = Provider.objects.published()
    notices = published.order_by().values_list("minimum_notice_hours", flat=True).distinct()
    stale = Q(pk__isnull=True)
    for hours in notices:
        stale |= Q(minimum_notice_hours=hours, next_opening_at__lt=now + timedelta(hours=hours))
    return published.filter(stale)
