"""Moves stretches of time to another zone so that the clock there reads the same. Pure."""

from operator import itemgetter

from . import labels
from .wall_clock import Clock


def shifted(stretches, old, new, *, apart=False):
    """Yield (start, end, …; epoch seconds), by start, at the same wall-clock times in a new zone.

    Whole days stay whole. Time that the new clock skips is left out, but no stretch is lost: one
    that's entirely inside the skipped time comes right after it, at its full length. If an hour
    comes twice, a stretch begins in the first and ends in the last. With `apart`, none begins
    before the one ahead of it ends, and each is within a day (they're openings).

    Where the old clock skips midnight, a day begins at 1 AM. A stretch from 11 PM until then ends
    at 1 AM on the new clock, too: that clock never showed 12 AM, so nobody typed it.
    """
    free = None
    for start, end, *rest in sorted(stretches, key=itemgetter(0)):
        ends = labels.local(end, old)
        midnights = [labels.is_midnight(labels.local(start, old)), labels.is_midnight(ends)]
        is_typed = bool(ends.time()) and not (apart or midnights[0])
        starts = edge(start, old, new, is_day=all(midnights))
        if apart and free is not None:
            starts = max(starts, free)
        free = edge(end, old, new, is_day=midnights[1] and not is_typed, last=True)
        free = free if free > starts else starts + end - start
        yield starts, free, *rest


def edge(instant, old, new, *, is_day, last=False):
    """The instant when the new clock reads what the old one does; for whole days, midnight."""
    local = labels.local(instant, old)
    if is_day:
        return int(labels.midnight(local.date(), new).timestamp())
    return shown(local.replace(tzinfo=None), new, last=last)


def shown(wall, zone, *, last=False):
    """The first (or `last`) instant when a clock shows a wall time; in a gap, the gap's end."""
    moment = wall.replace(tzinfo=zone, fold=int(last))
    if labels.exists(moment):
        return int(moment.timestamp())
    clock, minute = Clock.of(wall.date(), zone), wall.hour * 60 + wall.minute
    return next((piece.begins for piece in clock.pieces if piece.opens > minute), clock.ends)
