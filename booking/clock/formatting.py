"""How pages show an appointment's or a hold's time: in words, in the reader's time zone."""

from zoneinfo import ZoneInfo

from django.utils import timezone

from accounts import zones

from . import labels


def format_datetime(instant, zone):
    """A datetime in words: "Tuesday, December 1, 10:30 AM", with the year if it's far away."""
    return labels.long_time(labels.local(instant, ZoneInfo(zone)), now=timezone.now())


def format_day(day, zone):
    """A date in words: "Tuesday, December 1", with the year if it's far away."""
    tz = ZoneInfo(zone)
    begins = labels.local(labels.midnight(day, tz), tz)
    return labels.dated(labels.long_day(day), begins, now=timezone.now())


def describe_time(appointment, zone):
    """An appointment's time in a zone (by name), in all the forms that pages use."""
    return describe_span(appointment.starts_at, appointment.ends_at, zone)


def describe_span(starts_at, ends_at, zone):
    """The words for a stretch of time in a zone (by name)."""
    starts_at, ends_at = (labels.local(each, ZoneInfo(zone)) for each in (starts_at, ends_at))
    now = timezone.now()
    return {
        "day": labels.dated(labels.long_day(starts_at), starts_at, now=now),
        "short_day": labels.dated(labels.short_day(starts_at), starts_at, now=now),
        "span": labels.span(starts_at, ends_at),
        "clock": labels.clock(starts_at),
        "starts": labels.span(starts_at, ends_at).split(" to ")[0],
        "ends": labels.clock(ends_at),
        "full": labels.long_time(starts_at, now=now),
        "zone": zones.label(zone),
        "iso": starts_at.isoformat(),
    }
