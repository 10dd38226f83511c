"""Where entries go on a provider's wall-clock grid, clock changes included."""

import re
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st

from booking.clock.wall_clock import Clock
from booking.workspace import agenda, columns

NEW_YORK = ZoneInfo("America/New_York")
MONDAY = date(2026, 11, 30)
ROUND = [(weekday, 0, 1440) for weekday in range(7)]  # open day and night, so all of it shows
CSS = (settings.BASE_DIR / "static/css/components/quarters.css").read_text()


def at(day, hour, minute=0, zone=NEW_YORK, fold=0):
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=zone, fold=fold)


def hold(starts_at, minutes):
    """A row that takes up time, the way agenda reads it."""
    return SimpleNamespace(
        starts_at=starts_at,
        ends_at=starts_at.astimezone(UTC) + timedelta(minutes=minutes),
        until=starts_at,
        offer=None,
    )


def sheet(*dates, zone=NEW_YORK, now=datetime(2020, 1, 1, tzinfo=UTC), **rows):
    empty = {"hours": [], "openings": [], "off": [], "holds": [], "appointments": []}
    return agenda.lay_out(dates, zone, now=now, **{**empty, **rows})


def places(found):
    """The place classes of each entry on the first day."""
    return [" ".join(entry.classes.split()[1:]) for entry in found.days[0].entries]


def test_an_hour_is_four_rows_from_its_start():
    assert places(sheet(MONDAY, holds=[hold(at(MONDAY, 9), 60)])) == ["from-0900 len-4"]


def test_seven_to_eight_is_shown_and_widened_to_what_is_there():
    usual = sheet(MONDAY)
    assert (usual.since, usual.until, len(usual.hours)) == (7, 20, 13)
    early, late = hold(at(MONDAY, 6, 30), 15), hold(at(MONDAY, 21), 50)
    wide = sheet(MONDAY, holds=[early, late])
    assert (wide.since, wide.until) == (6, 22)
    assert wide.hours[0] == "6 AM"
    assert "Noon" in wide.hours
    assert sheet(MONDAY, hours=[(0, 300, 600)]).since == 5


def test_what_is_far_from_the_hours_is_folded_and_does_not_stretch_the_grid():
    early, late = hold(at(MONDAY, 4, 30), 15), hold(at(MONDAY, 23, 30), 15)
    found = sheet(MONDAY, holds=[early, late, hold(at(MONDAY, 9), 60)])
    (day,) = found.days
    assert (found.since, found.until) == (7, 20)
    assert (found.has_early, found.has_late) == (True, True)
    assert [entry.time for entry in day.early] == ["4:30 to 4:45 AM"]
    assert places(found) == ["from-0900 len-4"]
    assert [entry.time for entry in day.late] == ["11:30 to 11:45 PM"]
    owl = sheet(MONDAY, holds=[late], hours=[(0, 18 * 60, 23 * 60)])
    assert (owl.until, owl.has_late) == (24, False)


def test_between_what_is_planned_the_free_hours_to_come_are_named():
    now = at(MONDAY, 10, 5)
    rows = {"hours": [(0, 540, 1020)], "holds": [hold(at(MONDAY, 9), 30), hold(at(MONDAY, 11), 50)]}
    off = [(at(MONDAY, 15), at(MONDAY, 15, 50))]
    (day,) = sheet(MONDAY, now=now, off=off, **rows).days
    assert [(entry.kind, entry.time) for entry in agenda.in_order(day, now=now, buffer=0)] == [
        ("held", "9:00 to 9:30 AM"),
        ("now", "10:05 AM"),
        ("free", "10:15 to 11:00 AM"),
        ("held", "11:00 to 11:50 AM"),
        ("free", "12:00 to 3:00 PM"),
        ("off", "3:00 to 3:50 PM"),
        ("free", "4:00 to 5:00 PM"),
    ]
    later = at(MONDAY + timedelta(days=1), 10)
    (past,) = sheet(MONDAY, now=later, **rows).days
    assert all(entry.kind == "held" for entry in agenda.in_order(past, now=later, buffer=0))


