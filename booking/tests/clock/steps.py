"""Zones with odd clocks, when they change, and what they show: an oracle for typed times."""

from datetime import UTC, datetime, timedelta
from functools import cache

ZONES = (
    "America/Los_Angeles", "America/Phoenix", "America/St_Johns", "America/Santiago",
    "Europe/Dublin", "Africa/Casablanca", "Asia/Kathmandu", "Asia/Beirut", "Australia/Adelaide",
    "Australia/Lord_Howe", "Pacific/Chatham", "Pacific/Auckland",
)  # fmt: skip
FIRST = datetime(2026, 1, 1)
DAYS = 5 * 365


@cache
def changes(zone):
    """What the zone's clock shows, to the hour, when its offset changes; FIRST if it never does."""

    def offset(hour):
        return (FIRST + timedelta(hours=hour)).replace(tzinfo=UTC).astimezone(zone).utcoffset()

    days = [day for day in range(DAYS) if offset(24 * day) != offset(24 * day + 24)]
    hours = [24 * day + n for day in days for n in range(24)]
    found = [hour for hour in hours if offset(hour) != offset(hour + 1)]
    return [FIRST + timedelta(hours=hour) + offset(hour) for hour in found] or [FIRST]


def shown_at(wall, zone):
    """The instants when the zone's clock shows a wall time, in order: none, one or two."""
    instants = {(wall - offset).replace(tzinfo=UTC) for offset in offsets(zone)}
    return sorted(each for each in instants if each.astimezone(zone).replace(tzinfo=None) == wall)


@cache
def offsets(zone):
    """All offsets from UTC that the zone has in these years."""
    days = (FIRST.replace(tzinfo=UTC) + timedelta(days=day) for day in range(DAYS + 3))
    return {day.astimezone(zone).utcoffset() for day in days}


def midnight(day, zone):
    """The first instant of a date (epoch seconds)."""
    return int(datetime(day.year, day.month, day.day, tzinfo=zone).timestamp())
