"""Free times, compared with a slow oracle that reads the provider's clock minute by minute."""

import os
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from itertools import islice
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from booking.availability.slots import Rules, free_starts

MINUTE, HOUR, DAY = 60, 3_600, 86_400
EXAMPLES = {"soak": 5_000}.get(os.environ.get("HYPOTHESIS_PROFILE"), 250)
EVERY_DAY = range(7)
ZONES = [
    "UTC",
    "America/New_York",
    "America/Los_Angeles",
    "America/Phoenix",
    "America/St_Johns",
    "America/Havana",
    "America/Santiago",
    "America/Asuncion",
    "America/Nuuk",
    "America/Scoresbysund",
    "America/Caracas",
    "Atlantic/Azores",
    "Europe/London",
    "Europe/Dublin",
    "Europe/Berlin",
    "Africa/Casablanca",
    "Africa/Cairo",
    "Asia/Beirut",
    "Asia/Gaza",
    "Asia/Jerusalem",
    "Asia/Tehran",
    "Asia/Kolkata",
    "Asia/Kathmandu",
    "Australia/Adelaide",
    "Australia/Lord_Howe",
    "Australia/Eucla",
    "Pacific/Auckland",
    "Pacific/Chatham",
    "Pacific/Apia",
    "Pacific/Kiritimati",
    "Pacific/Easter",
    "Antarctica/Troll",
]


# The oracle: the rules as written, nothing from the code.


def oracle(rules, *, hours, openings, off, busy, now, start, end):
    """Each minute from start to end that obeys every rule. Openings begin on whole minutes."""
    in_block, on_grid = {}, {}
    for minute in range(start - start % MINUTE, end + rules.length + MINUTE, MINUTE):
        clock = datetime.fromtimestamp(minute, UTC).astimezone(rules.zone)
        reads = clock.hour * 60 + clock.minute
        blocks = [h for h in hours if h[0] == clock.weekday() and h[1] <= reads < h[2]]
        opened = [o for o in openings if o[0] <= minute < o[1]]
        in_block[minute] = bool(blocks) or any(minute + 59 < e for _, e in opened)
        on_grid[minute] = any((reads - h[1]) * 60 % rules.step == 0 for h in blocks) or any(
            (minute - s) % rules.step == 0 for s, _ in opened
        )
    return [
        t
        for t in in_block
        if start <= t < end
        and now + rules.notice <= t <= now + rules.horizon
        and on_grid[t]
        and all(in_block[m] for m in range(t, t + rules.length, MINUTE))
        and not any(overlaps(t, t + rules.length, *times) for times in off)
        and not any(
            overlaps(t - rules.buffer, t + rules.length + rules.buffer, *times) for times in busy
        )
    ]


def overlaps(start, end, other_start, other_end):
    """Whether some second is in both."""
    return max(start, other_start) < min(end, other_end)


@lru_cache
def changes(zone):
    """The days from 2026 to 2030 on which the zone's offset changes."""
    days = [datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=n) for n in range(5 * 366)]
    offsets = [day.astimezone(ZoneInfo(zone)).utcoffset() for day in days]
    return [day.date() for day, a, b in zip(days, offsets, offsets[1:], strict=False) if a != b]