def test_free_hours_around_a_change_of_the_clock_stand_in_order():
    for day, first in ((SPRING, "3:00 to 4:00 AM"), (FALL, "1:00 to 4:00 AM")):
        (found,) = sheet(day, hours=[(6, 60, 240)], holds=[hold(at(day, 0), 60)]).days
        lines = agenda.in_order(found, now=at(MONDAY, 0) - timedelta(days=400), buffer=0)
        assert [entry.time for entry in lines][-1] == first
        assert [entry.instant for entry in lines] == sorted(entry.instant for entry in lines)


def test_a_day_off_fills_what_is_shown_and_hides_nothing_that_lies_on_it():
    off = [(at(MONDAY, 0), at(MONDAY + timedelta(days=1), 0))]
    found = sheet(MONDAY, off=off, holds=[hold(at(MONDAY, 9), 60)])
    assert places(found) == ["from-0700 len-52", "from-0900 len-4 is-over"]
    assert found.days[0].entries[0].time == "All day"


@pytest.mark.parametrize(
    ("off", "since", "until", "where"),
    [
        ((21, 24), 7, 22, ["from-2100 len-4"]),
        ((0, 6), 5, 20, ["from-0500 len-4"]),
        ((5, 6), 5, 20, ["from-0500 len-4"]),
        ((22, 24), 7, 20, []),
    ],
)
def test_time_off_beside_the_usual_hours_shows_at_least_in_part(off, since, until, where):
    starts = at(MONDAY, off[0])
    found = sheet(MONDAY, off=[(starts, starts + timedelta(hours=off[1] - off[0]))])
    assert (found.since, found.until) == (since, until)
    assert places(found) == where


def test_time_off_that_overlaps_is_one_stretch_that_says_where_it_goes_on():
    days = [MONDAY + timedelta(days=n) for n in range(3)]
    off = [(at(days[0], 12), at(days[1], 9)), (at(days[1], 8), at(days[2], 10, 30))]
    found = sheet(*days, off=off)
    assert [[entry.time for entry in day.entries] for day in found.days] == [
        ["From 12:00 PM"],
        ["All day"],
        ["Until 10:30 AM"],
    ]


def test_what_only_touches_stands_one_below_the_other():
    first, second = hold(at(MONDAY, 9), 50), hold(at(MONDAY, 9, 50), 45)
    found = places(sheet(MONDAY, holds=[second, first]))
    assert found == ["from-0900 len-4 cut-2", "from-0945 len-4 late-1 cut-2"]


def test_what_needs_more_room_than_there_is_stands_side_by_side():
    first, second = hold(at(MONDAY, 9), 7), hold(at(MONDAY, 9, 7), 8)
    assert places(sheet(MONDAY, holds=[first, second])) == [
        "from-0900 len-1 lines-1 column-1 of-2",
        "from-0900 len-2 late-1 cut-2 lines-1 column-2 of-2",
    ]


@pytest.mark.parametrize(
    ("starts", "minutes", "where"),
    [
        ((10, 0), 50, "from-1000 len-4 cut-2"),
        ((12, 7), 10, "from-1200 len-2 late-1 cut-2 lines-1"),
        ((12, 10), 25, "from-1200 len-3 late-2 cut-2 lines-2"),
        ((10, 0), 30, "from-1000 len-2 lines-2"),
        ((19, 55), 3, "from-1945 len-1 lines-1"),
    ],
)
def test_a_break_is_seen_and_the_shortest_call_has_a_row(starts, minutes, where):
    assert places(sheet(MONDAY, holds=[hold(at(MONDAY, *starts), minutes)])) == [where]


def test_of_a_day_that_is_over_no_hours_are_drawn():
    tuesday = MONDAY + timedelta(days=1)
    found = sheet(MONDAY, tuesday, hours=[(0, 540, 1020), (1, 540, 1020)], now=at(tuesday, 8))
    assert [day.open_hours for day in found.days] == [[], ["from-0900 len-32"]]


