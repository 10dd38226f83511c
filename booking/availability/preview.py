"""What a new client would see in a week, given hours that may not be saved yet."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from ..clock import dates, labels, rezone
from ..clock.formatting import format_day
from ..models import Place
from .calendar import STEP, load_calendars


def of_week(provider, *, now, day=None, hours=None, off=(), openings=(), was=None):
    """The free times of a week, in words, by place and day; if there are none, the first there is.

    The week is that of `day` (a date), but never a past one; by default it's next week. `provider`
    may be a draft of the row; if the draft changes the zone, `was` is the saved one (a ZoneInfo).
    `hours` are blocks that replace the saved ones; `off` and `openings` are stretches (aware; an
    opening with its place) on top of the saved ones.
    """
    this_week = dates.monday_of(now.astimezone(provider.zone).date())
    next_week = this_week + dates.WEEK
    monday = max(dates.monday_of(day), this_week) if day else next_week
    begins, ends = dates.bounds(monday, provider.time_zone)
    until = max(datetime.fromtimestamp(ends, UTC), now + timedelta(days=provider.horizon_days))
    calendar = loaded(provider, now=now, until=until, was=was)
    if hours is not None:
        calendar.hours = list(hours)
    calendar.off += [(seconds(s), seconds(e)) for s, e in off]
    calendar.openings += [(seconds(s), seconds(e), place) for s, e, place in openings]
    return {**facts(provider, monday, this_week, now=now), **free(calendar, begins, ends, now=now)}


def loaded(provider, *, now, until, was):
    """The provider's calendar; if the zone changed, shifted the way hours.editing will do it."""
    calendar = load_calendars([provider], now=now, since=now, until=until)[provider.pk]
    if was and was != provider.zone:
        off, openings = (
            [each for each in stretches if each[1] > calendar.now]
            for stretches in (calendar.off, calendar.openings)
        )
        calendar.off = list(rezone.shifted(off, was, provider.zone))
        calendar.openings = list(rezone.shifted(openings, was, provider.zone, apart=True))
    return calendar


def facts(provider, monday, this_week, *, now):
    """What goes above the times: the week in words, the zone, a pause."""
    return {
        "zone": provider.time_zone,
        "title": title(monday, this_week, now=now, zone=provider.zone),
        "closed": not (provider.published and provider.accepting_new_clients),
        "back": provider.returns_on and format_day(provider.returns_on, provider.time_zone),
    }


def free(calendar, begins, ends, *, now):
    """The free times between two instants (epoch seconds) by place; if none, the first there is."""
    zone = calendar.provider.zone
    places = [
        {"label": Place(place).label, "days": days(calendar, place, begins, ends, zone)}
        for place in calendar.places()
    ]
    count = sum(day["count"] for place in places for day in place["days"])
    return {
        "places": places,
        "count": count,
        "first": "" if count else first_free(calendar, now=now),
    }


def title(monday, this_week, *, now, zone):
    """The week in words: "next week, December 7 to December 13"; with its year if it's far away."""
    near = {this_week: "this week, ", this_week + dates.WEEK: "next week, "}
    words = near.get(monday, "") + dates.week_title(monday)[0]
    begins = labels.local(labels.midnight(monday, zone), zone)
    return labels.dated(words, begins, now=now)


def first_free(calendar, *, now):
    """The first free time from now on, in words; empty if there's none."""
    soonest = calendar.soonest(1)
    if not soonest:
        return ""
    return labels.long_time(labels.local(soonest[0][0], calendar.provider.zone), now=now)


def days(calendar, place, begins, ends, zone):
    """Each day with its number of free times, and the times as runs: "9:00 to 11:45 AM"."""
    starts_on = {}
    for start in calendar.starts(place, start=begins, end=ends):
        starts_on.setdefault(labels.local(start, zone).date(), []).append(start)
    first = datetime.fromtimestamp(begins, zone).date()
    week_days = [first + timedelta(days=ahead) for ahead in range(7)]
    return [
        {
            "name": labels.long_day(day),
            "count": len(starts_on.get(day, ())),
            "runs": list(runs(starts_on.get(day, ()), STEP[place], zone)),
        }
        for day in week_days
    ]


def runs(starts, step, zone: ZoneInfo):
    """Yield the starts (epoch seconds, ascending) in words, joining those that are a step apart."""
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
    """ "9:00 to 11:45 AM" for the first and last start of a run; "9:00 AM" for a single one."""
    first, last = labels.local(first, zone), labels.local(last, zone)
    return labels.clock(first) if first == last else labels.span(first, last)


def seconds(moment):
    """Epoch seconds of an aware datetime."""
    return int(moment.timestamp())
