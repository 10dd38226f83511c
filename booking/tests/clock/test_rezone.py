"""In another zone, time off and openings stay at their wall-clock times, and appointments don't."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from booking.clock import labels, rezone
from booking.models import Opening, TimeOff
from booking.tests.clock.steps import DAYS, FIRST, ZONES, changes, midnight, shown_at
from booking.tests.factories import AppointmentFactory
from booking.tests.hours.steps import OFF, RULES, rules
from booking.tests.steps import TEN_AM
from providers.models import Provider

LOS_ANGELES, NEW_YORK = ZoneInfo("America/Los_Angeles"), ZoneInfo("America/New_York")
GAP = datetime(2027, 3, 28, 1)  # in Dublin, until 2 AM; nowhere in America


@st.composite
def zones(draw):
    return tuple(ZoneInfo(draw(st.sampled_from(ZONES))) for _ in range(2))


@st.composite
def walls(draw, pair):
    """Two or three wall times in order: any, or near a change of either clock."""
    shown = draw(st.sampled_from([each for zone in pair for each in changes(zone)]))
    near = st.integers(-180, 180).map(lambda minutes: shown + timedelta(minutes=minutes))
    later = st.integers(0, 3 * 1440).map(lambda minutes: shown + timedelta(minutes=minutes))
    any_time = st.integers(0, DAYS * 1440).map(lambda minute: FIRST + timedelta(minutes=minute))
    return sorted(draw(st.lists(st.one_of(near, later, any_time), min_size=2, max_size=4)))


def instant(wall, zone, *, last=False):
    """A wall time as forms read it (epoch seconds): midnight is the day's start; None in a gap."""
    if not wall.time():
        return midnight(wall.date(), zone)
    found = shown_at(wall, zone)
    return int(found[-int(last)].timestamp()) if found else None


def can_be_typed(since, till, zone):
    """Whether the form takes this stretch, and what's stored says which one it is.

    A clock that skips midnight never shows 12 AM: it's only typed as the end of whole days, and a
    stretch of whole days ends at the same instant as one until 1 AM.
    """
    whole = instant(since, zone) == midnight(since.date(), zone)
    skips = not shown_at(till.replace(hour=0, minute=0), zone)
    at_its_start = skips and instant(till, zone, last=True) == midnight(till.date(), zone)
    return not at_its_start or (whole and not since.time()) == (not till.time())


def spans_of(times, zone):
    """The stretches from each wall time to the next, as forms read them; None in a gap."""
    ends = pairwise(times)
    if not all(can_be_typed(*walls, zone) for walls in pairwise(times)):
        return None
    spans = [(instant(since, zone), instant(till, zone, last=True)) for since, till in ends]
    return None if any(None in span for span in spans) else spans


@given(st.data())
def test_the_new_clock_reads_what_the_old_one_did_and_there_and_back_is_the_same(data):
    old, new = data.draw(zones())
    times = data.draw(walls((old, new)))
    here, there = spans_of(times, old), spans_of(times, new)
    assume(here and there)
    for span, expected in zip(here, there, strict=True):
        if expected[0] < expected[1]:
            assert list(rezone.shifted([span], old, new)) == [expected]
            assert list(rezone.shifted([expected], new, old)) == [span] or span[0] == span[1]
        elif span[0] < span[1]:  # an hour that comes twice here, but not there
            kept = expected[0], expected[0] + span[1] - span[0]
            assert list(rezone.shifted([span], old, new)) == [kept]


@given(st.data())
def test_whole_days_stay_whole_in_every_zone(data):
    old, new = data.draw(zones())
    near = [each.date() for zone in (old, new) for each in changes(zone)]
    any_day = st.integers(0, DAYS).map(lambda ahead: FIRST.date() + timedelta(days=ahead))
    day = data.draw(st.one_of(any_day, st.sampled_from(near)))
    day -= timedelta(days=data.draw(st.integers(0, 2)))
    later = day + timedelta(days=data.draw(st.integers(1, 3)))
    days = [tuple(midnight(each, zone) for each in (day, later)) for zone in (old, new)]
    assert list(rezone.shifted([days[0]], old, new)) == [days[1]]


