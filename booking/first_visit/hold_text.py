"""How pages show a held time: in the reader's time zone, with the minutes left."""

from zoneinfo import ZoneInfo

from accounts import zones

from ..clock import labels
from ..models import Place


def describe_hold(kept, zone, now):
    """A hold as pages show it. `zone` is a zone's name; `until` is in epoch seconds."""
    starts = labels.local(kept.starts_at, ZoneInfo(zone))
    left = max(0, int((kept.until - now).total_seconds()))
    minutes = -(-left // 60)
    more = labels.count(minutes, "more minute") if left >= 60 else None
    return {
        "hold": kept,
        "start": int(kept.starts_at.timestamp()),
        "label": labels.long_time(starts, now=now),
        "zone": zones.label(zone),
        "short": f"{labels.DAYS[starts.weekday()]}, {labels.clock(starts)}",
        "place": Place(kept.place),
        "until": int(kept.until.timestamp()),
        "minutes_left": minutes,
        "minutes_words": more or "less than a minute",
        "can_extend": not kept.extended,
    }