@st.composite
def weeks(draw, weekday):
    """Working hours around that weekday; every other block begins where the last one ended."""
    hours = []
    for _ in range(draw(st.integers(0, 9))):
        if hours and hours[-1][2] < 1440 and draw(st.booleans()):
            day, _, opens = hours[-1]
        else:
            day = (weekday + draw(st.integers(-1, 1))) % 7
            opens = 5 * draw(st.one_of(st.integers(0, 4 * 12), st.integers(0, 1435 // 5)))
        hours.append((day, opens, min(1440, opens + 5 * draw(st.integers(1, 8 * 12)))))
    return hours


@st.composite
def around(draw, day, *, longest):
    """Times from the day before to the day after; they overlap, and some are empty."""
    times = []
    for _ in range(draw(st.integers(0, 4))):
        start = day + draw(st.integers(-24 * 4, 48 * 4)) * 15 * MINUTE
        start += draw(st.sampled_from([0, 0, 0, 5 * MINUTE, 7 * MINUTE]))
        minutes = draw(st.one_of(st.just(0), st.integers(1, longest), st.integers(1, longest)))
        times.append((start, start + minutes * MINUTE))
    return times


@st.composite
def calendars(draw):
    """Arguments for free_starts for up to three days, mostly around a clock change."""
    zone = draw(st.sampled_from(ZONES))
    any_day = st.dates(date(2026, 1, 1), date(2030, 12, 31))
    day = draw(st.one_of(st.sampled_from(changes(zone)), any_day) if changes(zone) else any_day)
    midnight = int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp())
    start = midnight + draw(st.integers(-30, 6)) * HOUR + draw(st.sampled_from([0, 0, 1, 1799]))
    odd = st.sampled_from([0, 0, 17])
    notice = draw(st.sampled_from([0, 2, 24, 48])) * HOUR
    rules = Rules(
        zone=ZoneInfo(zone),
        length=draw(st.sampled_from([15, 30, 45, 50, 60, 75, 90])) * MINUTE,
        step=draw(st.sampled_from([15, 30])) * MINUTE,
        buffer=draw(st.integers(0, 30)) * MINUTE,
        notice=notice,
        horizon=draw(st.sampled_from([3, 4, 60])) * DAY,
    )
    return {
        "rules": rules,
        "hours": draw(weeks(day.weekday())),
        "openings": draw(around(midnight, longest=8 * 60)),
        "off": [(s, e + draw(odd)) for s, e in draw(around(midnight, longest=8 * 60))],
        "busy": [(s, e + draw(odd)) for s, e in draw(around(midnight, longest=3 * 60))],
        "now": start - notice + draw(st.integers(-24, 12)) * HOUR + draw(odd),
        "start": start,
        "end": start + draw(st.integers(0, 72)) * HOUR + draw(odd),
    }


@settings(max_examples=EXAMPLES, deadline=None)
@given(calendars())
def test_free_times_are_those_that_the_rules_name_minute_by_minute(calendar):
    assert list(free_starts(**calendar)) == oracle(**calendar)


def rules_for(zone, **changed):
    """A one-hour visit, offered every half hour."""
    rules = Rules(
        zone=ZoneInfo(zone), length=HOUR, step=30 * MINUTE, buffer=0, notice=0, horizon=365 * DAY
    )
    return rules._replace(**changed)


def at(zone, *moment, fold=0):
    return int(datetime(*moment, tzinfo=ZoneInfo(zone), fold=fold).timestamp())


def times_of(rules, *days, hours, **others):
    """The free starts from the first day to the end of the last, on the provider's clock."""
    zone = str(rules.zone)
    after = date(*days[-1]) + timedelta(days=1)
    asked = {"start": at(zone, *days[0]), "end": at(zone, after.year, after.month, after.day)}
    asked = {"now": asked["start"], "openings": (), "off": (), "busy": ()} | asked | others
    found = list(free_starts(rules, hours=hours, **asked))
    assert found == oracle(rules, hours=hours, **asked)
    return [f"{datetime.fromtimestamp(t, rules.zone):%H:%M}" for t in found]


def daily(opens, closes):
    return [(weekday, opens * 60, closes * 60) for weekday in EVERY_DAY]


def test_a_plain_day_in_new_york():
    found = times_of(rules_for("America/New_York"), (2026, 6, 1), hours=[(0, 540, 660)])
    assert found == ["09:00", "09:30", "10:00"]


def test_spring_forward_in_new_york_makes_a_block_across_it_an_hour_short():
    found = times_of(rules_for("America/New_York"), (2026, 3, 8), hours=daily(1, 5))
    assert found == ["01:00", "01:30", "03:00", "03:30", "04:00"]


def test_fall_back_in_new_york_makes_the_repeated_hour_count_twice():
    found = times_of(rules_for("America/New_York"), (2026, 11, 1), hours=daily(1, 3))
    assert found == ["01:00", "01:30", "01:00", "01:30", "02:00"]


def test_a_block_swallowed_by_the_spring_gap_is_empty():
    assert times_of(rules_for("America/New_York"), (2026, 3, 8), hours=daily(2, 3)) == []


def test_lord_howe_moves_by_half_an_hour_and_the_grid_stays_on_the_clock():
    hourly = rules_for("Australia/Lord_Howe", step=HOUR, length=30 * MINUTE)
    assert times_of(hourly, (2026, 4, 5), hours=daily(1, 4)) == ["01:00", "02:00", "03:00"]
    assert times_of(hourly, (2026, 10, 4), hours=daily(1, 4)) == ["01:00", "03:00"]
    halves = rules_for("Australia/Lord_Howe", length=30 * MINUTE)
    found = times_of(halves, (2026, 4, 5), hours=daily(1, 3))
    assert found == ["01:00", "01:30", "01:30", "02:00", "02:30"]


@pytest.mark.parametrize(
    ("zone", "day"), [("America/Santiago", (2026, 9, 6)), ("Asia/Beirut", (2026, 3, 29))]
)
def test_a_day_without_midnight_begins_at_one(zone, day):
    assert times_of(rules_for(zone), day, hours=daily(0, 3)) == ["01:00", "01:30", "02:00"]


def test_a_visit_may_span_midnight_and_a_day_that_was_skipped_whole():
    found = times_of(rules_for("Pacific/Apia"), (2011, 12, 29), (2011, 12, 31), hours=daily(23, 24))
    assert found == ["23:00", "23:00"]
    found = times_of(
        rules_for("Pacific/Apia"),
        (2011, 12, 29),
        (2011, 12, 31),
        hours=[(3, 1380, 1440), (4, 0, 1440), (5, 0, 60)],
    )
    assert found == ["23:00", "23:30", "00:00"]


def test_a_change_back_across_midnight_repeats_the_end_of_the_day_before():
    found = times_of(
        rules_for("America/St_Johns", length=MINUTE, step=15 * MINUTE),
        (2010, 11, 6),
        (2010, 11, 7),
        hours=[(5, 1410, 1440), (6, 0, 30)],
    )
    assert found == ["23:30", "23:45", "00:00", "23:30", "23:45", "00:00", "00:15"]


def test_the_buffer_stays_free_before_and_after_a_busy_time():
    zone = "America/New_York"
    visit = (at(zone, 2026, 6, 1, 11), at(zone, 2026, 6, 1, 12))
    plain = rules_for(zone)
    found = times_of(plain, (2026, 6, 1), hours=[(0, 540, 900)], busy=[visit])
    assert found == ["09:00", "09:30", "10:00", "12:00", "12:30", "13:00", "13:30", "14:00"]
    buffered = plain._replace(buffer=10 * MINUTE)
    found = times_of(buffered, (2026, 6, 1), hours=[(0, 540, 900)], busy=[visit])
    assert found == ["09:00", "09:30", "12:30", "13:00", "13:30", "14:00"]


def test_time_off_needs_no_buffer():
    zone = "America/New_York"
    lunch = (at(zone, 2026, 6, 1, 10), at(zone, 2026, 6, 1, 11))
    rules = rules_for(zone, buffer=30 * MINUTE)
    assert times_of(rules, (2026, 6, 1), hours=[(0, 540, 720)], off=[lunch]) == ["09:00", "11:00"]


def test_busy_times_inside_time_off_and_in_any_order_free_nothing():
    zone = "America/New_York"
    late, early, inside = (
        (at(zone, 2026, 6, 1, hour), at(zone, 2026, 6, 1, hour, 30)) for hour in (14, 9, 11)
    )
    away = (at(zone, 2026, 6, 1, 10), at(zone, 2026, 6, 1, 13))
    found = times_of(
        rules_for(zone), (2026, 6, 1), hours=daily(9, 15), off=[away], busy=[late, inside, early]
    )
    assert found == ["13:00"]


def test_overlapping_blocks_offer_both_grids_in_order_and_no_start_twice():
    blocks = [(0, 555, 660), (0, 540, 660), (0, 540, 660)]
    found = times_of(rules_for("America/New_York"), (2026, 6, 1), hours=blocks)
    assert found == ["09:00", "09:15", "09:30", "09:45", "10:00"]


def test_a_visit_may_span_blocks_and_an_opening_that_adjoin():
    zone = "America/New_York"
    extra = (at(zone, 2026, 6, 1, 10, 30), at(zone, 2026, 6, 1, 11))
    blocks = [(0, 540, 585), (0, 585, 630)]
    rules = rules_for(zone, length=90 * MINUTE)
    assert times_of(rules, (2026, 6, 1), hours=blocks, openings=[extra]) == ["09:00", "09:30"]


def test_notice_and_horizon_bound_the_starts_both_inclusive():
    zone = "America/New_York"
    rules = rules_for(zone, notice=2 * HOUR, horizon=3 * HOUR)
    found = times_of(rules, (2026, 6, 1), hours=daily(0, 24), now=at(zone, 2026, 6, 1, 9))
    assert found == ["11:00", "11:30", "12:00"]


class WatchedZone(ZoneInfo):
    """New York, which remembers the latest moment it was asked about."""

    latest = datetime.min

    def fromutc(self, moment):
        self.latest = max(self.latest, moment.replace(tzinfo=None))
        return super().fromutc(moment)


@pytest.mark.parametrize("hours", [daily(9, 17), daily(0, 24)], ids=["by day", "round the clock"])
def test_the_first_three_times_look_no_further_than_the_next_weeks(hours):
    zone = WatchedZone.no_cache("America/New_York")
    rules = rules_for("America/New_York")._replace(zone=zone)
    start = at("America/New_York", 2026, 6, 1)
    starts = free_starts(rules, hours=hours, now=start, start=start, end=start + 360 * DAY)
    assert zone.latest == datetime.min
    assert len(list(islice(starts, 3))) == 3
    assert zone.latest < datetime(2026, 8, 1)
    assert len(list(starts)) > 360
    assert zone.latest > datetime(2027, 5, 1)
