"""Days and times as people type them: every form reads them alike, and says alike what it can't."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest

from accounts.tests.factories import UserFactory
from accounts.tests.steps import UNREADABLE_DAYS, written
from booking.models import Appointment, Opening, TimeOff
from booking.tests.hours.steps import OFF, OPENINGS, RULES, WEEK, opened, rules, week
from booking.tests.steps import (
    TEN_AM,
    answers,
    details_url,
    enter,
    error_at,
    moved,
    planned,
    url_of,
    url_to_schedule,
)
from providers.models import Provider

WHY = "/workspace/availability/why/"
CHRISTMAS_EVE = date(2026, 12, 24)


def schedule(desk, session, **typed):
    return desk.post(url_to_schedule(session.relationship), planned(**typed), follow=True)


def move(desk, session, **typed):
    return desk.post(url_of(session, "move/"), moved(**typed), follow=True)


def take_off(desk, session, **typed):
    return desk.post(
        OFF, {"first_day": "2026-12-23", "last_day": "2026-12-25"} | typed, follow=True
    )


def open_hours(desk, session, **typed):
    times = {"day": "2026-12-24", "starts": "08:00", "ends": "23:00", "place": "both"}
    return desk.post(OPENINGS, times | typed, follow=True)


def pause(desk, session, **typed):
    off = rules(session.provider, accepting_new_clients=None)
    return desk.post(RULES, off | typed, follow=True)


def ask_why(desk, session, **typed):
    return desk.get(WHY, {"day": "2026-12-24", "clock": "10:00", "place": "phone"} | typed)


def set_week(desk, session, **typed):
    mondays = {"starts": "08:00", "ends": "23:00", "place": "both"} | typed
    blocks = (0, *mondays.values()), (2, "8 AM", "5 PM", "both")
    return desk.post(WEEK, week(*blocks, version=opened(desk)))


def book(desk, session, **typed):
    return enter(UserFactory()).post(
        details_url(session.provider), answers(session.provider, **typed)
    )


DAYS = [  # (form, its field, something else that is wrong with it)
    (schedule, "date", {"minutes": "0"}),
    (move, "date", {"minutes": "0"}),
    (take_off, "first_day", {"first_clock": "x"}),
    (take_off, "last_day", {"first_clock": "x"}),
    (open_hours, "day", {"place": "moon"}),
    (pause, "returns_on", {"call_minutes": "0"}),
    (ask_why, "day", {"clock": "x"}),
]
CLOCKS = [
    (schedule, "starts", {"minutes": "0"}),
    (move, "starts", {"minutes": "0"}),
    (take_off, "first_clock", {"first_day": "x"}),
    (take_off, "last_clock", {"first_day": "x"}),
    (open_hours, "starts", {"place": "moon"}),
    (open_hours, "ends", {"place": "moon"}),
    (set_week, "starts", {"place": "moon"}),
    (set_week, "ends", {"place": "moon"}),
    (ask_why, "clock", {"day": "x"}),
]


def value_of(page, field):
    """What the page shows in a field."""
    return re.search(rf'name="{field}" value="([^"]*)"', page.text)[1]


@pytest.mark.parametrize(("send", "field", "fault"), DAYS)
def test_every_form_reads_a_day_alike_and_shows_it_in_full(desk, session, send, field, fault):
    for typed in written(CHRISTMAS_EVE):
        page = send(desk, session, **fault, **{field: typed})
        assert page.status_code == 400
        assert (error_at(page, field), value_of(page, field)) == (None, "2026-12-24"), typed


@pytest.mark.parametrize(("send", "field", "fault"), DAYS)
def test_every_form_says_the_same_to_a_day_that_is_none(desk, session, send, field, fault):
    for typed in UNREADABLE_DAYS:
        page = send(desk, session, **{field: typed})
        assert page.status_code == 400
        assert error_at(page, field) == "Choose a day, like 12/24/2026."
        assert value_of(page, field) == typed


@pytest.mark.parametrize(("send", "field", "fault"), DAYS)
def test_every_form_takes_a_year_of_two_digits(desk, session, send, field, fault):
    page = send(desk, session, **{field: "12.24.26"})
    assert page.status_code == 200
    assert "December 24" in page.text or value_of(page, field) == "2026-12-24"


@pytest.mark.parametrize("born", [date(1990, 4, 27), date(2005, 4, 27)])
def test_a_date_of_birth_is_read_alike_and_shown_in_full(session, born):
    for typed in written(born):
        page = book(None, session, date_of_birth=typed, phone="1")
        assert page.status_code == 400
        assert (error_at(page, "date_of_birth"), typed) == (None, typed)
        assert value_of(page, "date_of_birth") == f"{born:%m/%d/%Y}"


def test_nobody_is_born_in_the_future(session):
    page = book(None, session, date_of_birth="12/01/26", phone="1")  # that is tomorrow
    assert value_of(page, "date_of_birth") == "12/01/1926"
    page = book(None, session, date_of_birth="11/30/26", phone="1")
    assert value_of(page, "date_of_birth") == "11/30/2026"


def test_a_date_of_birth_that_is_none_is_told(session):
    for typed in UNREADABLE_DAYS:
        page = book(None, session, date_of_birth=typed)
        assert error_at(page, "date_of_birth").endswith("month, day, year, like 04/27/1990.")
        assert value_of(page, "date_of_birth") == typed


@pytest.mark.parametrize(("send", "field", "fault"), CLOCKS)
def test_every_form_reads_a_time_alike(desk, session, send, field, fault):
    for typed in ("9:30 AM", "9:30am", "9:30 a.m.", "9:30 A. M.", "9a", "9 AM", "9:30", "21:30:00"):
        page = send(desk, session, **fault, **{field: typed})
        assert page.status_code == 400
        assert (error_at(page, field), typed) == (None, typed)
    for typed in ("25:00", "13:00 PM", "9", "soon"):
        page = send(desk, session, **fault, **{field: typed})
        assert error_at(page, field).endswith("Write a time, like 9:30 AM.")


def test_half_past_two_in_the_afternoon_is_saved_as_that(desk, session):
    typed = "2:30 p.m."
    key = f"{int((TEN_AM + timedelta(hours=4, minutes=30)).timestamp())} 50 virtual"
    page = schedule(desk, session, date="2026-12-02", starts=typed, anyway=key)
    assert "December 2, 2:30 PM" in page.text
    assert "December 23, 2:30 PM to" in take_off(desk, session, first_clock=typed).text
    assert "8:00 AM to 2:30 PM" in open_hours(desk, session, ends=typed).text
    assert "December 24, 2:30 PM" in ask_why(desk, session, clock=typed).text
    assert set_week(desk, session, ends=typed).status_code == 302
    assert Provider.objects.get().working_hours.get(weekday=0).to_minute == 14 * 60 + 30


# When the clocks change


FORWARD, BACK = "2027-03-14", "2027-11-07"
TWICE = datetime(2027, 11, 7, 8, 30, tzinfo=UTC)  # 1:30 AM in Pacific Time, for the first time
CHANGES = [  # (form, its day, its time, the question which of two, something that is wrong)
    (schedule, "date", "starts", "which", {"minutes": "0"}),
    (move, "date", "starts", "which", {"minutes": "0"}),
    (take_off, "first_day", "first_clock", "first_clock_which", {"last_day": "2027-11-06"}),
    (take_off, "last_day", "last_clock", "last_clock_which", {"first_day": "2027-12-24"}),
    (open_hours, "day", "starts", "starts_which", {"place": "moon"}),
    (open_hours, "day", "ends", "ends_which", {"place": "moon"}),
    (ask_why, "day", "clock", "which", {"place": "moon"}),
]


def around(send):
    """Days and times for the other end of a stretch, so that it is one on any day."""
    if send == take_off:
        return {"first_day": "2026-12-24", "last_day": "2027-12-24"}
    return {"starts": "00:00"} if send == open_hours else {}


@pytest.mark.parametrize(("send", "day", "clock", "which", "fault"), CHANGES)
def test_every_form_says_the_same_at_a_time_that_is_skipped(
    desk, session, send, day, clock, which, fault
):
    page = send(desk, session, **around(send) | {day: FORWARD, clock: "02:30"})
    assert page.status_code == 400
    assert list(page.context["form"].errors) == [clock]
    assert error_at(page, clock) == (
        "In Pacific Time the clocks go forward on March 14 and skip 2:30 AM. Choose another time."
    )


@pytest.mark.parametrize(("send", "day", "clock", "which", "fault"), CHANGES)
def test_every_form_asks_which_of_two_times_is_meant(desk, session, send, day, clock, which, fault):
    typed = around(send) | {day: BACK, clock: "01:30"}
    for nonsense in ("", "2", "first"):
        page = send(desk, session, **typed, **{which: nonsense})
        assert page.status_code == 400
        assert list(page.context["form"].errors) == [which]
        assert error_at(page, which) == (
            "In Pacific Time the clocks go back on November 7, so 1:30 AM comes twice. "
            "Choose one of the two."
        )
    assert "1:30 AM PDT, before the clocks go back" in page.text
    assert "1:30 AM PST, after the clocks go back" in page.text
    names = [field.name for field in page.context["form"].visible_fields()]
    assert names.index(which) == names.index(clock) + 1
    page = send(desk, session, **typed | fault, **{which: "1"})
    assert page.status_code == 400
    assert re.search(rf'name="{which}" value="1"[^>]* checked', page.text)


@pytest.mark.parametrize(("answer", "later"), [("0", timedelta(0)), ("1", timedelta(hours=1))])
def test_the_one_of_two_times_that_was_chosen_is_saved(desk, session, answer, later):
    when, anyway = {"date": BACK, "starts": "01:30", "which": answer}, TWICE + later
    key = f"{int(anyway.timestamp())} 50 virtual"
    assert schedule(desk, session, **when, anyway=key).status_code == 200
    assert Appointment.objects.latest("pk").starts_at == TWICE + later
    off = {"first_day": BACK, "first_clock": "01:30", "last_day": "2027-11-09"}
    take_off(desk, session, **off, first_clock_which=answer)
    assert TimeOff.objects.get().starts_at == TWICE + later
    opening = {"day": BACK, "starts": "01:30", "starts_which": "0", "ends": "01:30"}
    open_hours(desk, session, **opening, ends_which=answer)
    assert [each.ends_at for each in Opening.objects.all()] == [TWICE + later] * int(answer)
    words = {"0": "1:30 AM PDT", "1": "1:30 AM PST"}
    page = ask_why(desk, session, day=BACK, clock="01:30", which=answer)
    assert f"Sunday, November 7, 2027, {words[answer]}, Pacific Time" in page.text


def test_both_ends_within_the_hour_that_comes_twice_are_asked_about_at_once(desk, session):
    page = open_hours(desk, session, day=BACK, starts="01:15", ends="01:45")
    assert list(page.context["form"].errors) == ["starts_which", "ends_which"]
    assert "From: which of the two?" in page.text
    assert "To: which of the two?" in page.text


def test_nothing_is_asked_about_whole_days_when_the_clocks_change(desk, session):
    for day in (FORWARD, BACK):
        assert take_off(desk, session, first_day=day, last_day=day).status_code == 200
    hours = [
        (each.ends_at - each.starts_at) // timedelta(hours=1) for each in TimeOff.objects.all()
    ]
    assert hours == [23, 25]
