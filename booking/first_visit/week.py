"""One week of free times as a reader sees it: each day's morning, afternoon and evening."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from accounts.plain import number

from ..clock import labels
from ..clock.dates import WEEK, bounds, monday_of, parse_monday, week_title
from ..clock.formatting import format_datetime
from ..fields import EARLIEST, LATEST

BANDS = (("morning", "Morning", 0), ("afternoon", "Afternoon", 12), ("evening", "Evening", 17))


@dataclass
class Band:
    """A part of a day. Each slot is (start as text, label, whether the reader is holding it)."""

    key: str
    name: str
    slots: list = field(default_factory=list)


@dataclass
class Day:
    """A day with its free times, in the reader's zone."""

    date: date
    long: str
    weekday: str
    bands: list
    count: int = 0

    @classmethod
    def of(cls, day):
        """A date without free times yet."""
        bands = [Band(key, name) for key, name, _ in BANDS]
        return cls(day, labels.long_day(day), labels.DAYS[day.weekday()][:3], bands)

    @property
    def anchor(self):
        """The day's id in the page."""
        return f"d{self.date.month:02}{self.date.day:02}"

    @property
    def count_words(self):
        return f"{self.count} time{'' if self.count == 1 else 's'}" if self.count else "No times"


def days(starts, *, monday, zone, held=None):
    """Seven Days with the free starts (epoch seconds) of that week in the zone.

    `held` is the start that the reader is holding.
    """
    zone = ZoneInfo(zone)
    week = [Day.of(monday + timedelta(days=offset)) for offset in range(7)]
    for start in starts:
        moment = datetime.fromtimestamp(start, zone)
        day = week[(moment.date() - monday).days]
        band = 0 if moment.hour < 12 else 1 if moment.hour < 17 else 2
        day.bands[band].slots.append((str(start), labels.clock(moment), start == held))
        day.count += 1
    return week


def day_in(instant, zone):
    """The date of epoch seconds in the zone."""
    return datetime.fromtimestamp(instant, UTC).astimezone(ZoneInfo(zone)).date()


def parse_place(asked, calendar):
    """The place asked for, if the provider offers it; else the place of the soonest time."""
    places = calendar.places()
    if asked in places:
        return asked
    soonest = calendar.soonest(1)
    return soonest[0][1] if soonest else (places[0] if places else None)


def parse_start(text):
    """The epoch seconds of `?at=`, or None for anything that isn't a time."""
    seconds = number(text, most=LATEST)
    return seconds if seconds and seconds >= EARLIEST else None


def page(calendar, place, zone, *, asked, chosen, held):
    """The week to show, and the weeks around it.

    That's the week asked for (text of `?week=`), else the one with the chosen start (epoch
    seconds), else the first with a free time; never before this week or after the horizon.
    """
    first = next(iter(calendar.starts(place)), None) if place else None
    earliest = monday_of(day_in(calendar.now, zone))
    latest = monday_of(day_in(calendar.horizon_end, zone))
    first_week = monday_of(day_in(first, zone)) if first else earliest
    monday = parse_monday(asked, first=earliest, last=latest)
    if monday is None and chosen and calendar.now <= chosen <= calendar.horizon_end:
        monday = monday_of(day_in(chosen, zone))
    monday = monday or first_week
    begins, ends = bounds(monday, zone)
    free = calendar.starts(place, start=begins, end=ends) if place else ()
    mine = int(held.starts_at.timestamp()) if held and held.place == place else None
    shown = days(free, monday=monday, zone=zone, held=mine)
    long, short = week_title(monday)
    return {
        "days": shown,
        "week_count": sum(day.count for day in shown),
        "bands": [(key, name) for key, name, _ in BANDS],
        "monday": monday,
        "week_title": long,
        "week_title_short": short,
        "is_first_week": monday == first_week and bool(first),
        "first_free": format_datetime(first, zone, by_name=True) if first else "",
        "first_week": first_week,
        "before": monday - WEEK if monday > earliest else None,
        "after": monday + WEEK if monday < latest else None,
    }


def chosen(calendar, place, zone, start):
    """The start asked for (epoch seconds) while it's free, else the closest free ones."""
    words = {"chosen": None, "chosen_label": "", "gone_label": "", "nearest": []}
    if not (start and place):
        return words
    label = format_datetime(start, zone, by_name=True)
    if calendar.is_free(start, place):
        return {**words, "chosen": start, "chosen_label": label}
    tz, now = ZoneInfo(zone), labels.local(calendar.now, UTC)
    nearest = [
        (each, labels.short_time(labels.local(each, tz), now=now))
        for each in calendar.nearest(start, place)
    ]
    return {**words, "gone_label": label, "nearest": nearest}
