"""What pages say of an appointment's or a hold's time: words on the reader's own clock."""

from zoneinfo import ZoneInfo

from django.utils import timezone

from accounts import zones

from . import times
from .models import Place


def moment(instant, zone):
    """A datetime in words: "Tuesday, December 1, 10:30 AM", with the year where it is far away."""
    there = times.local(instant, ZoneInfo(zone))
    day = times.dated(times.long_day(there), there, now=timezone.now())
    return f"{day}, {times.clock(there)}"


def when(appointment, zone):
    """The words for an appointment's time in a zone (by name)."""
    starts_at = times.local(appointment.starts_at, ZoneInfo(zone))
    ends_at = times.local(appointment.ends_at, ZoneInfo(zone))
    now = timezone.now()
    day = times.dated(times.long_day(starts_at), starts_at, now=now)
    return {
        "day": day,
        "short_day": times.dated(times.short_day(starts_at), starts_at, now=now),
        "span": times.span(starts_at, ends_at),
        "clock": times.clock(starts_at),
        "starts": times.span(starts_at, ends_at).split(" to ")[0],
        "ends": times.clock(ends_at),
        "full": f"{day}, {times.clock(starts_at)}",
        "zone": zones.label(zone),
        "iso": starts_at.isoformat(),
    }


def hold(kept, zone, now):
    """A hold as pages show it, with the time in a zone (by name) and the minutes left."""
    starts = times.local(kept.starts_at, ZoneInfo(zone))
    ends = times.local(kept.ends_at, ZoneInfo(zone))
    left = max(0, int((kept.until - now).total_seconds()))
    minutes = -(-left // 60)
    more = times.count(minutes, "more minute") if left >= 60 else None
    return {
        "hold": kept,
        "start": int(kept.starts_at.timestamp()),
        "label": times.long_time(starts),
        "zone": zones.label(zone),
        "short": f"{times.DAYS[starts.weekday()]}, {times.clock(starts)}",
        "day": times.long_day(starts),
        "span": times.span(starts, ends),
        "place": Place(kept.place),
        "until": int(kept.until.timestamp()),
        "minutes_left": minutes,
        "minutes_words": more or "less than a minute",
        "can_extend": not kept.extended,
    }
