"""Days and times as people type them: every form reads them alike, and says alike what it can't."""

import re
from datetime import date

import pytest

from accounts.tests.factories import UserFactory
from accounts.tests.steps import UNREADABLE_DAYS, written
from booking.tests.hours.steps import OFF, OPENINGS, RULES, WEEK, opened, rules, week
from booking.tests.steps import (
    answers,
    details_url,
    enter,
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
    return desk.post(WEEK, week(*blocks, saved=opened(desk)))


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


def error_at(page, field):
    """What is said at a field; None where nothing is wrong with it."""
    found = re.search(rf'id="id_(?:block-0-)?{field}_error">.*?<span>(.*?)</span>', page.text, re.S)
    return found and found[1]


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
    page = schedule(desk, session, date="2026-12-02", starts=typed)
    assert "December 2, 2:30 PM" in page.text
    assert "December 23, 2:30 PM to" in take_off(desk, session, first_clock=typed).text
    assert "8:00 AM to 2:30 PM" in open_hours(desk, session, ends=typed).text
    assert "December 24, 2:30 PM" in ask_why(desk, session, clock=typed).text
    assert set_week(desk, session, ends=typed).status_code == 302
    assert Provider.objects.get().working_hours.get(weekday=0).to_minute == 14 * 60 + 30