def test_what_crosses_midnight_stands_on_both_days():
    tuesday = MONDAY + timedelta(days=1)
    found = sheet(MONDAY, tuesday, hours=ROUND, holds=[hold(at(MONDAY, 23, 30), 60)])
    assert places(found) == ["from-2330 len-2 lines-2"]
    assert found.days[1].entries[0].units == (0, 6)


def test_an_opening_widens_the_open_ground():
    opening = (at(MONDAY, 17), at(MONDAY, 18))
    (day,) = sheet(MONDAY, hours=[(0, 540, 1020), (1, 0, 60)], openings=[opening]).days
    assert day.open_hours == ["from-0900 len-36"]
    assert day.hours_words == "9:00 AM to 6:00 PM"


def test_now_stands_between_what_began_and_what_comes():
    holds = [hold(at(MONDAY, 9), 60), hold(at(MONDAY, 13), 60)]
    found = sheet(MONDAY, now=at(MONDAY, 11, 20), holds=holds)
    assert [entry.kind for entry in found.days[0].entries] == ["held", "now", "held"]
    assert found.days[0].entries[1].time == "11:20 AM"
    assert places(found)[1] == "from-1115 len-1 late-1 cut-1"
    late = sheet(MONDAY, now=at(MONDAY, 22), holds=holds)
    assert places(late)[2] == "from-2200 len-1 cut-2 is-outside"


# The clock changes


SPRING, FALL = date(2027, 3, 14), date(2026, 11, 1)


def test_the_day_of_23_hours_has_no_hours_in_the_gap_and_the_rest_in_place():
    (day,) = sheet(SPRING, hours=[(6, 60, 300)], holds=[hold(at(SPRING, 9), 60)]).days
    assert day.clock.hours() == "23 hours"
    assert day.clock.change() == "clocks go forward from 2:00 AM to 3:00 AM"
    assert day.open_hours == ["from-0100 len-4", "from-0300 len-8"]
    assert day.entries[0].units == (108, 120)


def test_a_visit_across_the_gap_ends_where_the_clock_says():
    (day,) = sheet(SPRING, hours=ROUND, holds=[hold(at(SPRING, 1, 30), 60)]).days
    assert day.entries[0].units == (18, 42)
    assert day.entries[0].time == "1:30 to 3:30 AM"


def test_the_day_of_25_hours_shows_the_repeated_hour_side_by_side_in_order():
    twice = [hold(at(FALL, 1, fold=1), 50), hold(at(FALL, 1), 50)]
    found = sheet(FALL, hours=ROUND, holds=twice)
    assert found.days[0].clock.hours() == "25 hours"
    assert found.days[0].clock.change() == "clocks go back from 2:00 AM to 1:00 AM"
    assert [entry.time for entry in found.days[0].entries] == [
        "1:00 AM to 1:50 AM EDT",
        "1:00 AM to 1:50 AM EST",
    ]
    assert places(found) == [f"from-0100 len-4 cut-2 column-{n} of-2" for n in (1, 2)]


def test_free_time_in_the_repeated_hour_is_listed_where_it_begins_first():
    (day,) = sheet(FALL, hours=[(6, 60, 120)], holds=[hold(at(FALL, 1, fold=1), 15)]).days
    listed = agenda.in_order(day, now=at(FALL, 0), buffer=0)
    assert [(entry.kind, entry.time) for entry in listed] == [
        ("free", "1:15 to 2:00 AM"),
        ("held", "1:00 AM to 1:15 AM EST"),
    ]


def test_a_visit_into_the_repeated_hour_takes_all_the_minutes_that_it_covers():
    (day,) = sheet(FALL, hours=ROUND, holds=[hold(at(FALL, 1, 30), 50)]).days
    assert day.entries[0].units == (12, 24)
    (day,) = sheet(FALL, hours=ROUND, holds=[hold(at(FALL, 0, 30), 180)]).days
    assert day.entries[0].units == (6, 30)


