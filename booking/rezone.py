"""Takes stretches of time to another zone, where the clock reads what it read before. Pure."""

from operator import itemgetter

from . import times
from .wall_clock import Clock


def carried(stretches, old, new, *, apart=False):
    """Yield (start, end, …; epoch seconds), by start, at the same wall-clock times in a new zone.

    Whole days stay whole. What the new clock skips is left out: of a stretch that lies in there
    nothing is left, and its start is its end. Where an hour comes twice, a stretch begins with the
    first and ends with the last; those that are to stay `apart` begin when the one before has
    ended.
    """
    free = None
    for start, end, *rest in sorted(stretches, key=itemgetter(0)):
        starts = edge(start, old, new)
        if apart and free is not None:
            starts = max(starts, free)
        free = max(starts, edge(end, old, new, last=True))
        yield starts, free, *rest


def edge(instant, old, new, *, last=False):
    """The instant at which the new clock reads what the old one does at this one."""
    local = times.local(instant, old)
    if instant == midnight(local.date(), old):
        return midnight(local.date(), new)
    return shown(local.replace(tzinfo=None), new, last=last)


def shown(wall, zone, *, last=False):
    """The first, or `last`, instant that a clock shows a wall time; the end of a gap with it."""
    moment = wall.replace(tzinfo=zone, fold=int(last))
    if times.exists(moment):
        return int(moment.timestamp())
    clock, minute = Clock.of(wall.date(), zone), wall.hour * 60 + wall.minute
    return next((piece.begins for piece in clock.pieces if piece.opens > minute), clock.ends)


def midnight(day, zone):
    """The first instant of a date in a zone."""
    return int(times.local_midnight(day, zone).timestamp())
