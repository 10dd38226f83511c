"""Free times: turns a provider's hours, time off, busy times and rules into starts in UTC. Pure.

Every time here is an integer, epoch seconds in UTC; every stretch of time is half-open. There is
one rule about clocks: an instant is inside working hours if the provider's clock reads a time
inside them at that instant. So we cut the zone into segments of one offset each, in order, and
inside a segment wall-clock time is plain arithmetic. Gaps, repeated hours and skipped days need no
special cases.
"""

from collections import deque
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import lru_cache
from heapq import merge
from itertools import chain
from typing import NamedTuple
from zoneinfo import ZoneInfo

DAY = 86_400
# How much of a zone we look up and cache at once. A cut between two spans does no harm.
SPAN = 32 * DAY
EPOCH_WEEKDAY = 3  # January 1, 1970 was a Thursday.
FOREVER = 1 << 62
SECOND = timedelta(seconds=1)


class Rules(NamedTuple):
    """A provider's rules for a booking, in seconds except for the zone; length and step above 0."""

    zone: ZoneInfo  # the provider's
    length: int  # of the visit
    step: int  # between starts offered
    buffer: int  # kept free before and after every busy time
    notice: int  # how far ahead a booking must be made
    horizon: int  # how far ahead times are offered


def free_starts(rules, *, hours, openings=(), off=(), busy=(), now, start, end) -> Iterator[int]:
    """Iterate over the free starts t, start <= t < end, ascending and distinct.

    `hours` are (weekday, from_minute, to_minute) on the provider's clock, Monday being 0;
    `openings`, `off` and `busy` are (start, end) in epoch seconds. All come in any order and may
    overlap; empty ones are ignored. A visit may span hours and openings that touch. Days are worked
    out only as starts are asked for.
    """
    first = max(start, now + rules.notice)
    until = min(end, now + rules.horizon + 1)
    if first >= until:
        return iter(())
    last_end = until + rules.length
    closed = _closed(rules, off=off, busy=busy, start=first, end=until)
    pieces = _hours(rules.zone, hours, start=first, end=last_end)
    if openings:
        extra = sorted((s, e, s) for s, e in openings if s < e and first < e and s < last_end)
        pieces = merge(pieces, extra)
    return chain.from_iterable(_runs(rules, pieces, closed, first=first, until=until))


def _closed(rules, *, off, busy, start, end):
    """The (from, to) of starts that time off and busy times rule out, sorted by from."""
    closed = []
    for times, margin in ((off, 0), (busy, rules.buffer)):
        before, after = rules.length + margin - 1, margin
        closed += [
            (s - before, e + after)
            for s, e in times
            if s < e and start < e + after and s - before < end
        ]
    closed.sort()
    closed.append((FOREVER, FOREVER))
    return closed


def _hours(zone, hours, *, start, end):
    """Yield (start, end, anchor) for each day's hours, by start; the grid counts from anchor."""
    week = [[] for _ in range(7)]
    for weekday, from_minute, to_minute in sorted(hours):
        week[weekday].append((from_minute * 60, to_minute * 60))
    for span in range(start // SPAN, (end - 1) // SPAN + 1):
        for begins, ends, offset in _segments(zone, span):
            begins, ends = max(begins, start), min(ends, end)
            # A segment outside of what was asked for now ends before it begins, and yields nothing.
            for day in range((begins + offset) // DAY, (ends - 1 + offset) // DAY + 1):
                midnight = day * DAY - offset
                for opens, closes in week[(day + EPOCH_WEEKDAY) % 7]:
                    anchor = midnight + opens
                    since, till = max(anchor, begins), min(midnight + closes, ends)
                    if since < till:
                        yield since, till, anchor


@lru_cache(maxsize=4096)
def _segments(zone, span):
    """The (start, end, offset) segments of a span, in order, each with one offset from UTC."""
    begins, ends = span * SPAN, (span + 1) * SPAN
    offset = _offset(zone, begins)
    segments = []
    for midnight in range(begins + DAY, ends + 1, DAY):
        while _offset(zone, midnight) != offset:
            change = _first_change(zone, max(begins, midnight - DAY), midnight)
            segments.append((begins, change, offset))
            begins, offset = change, _offset(zone, change)
    if begins < ends:
        segments.append((begins, ends, offset))
    return tuple(segments)


def _first_change(zone, before, after):
    """The first second whose offset differs from that at `before`; `after` must differ."""
    offset = _offset(zone, before)
    while after - before > 1:
        middle = (before + after) // 2
        if _offset(zone, middle) == offset:
            before = middle
        else:
            after = middle
    return after


def _offset(zone, instant):
    return datetime.fromtimestamp(instant, zone).utcoffset() // SECOND


def _clumps(pieces):
    """Yield (start, end, pieces), joining pieces that overlap, since their grids interleave."""
    clump, begins, ends = [], 0, 0
    for piece in pieces:
        if clump and piece[0] >= ends:
            yield begins, ends, clump
            clump = []
        if not clump:
            begins = ends = piece[0]
        clump.append(piece)
        ends = max(ends, piece[1])
    if clump:
        yield begins, ends, clump


def _reaching(pieces, length):
    """Yield (clump, reach): until when time stays open from the clump on, at least for a visit."""
    waiting, reach = deque(), 0
    for clump in _clumps(pieces):
        while waiting and (reach < clump[0] or waiting[0][1] + length <= reach):
            yield waiting.popleft(), reach
        waiting.append(clump)
        reach = clump[1]
    for clump in waiting:
        yield clump, reach


def _runs(rules, pieces, closed, *, first, until):
    """Yield the starts in ascending runs: of each clump, what's between the closed starts."""
    length, step = rules.length, rules.step
    ended = 0
    for (at, stop, clump), reach in _reaching(pieces, length):
        at, stop = max(at, first), min(stop, until, reach - length + 1)
        while closed[ended][1] <= at:
            ended += 1
        upcoming = ended
        while at < stop:
            closes, reopens = closed[upcoming]
            if at < closes:
                yield _grid(clump, step, at, closes if closes < stop else stop)
            if at < reopens:
                at = reopens
            upcoming += 1


def _grid(clump, step, at, before):
    """The starts of the clump's grids from `at` up to `before`, both inside the clump."""
    if len(clump) == 1:
        return range(at + (clump[0][2] - at) % step, before, step)
    starts = set()
    for begins, ends, anchor in clump:
        since = max(begins, at)
        starts.update(range(since + (anchor - since) % step, min(ends, before), step))
    return sorted(starts)
