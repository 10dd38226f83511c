"""Dates and weeks: parsed from addresses, bounded in a zone, and in words."""

import re
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from . import labels

WEEK = timedelta(days=7)
YEARS = range(2000, 2100)


def monday_of(day):
    return day - timedelta(days=day.weekday())


def parse_day(text):
    """The date in a text from an address; None for anything else, years outside YEARS too."""
    try:
        day = date.fromisoformat(text or "")
    except ValueError:
        return None
    return day if day.year in YEARS else None


def parse_monday(text, *, first, last):
    """The Monday that `?week=` asks for, kept between two Mondays; None for anything else."""
    day = parse_day(text)
    return day and min(max(monday_of(day), first), last)


def bounds(monday, zone):
    """The epoch seconds at which the week begins and ends in the zone."""
    ends = (labels.midnight(day, ZoneInfo(zone)) for day in (monday, monday + WEEK))
    return tuple(int(each.timestamp()) for each in ends)


def week_title(monday):
    """A week in words, long and short: "November 30 to December 6", "December 7 to 13"."""
    sunday = monday + timedelta(days=6)
    is_one_month = monday.month == sunday.month
    return tuple(
        f"{name(monday)} to {sunday.day if is_one_month else name(sunday)}"
        for name in (labels.month_day, short_date)
    )


def short_date(day):
    """ "Nov 30"."""
    return f"{labels.MONTHS[day.month - 1][:3]} {day.day}"


def parse_minute(text):
    """The minute of the day that "HH:MM" means; None for anything else."""
    match = re.fullmatch(r"([01][0-9]|2[0-3]):([0-5][0-9])", text or "")
    return int(match[1]) * 60 + int(match[2]) if match else None