@pytest.mark.parametrize(
    ("zone", "day", "length", "change"),
    [
        ("Australia/Lord_Howe", date(2026, 10, 4), "23.5 hours", "forward from 2:00 AM to 2:30 AM"),
        ("Australia/Lord_Howe", date(2027, 4, 4), "24.5 hours", "back from 2:00 AM to 1:30 AM"),
        ("America/Santiago", date(2026, 9, 6), "23 hours", "forward from 12:00 AM to 1:00 AM"),
        ("America/Santiago", date(2027, 4, 3), "25 hours", "back from 12:00 AM to 11:00 PM"),
        ("America/Havana", date(2026, 11, 1), "25 hours", "back from 1:00 AM to 12:00 AM"),
        ("America/Phoenix", date(2026, 11, 1), "", ""),
    ],
)
def test_other_clocks_change_in_their_own_way(zone, day, length, change):
    clock = Clock.of(day, ZoneInfo(zone))
    assert clock.hours() == length
    assert clock.change() == (f"clocks go {change}" if change else "")


def test_a_day_that_the_clock_skips_is_there_and_empty():
    skipped = date(2011, 12, 30)
    hours = [(weekday, 540, 1020) for weekday in range(7)]
    days = [skipped + timedelta(days=n) for n in (-1, 0, 1)]
    now = datetime(2011, 1, 1, tzinfo=UTC)
    found = sheet(*days, zone=ZoneInfo("Pacific/Apia"), hours=hours, now=now)
    assert [len(day.open_hours) for day in found.days] == [1, 0, 1]
    assert found.days[1].clock.hours() == "0 hours"
    assert found.days[1].clock.change() == "clocks skip this day"


ZONES = ["America/New_York", "America/Santiago", "Australia/Lord_Howe", "Asia/Kathmandu", "UTC"]
CHANGES = [date(2026, 11, 1), date(2027, 3, 14), date(2026, 9, 6), date(2027, 4, 4), MONDAY]


@pytest.mark.hypothesis
@given(
    zone=st.sampled_from(ZONES).map(ZoneInfo),
    day=st.sampled_from(CHANGES),
    starts=st.lists(
        st.tuples(st.integers(-120, 1600), st.integers(1, 300)), min_size=1, max_size=8
    ),
)
def test_nothing_is_lost_or_hidden_and_every_place_has_its_class(zone, day, starts):
    midnight = datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)
    rows = [hold(midnight + timedelta(minutes=start), length) for start, length in starts]
    found = sheet(day, zone=zone, hours=ROUND, holds=rows)
    minutes = [
        [
            (row.starts_at + timedelta(minutes=n)).astimezone(zone)
            for n in range((row.ends_at - row.starts_at) // timedelta(minutes=1))
        ]
        for row in rows
    ]
    here = [[each for each in row if each.date() == day] for row in minutes]
    firsts = [min(60 * each.hour + each.minute for each in row) for row in here if row]
    nearest = [min(285, (first + 2) // 5) for first in firsts]
    entries = found.days[0].entries
    assert sorted(entry.units[0] for entry in entries) == sorted(nearest)
    assert all(entry.units[1] - entry.units[0] >= 3 for entry in entries)
    cells = [(unit, entry.column) for entry in entries for unit in range(*entry.units)]
    assert len(cells) == len(set(cells))
    usual = sheet(day, zone=zone, holds=rows).days[0]
    assert len(usual.early) + len(usual.entries) + len(usual.late) == len(entries)
    for name in " ".join(entry.classes for entry in entries).split():
        if re.match(r"(from|len|late|cut)-", name):
            assert f".{name} {{" in CSS


def test_the_style_sheet_knows_every_place():
    for quarter in range(96):
        first, last = 3 * quarter, 3 * quarter + 3
        assert f".{columns.place(first, last).split()[0]} {{ --from: {quarter}; }}" in CSS
        assert f".{columns.place(0, last).split()[1]} {{ --len: {quarter + 1}; }}" in CSS
    for hour in range(24):
        assert f".since-{hour} {{ --since: {hour}; }}" in CSS
        assert f".until-{hour + 1} {{ --until: {hour + 1}; }}" in CSS
