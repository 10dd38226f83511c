"""What a new client would see next week, with hours that may not be saved yet."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from . import availability, times, week
from .models import Place


def next_week(provider, *, now, hours=None, off=(), openings=()):
    """The free times of the next week from Monday, in words, by place and day.

    `provider` may be a draft of the row; `hours` are blocks instead of the saved ones, `off` and
    `openings` are stretches (aware; an opening with its place) besides those that are saved.
    """
    zone = provider.zone
    monday = week.monday_of(now.astimezone(zone).date()) + week.WEEK
    begins, ends = week.bounds(monday, provider.time_zone)
    until = datetime.fromtimestamp(ends, UTC)
    calendar = availability.load([provider], now=now, since=now, until=until)[provider.pk]
    if hours is not None:
        calendar.hours = list(hours)
    calendar.off += [(seconds(s), seconds(e)) for s, e in off]
    calendar.openings += [(seconds(s), seconds(e), place) for s, e, place in openings]
    places = [
        {"label": Place(place).label, "days": days(calendar, place, begins, ends, zone)}
        for place in calendar.places()
    ]
    return {
        "title": week.title(monday)[0],
        "closed": not (provider.published and provider.accepting_new_clients),
        "returns_on": provider.returns_on,
        "places": places,
        "count": sum(day["count"] for place in places for day in place["days"]),
    }


def days(calendar, place, begins, ends, zone):
    """Each day with its number of free times, and these as runs: "9:00 AM to 11:45 AM"."""
    found = {}
    for start in calendar.starts(place, start=begins, end=ends):
        found.setdefault(times.local(start, zone).date(), []).append(start)
    first = datetime.fromtimestamp(begins, zone).date()
    week_days = [first + timedelta(days=ahead) for ahead in range(7)]
    return [
        {
            "name": times.long_day(day),
            "count": len(found.get(day, ())),
            "runs": list(runs(found.get(day, ()), availability.STEP[place], zone)),
        }
        for day in week_days
    ]


def runs(starts, step, zone: ZoneInfo):
    """Yield the starts (epoch seconds, ascending) in words, those a step apart as one."""
    first = last = None
    for start in starts:
        if last is None or start - last != step:
            if last is not None:
                yield words(first, last, zone)
            first = start
        last = start
    if last is not None:
        yield words(first, last, zone)


def words(first, last, zone):
    """ "9:00 to 11:45 AM" of the first and the last start of a run; "9:00 AM" of a single one."""
    first, last = times.local(first, zone), times.local(last, zone)
    return times.clock(first) if first == last else times.span(first, last)


def seconds(moment):
    """Epoch seconds of an aware datetime."""
    return int(moment.timestamp())
