"""The clock on the wall on one day: what it shows, what it skips, what it shows twice. Pure."""

from bisect import bisect_left
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import NamedTuple

from . import labels

DAY = 1440  # minutes
EPOCH = date(1970, 1, 1)


class Piece(NamedTuple):
    """A part of a day with one offset from UTC: epoch seconds, and the clock's first minute."""

    begins: int
    ends: int
    opens: int

    def minute(self, instant):
        """The minute that the clock shows at an instant of this piece."""
        return self.opens + (instant - self.begins) // 60


@dataclass(frozen=True)
class Clock:
    """The clock on one local day. It has two `pieces` if it changes, none if the day is skipped.

    `begins` and `ends` are epoch seconds.
    """

    begins: int
    ends: int
    pieces: tuple

    @classmethod
    def of(cls, day, zone):
        """The clock on a date in a zone (a ZoneInfo)."""
        begins, ends = (
            int(labels.midnight(each, zone).timestamp()) for each in (day, day + timedelta(days=1))
        )

        def shift(instant):
            offset = int(datetime.fromtimestamp(instant, zone).utcoffset().total_seconds())
            return offset - (day - EPOCH).days * DAY * 60

        change = begins + bisect_left(
            range(begins, ends), True, key=lambda instant: shift(instant) != shift(begins)
        )
        parts = [(start, end) for start, end in ((begins, change), (change, ends)) if start < end]
        pieces = tuple(Piece(s, e, (s + shift(s)) // 60) for s, e in parts)
        return cls(begins, ends, pieces)

    def covered(self, starts, ends):
        """The (from, to) minutes of this day that a stretch (epoch seconds) covers, or None.

        If an hour comes twice, that's from the first minute covered to the last.
        """
        parts = [(p, max(p.begins, starts), min(p.ends, ends)) for p in self.pieces]
        taken = [(p.minute(start), p.minute(end - 1) + 1) for p, start, end in parts if start < end]
        if not taken:
            return None
        return min(first for first, _ in taken), max(last for _, last in taken)

    def instant(self, minute):
        """The first instant (epoch seconds) when the clock shows a minute; None if never."""
        instants = [p.begins + (minute - p.opens) * 60 for p in self.pieces]
        inside = [
            at for p, at in zip(self.pieces, instants, strict=True) if p.begins <= at < p.ends
        ]
        return min(inside, default=None)

    def shown(self):
        """The (from, to) minutes the clock shows on this day, in order."""
        return [(p.opens, p.minute(p.ends)) for p in self.pieces]

    def hours(self):
        """The day's length in words, like "23 hours"; empty for the usual 24."""
        length = (self.ends - self.begins) / 3600
        return "" if length == 24 else f"{length:g} hours"

    def change(self):
        """What the clock does on a day that isn't 24 hours long, in words; else empty."""
        if not self.hours():
            return ""
        if not self.pieces:
            return "clocks skip this day"
        edges = pairwise([(0, 0), *self.shown(), (DAY, DAY)])
        leaves, comes = next((last, first) for (_, last), (first, _) in edges if last != first)
        way = "forward" if comes > leaves else "back"
        return f"clocks go {way} from {label(leaves)} to {label(comes)}"


def label(minute):
    """ "10:30 AM" for a minute of the day."""
    return labels.CLOCK[minute % DAY]
