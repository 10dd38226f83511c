"""Free slots, 28 days, 5 blocks a week, 30 busy times: ours against a plain loop and `portion`.

Run it with `python -m benchmarks.slots`; it prints one JSON object per line.
"""

import json
import random
from datetime import UTC, date, datetime, timedelta
from functools import partial
from importlib.metadata import version
from statistics import median
from time import perf_counter
from zoneinfo import ZoneInfo

import portion

from booking.availability.slots import Rules, free_starts

GOES = 7
MINUTE, HOUR, DAY = 60, 3_600, 86_400
ZONE = ZoneInfo("America/New_York")
RULES = Rules(
    zone=ZONE,
    length=50 * MINUTE,
    step=15 * MINUTE,
    buffer=10 * MINUTE,
    notice=2 * HOUR,
    horizon=60 * DAY,
)
HOURS = tuple((weekday, 9 * 60, 17 * 60) for weekday in range(5))
# The 28 days cross the clock change on November 1.
START = int(datetime(2026, 10, 12, tzinfo=ZONE).timestamp())
END = int(datetime(2026, 11, 9, tzinfo=ZONE).timestamp())


def busy_times():
    """The same 30 visits every time, 50 minutes each, on working days."""
    chance = random.Random(7)
    times = []
    for _ in range(30):
        day = date(2026, 10, 12) + timedelta(days=7 * chance.randrange(4) + chance.randrange(5))
        opens = datetime(day.year, day.month, day.day, 9, tzinfo=ZONE)
        begins = int(opens.timestamp()) + chance.randrange(28) * 15 * MINUTE
        times.append((begins, begins + 50 * MINUTE))
    return times


def ours(busy):
    return list(free_starts(RULES, hours=HOURS, busy=busy, now=START, start=START, end=END))


def _blocks():
    """Each day's blocks as aware datetimes on the provider's clock."""
    day, last = datetime.fromtimestamp(START, ZONE).date(), datetime.fromtimestamp(END, ZONE).date()
    while day <= last:
        midnight = datetime(day.year, day.month, day.day, tzinfo=ZONE)
        for weekday, from_minute, to_minute in HOURS:
            if weekday == day.weekday():
                opens = midnight + timedelta(minutes=from_minute)
                yield opens, midnight + timedelta(minutes=to_minute)
        day += timedelta(days=1)


def generate_and_test(busy, *, zone=ZONE):
    """The plain loop: each candidate on each day as a datetime, checked against every busy time.

    The candidates are in the provider's zone, and the busy times in UTC, the way Django's ORM reads
    them. Comparing across zones is most of the work: with `zone=UTC` for both, it takes a tenth.
    """
    times = [(datetime.fromtimestamp(s, UTC), datetime.fromtimestamp(e, UTC)) for s, e in busy]
    length, step = timedelta(seconds=RULES.length), timedelta(seconds=RULES.step)
    buffer = timedelta(seconds=RULES.buffer)
    earliest = datetime.fromtimestamp(START + RULES.notice, UTC)
    latest = datetime.fromtimestamp(min(END - 1, START + RULES.horizon), UTC)
    found = []
    for opens, closes in _blocks():
        candidate, closes = opens.astimezone(zone), closes.astimezone(zone)
        while candidate + length <= closes:
            since, until = candidate - buffer, candidate + length + buffer
            if earliest <= candidate <= latest and not any(
                since < ends and begins < until for begins, ends in times
            ):
                found.append(int(candidate.timestamp()))
            candidate += step
    return found


def with_portion(busy):
    """Subtract all busy time from all hours at once, then walk along what's left."""
    blocks = [(int(opens.timestamp()), int(closes.timestamp())) for opens, closes in _blocks()]
    taken = ((s - RULES.buffer, e + RULES.buffer) for s, e in busy)
    left = _union(blocks) - _union(taken)
    earliest = START + RULES.notice
    latest = min(END - 1, START + RULES.horizon)
    found, block = [], 0
    for free in left:
        while blocks[block][1] <= free.lower:
            block += 1
        begins = max(free.lower, earliest)
        begins += (blocks[block][0] - begins) % RULES.step
        found += range(begins, min(free.upper - RULES.length, latest) + 1, RULES.step)
    return found


def _union(times):
    return portion.Interval(*(portion.closedopen(begins, ends) for begins, ends in times))


def _seconds(work, busy, times):
    began = perf_counter()
    for _ in range(times):
        work(busy)
    return (perf_counter() - began) / times


def rows():
    """Yield a row per peer: our median seconds, and the median ratio of interleaved runs."""
    busy = busy_times()
    peers = {
        "generate-and-test": (generate_and_test, 5),
        "generate-and-test, all in UTC": (partial(generate_and_test, zone=UTC), 20),
        f"portion {version('portion')}": (with_portion, 50),
    }
    expected = ours(busy)
    assert expected
    for name, (peer, times) in peers.items():
        assert peer(busy) == expected, f"{name} finds other times"
        goes = [(_seconds(ours, busy, 200), _seconds(peer, busy, times)) for _ in range(GOES)]
        yield {
            "name": "free slots, 28 days",
            "value": round(median(mine for mine, _ in goes), 7),
            "unit": "s",
            "peer": name,
            "ratio": round(median(theirs / mine for mine, theirs in goes), 1),
        }


if __name__ == "__main__":
    for row in rows():
        print(json.dumps(row))