def test_a_day_whose_midnight_is_skipped_is_whole_too():
    santiago, day = ZoneInfo("America/Santiago"), datetime(2027, 9, 5)
    here, there = (
        tuple(midnight(each.date(), zone) for each in (day, day + timedelta(days=1)))
        for zone in (santiago, NEW_YORK)
    )
    assert list(rezone.shifted([here], santiago, NEW_YORK)) == [there]
    assert list(rezone.shifted([there], NEW_YORK, santiago)) == [here]


@given(st.data())
def test_order_is_kept_and_what_is_to_stay_apart_does_also_where_clocks_change(data):
    old, new = data.draw(zones())
    times = data.draw(walls((old, new)))
    here = [instant(each, old) for each in times]
    assume(None not in here and here == sorted(here))
    spans = list(pairwise(here))
    moved = list(rezone.shifted(reversed(spans), old, new, apart=True))
    ends = [each for span in moved for each in span]
    assert ends == sorted(ends)
    alone = [each for span in spans for each in rezone.shifted([span], old, new)]
    assert [start for start, _ in alone] == sorted(start for start, _ in alone)


def test_what_the_new_clock_skips_is_left_out_and_nothing_is_lost():
    dublin = ZoneInfo("Europe/Dublin")

    def at(hour, minute, zone):
        wall = GAP.replace(hour=hour, minute=minute, tzinfo=zone)
        return int(wall.timestamp())

    spans = [
        (at(0, 30, NEW_YORK), at(1, 15, NEW_YORK)),
        (at(1, 15, NEW_YORK), at(1, 45, NEW_YORK)),
        (at(1, 45, NEW_YORK), at(3, 0, NEW_YORK)),
    ]
    two, half_past = at(2, 0, dublin), at(2, 30, dublin)
    moved = list(rezone.shifted(spans, NEW_YORK, dublin, apart=True))
    assert moved == [(at(0, 30, dublin), two), (two, half_past), (half_past, at(3, 0, dublin))]


def test_an_hour_that_came_twice_is_kept_where_it_comes_once():
    here = [datetime(2027, 11, 7, 1, 30, tzinfo=LOS_ANGELES, fold=fold) for fold in (0, 1)]
    apia = ZoneInfo("Pacific/Apia")
    span = tuple(int(each.timestamp()) for each in here)
    start = int(datetime(2027, 11, 7, 1, 30, tzinfo=apia).timestamp())
    assert list(rezone.shifted([span], LOS_ANGELES, apia)) == [(start, start + 3600)]


def test_time_off_until_one_at_night_ends_at_one_where_the_clock_has_a_midnight():
    beirut = ZoneInfo("Asia/Beirut")
    here, there = (
        tuple(
            int(datetime(2027, 3, day, hour, tzinfo=zone).timestamp())
            for day, hour in ((27, 23), (28, 1))
        )
        for zone in (beirut, LOS_ANGELES)
    )
    assert labels.is_midnight(labels.local(here[1], beirut))
    assert list(rezone.shifted([here], beirut, LOS_ANGELES)) == [there]
    assert list(rezone.shifted([there], LOS_ANGELES, beirut)) == [here]
    until_midnight = there[0], there[1] - 3600
    assert list(rezone.shifted([here], beirut, LOS_ANGELES, apart=True)) == [until_midnight]


def test_time_off_typed_until_one_on_the_night_beirut_skips_midnight_keeps_its_hours(desk, dana):
    Provider.objects.filter(pk=dana.pk).update(time_zone="Asia/Beirut")
    dana.refresh_from_db()
    night = {"first_day": "2027-03-27", "first_clock": "11 PM"}
    desk.post(OFF, {**night, "last_day": "2027-03-28", "last_clock": "1 AM", "do": "save"})
    desk.post(RULES, rules(dana, time_zone="America/Los_Angeles"))
    walls = [datetime(2027, 3, 27, 23), datetime(2027, 3, 28, 1)]
    assert stretch(TimeOff.objects.get(), LOS_ANGELES) == walls


