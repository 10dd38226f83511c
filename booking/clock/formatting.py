"""How pages show an appointment's or a hold's time: in words, in the reader's time zone.

With `by_name`, today and tomorrow are called so: for pages, in the reader's own zone. Never in what
is read later, such as mail, and not for the zone of someone else, whose today may be another day.
"""

from zoneinfo import ZoneInfo

from django.utils import timezone

from accounts import zones

from . import labels


def format_datetime(instant, zone, *, by_name=False):
    """A datetime in words: "Tuesday, December 1, 10:30 AM", with the year if it's far away."""
    moment = labels.local(instant, ZoneInfo(zone))
    return f"{_day(moment, by_name=by_name)}, {labels.clock(moment)}"


def format_day(day, zone, *, by_name=False):
    """A date in words: "Tuesday, December 1", with the year if it's far away."""
    tz = ZoneInfo(zone)
    return _day(labels.local(labels.midnight(day, tz), tz), by_name=by_name)


def _day(moment, *, by_name):
    """The day of a local datetime; with `by_name` it may be "Tomorrow, December 1"."""
    now = timezone.now()
    if by_name and (name := labels.near_day(moment, now=now)):
        return f"{name}, {labels.month_day(moment)}"
    return labels.dated(labels.long_day(moment), moment, now=now)


def describe_time(appointment, zone, *, by_name=False):
    """An appointment's time in a zone (by name), in all the forms that pages use."""
    return describe_span(appointment.starts_at, appointment.ends_at, zone, by_name=by_name)


def describe_span(starts_at, ends_at, zone, *, by_name=False):
    """The words for a stretch of time in a zone (by name)."""
    starts_at, ends_at = (labels.local(each, ZoneInfo(zone)) for each in (starts_at, ends_at))
    now, day = timezone.now(), _day(starts_at, by_name=by_name)
    near = labels.near_day(starts_at, now=now) if by_name else ""
    return {
        "day": day,
        "short_day": near or labels.dated(labels.short_day(starts_at), starts_at, now=now),
        "span": labels.span(starts_at, ends_at),
        "clock": labels.clock(starts_at),
        "starts": labels.span(starts_at, ends_at).split(" to ")[0],
        "ends": labels.clock(ends_at),
        "full": f"{day}, {labels.clock(starts_at)}",
        "zone": zones.label(zone),
        "iso": starts_at.isoformat(),
        "date": starts_at.date().isoformat(),
    }
