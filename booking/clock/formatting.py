"""What pages say of an appointment's or a hold's time: words on the reader's own clock."""

from zoneinfo import ZoneInfo

from django.utils import timezone

from accounts import zones

from . import labels


def format_datetime(instant, zone):
    """A datetime in words: "Tuesday, December 1, 10:30 AM", with the year where it is far away."""
    there = labels.local(instant, ZoneInfo(zone))
    day = labels.dated(labels.long_day(there), there, now=timezone.now())
    return f"{day}, {labels.clock(there)}"


def describe_time(appointment, zone):
    """The words for an appointment's time in a zone (by name)."""
    starts_at = labels.local(appointment.starts_at, ZoneInfo(zone))
    ends_at = labels.local(appointment.ends_at, ZoneInfo(zone))
    now = timezone.now()
    day = labels.dated(labels.long_day(starts_at), starts_at, now=now)
    return {
        "day": day,
        "short_day": labels.dated(labels.short_day(starts_at), starts_at, now=now),
        "span": labels.span(starts_at, ends_at),
        "clock": labels.clock(starts_at),
        "starts": labels.span(starts_at, ends_at).split(" to ")[0],
        "ends": labels.clock(ends_at),
        "full": f"{day}, {labels.clock(starts_at)}",
        "zone": zones.label(zone),
        "iso": starts_at.isoformat(),
    }