def test_an_opening_from_the_first_hour_of_a_day_without_midnight_keeps_it():
    havana = ZoneInfo("America/Havana")
    here, there = (
        tuple(int(datetime(2027, 3, 14, hour, tzinfo=zone).timestamp()) for hour in (1, 4))
        for zone in (havana, NEW_YORK)
    )
    assert list(rezone.shifted([here], havana, NEW_YORK)) == [there]


def planned(provider, model, *walls, zone=LOS_ANGELES, **more):
    """A row of the model between two wall times."""
    starts_at, ends_at = (wall.replace(tzinfo=zone).astimezone(UTC) for wall in walls)
    return model.objects.create(provider=provider, starts_at=starts_at, ends_at=ends_at, **more)


def stretch(row, zone):
    """What the clock of a zone shows at both ends."""
    row.refresh_from_db()
    return [each.astimezone(zone).replace(tzinfo=None) for each in (row.starts_at, row.ends_at)]


def test_in_another_zone_time_off_and_openings_move_with_the_clock(desk, dana):
    days = [datetime(2026, 12, 31), datetime(2027, 1, 7)]
    hours = [datetime(2026, 12, 5, 10), datetime(2026, 12, 5, 12)]
    over = [datetime(2026, 11, 20, 10), datetime(2026, 11, 20, 12)]
    off, opening = planned(dana, TimeOff, *days), planned(dana, Opening, *hours, place="calls")
    past = planned(dana, TimeOff, *over)
    page = desk.post(RULES, rules(dana, time_zone="America/New_York"), follow=True)
    assert "Your hours, time off and extra openings are now in Eastern Time." in page.text
    assert stretch(off, NEW_YORK) == days
    assert stretch(opening, NEW_YORK) == hours
    assert stretch(past, LOS_ANGELES) == over
    assert "Thursday, December 31 to Wednesday, January 6 <" in list_of(desk)
    desk.post(RULES, rules(dana, time_zone="America/Los_Angeles"))
    assert stretch(off, LOS_ANGELES) == days
    assert stretch(opening, LOS_ANGELES) == hours


def list_of(desk):
    return desk.get("/workspace/availability/off/").text.replace("</", " </")


def test_an_appointment_in_time_off_that_moves_over_it_is_told_first(desk, dana):
    noon = [datetime(2026, 12, 2, 13), datetime(2026, 12, 2, 14)]
    off = planned(dana, TimeOff, *noon)
    AppointmentFactory(provider=dana, starts_at=TEN_AM)  # 1 PM in New York
    page = desk.post(RULES, rules(dana, time_zone="America/New_York"))
    assert page.status_code == 409
    assert "This appointment would be outside" in page.text
    assert stretch(off, LOS_ANGELES) == noon


def test_an_opening_that_the_new_clock_skips_follows_it(desk, dana):
    Provider.objects.filter(pk=dana.pk).update(time_zone="America/Phoenix")
    dana.refresh_from_db()
    skipped = [datetime(2027, 3, 14, 2, 10), datetime(2027, 3, 14, 2, 50)]
    moved = planned(dana, Opening, *skipped, zone=ZoneInfo("America/Phoenix"))
    after = [datetime(2027, 3, 14, 2, 50), datetime(2027, 3, 14, 5)]
    kept = planned(dana, Opening, *after, zone=ZoneInfo("America/Phoenix"))
    assert desk.post(RULES, rules(dana, time_zone="America/New_York")).status_code == 302
    three, then = datetime(2027, 3, 14, 3), datetime(2027, 3, 14, 3, 40)
    assert stretch(moved, NEW_YORK) == [three, then]
    assert stretch(kept, NEW_YORK) == [then, datetime(2027, 3, 14, 5)]


@pytest.mark.parametrize("number", [1, 3])
def test_another_zone_costs_the_same_for_more(desk, dana, number, django_assert_num_queries):
    for day in range(number):
        walls = [datetime(2027, 1, 2 + day), datetime(2027, 1, 3 + day)]
        planned(dana, TimeOff, *walls)
        planned(dana, Opening, *walls)
    east = rules(dana, time_zone="America/New_York")
    desk.get(RULES)  # notes in the session that it was used
    with django_assert_num_queries(20):
        desk.post(RULES, east)
