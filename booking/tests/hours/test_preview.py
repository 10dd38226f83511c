"""The preview beside the hours: what a new client would see, before anything is saved."""

from datetime import UTC, datetime

from django.utils import timezone

from booking.availability.calendar import load_calendars
from booking.models import Opening, TimeOff
from booking.tests.hours.steps import WEEK, opened, rules, saved, week
from booking.tests.steps import TEN_AM

DECEMBER_8 = {  # from 9 to 5 in Pacific Time
    "starts_at": datetime(2026, 12, 8, 17, tzinfo=UTC),
    "ends_at": datetime(2026, 12, 9, 1, tzinfo=UTC),
}


def test_the_preview_shows_next_week_before_it_is_saved(desk, dana):
    block = (1, "09:00", "10:00", "virtual")
    page = desk.post(WEEK, week(block, do="preview"))
    assert page.status_code == 200
    assert page.context["preview"]["count"] == 4
    assert "9:00 to 9:45 AM" in page.text
    part = desk.post(f"{WEEK}preview/week/", week(block))
    assert "9:00 to 9:45 AM" in part.text
    assert "<html" not in part.text
    assert "missing or unclear" in desk.post(f"{WEEK}preview/week/", week((1, "", "", ""))).text
    assert "next week, December 7 to 13, Pacific Time" in part.text
    part = desk.post(f"{WEEK}preview/rules/", rules(dana, accepting_new_clients=None))
    assert "nobody can book" in part.text
    paused = rules(dana, accepting_new_clients=None, returns_on="2027-12-10")
    part = desk.post(f"{WEEK}preview/rules/", paused)
    assert "you’ll be back on Friday, December 10, 2027." in part.text
    part = desk.post(f"{WEEK}preview/rules/", rules(dana, call_minutes="30"))
    assert "9:00 AM to 4:30 PM" in part.text
    part = desk.post(f"{WEEK}preview/off/", {"first_day": "2026-12-07", "last_day": "2026-12-12"})
    assert part.text.count("No times") == 7
    opening = {"day": "2026-12-13", "starts": "08:00", "ends": "09:00", "place": "calls"}
    part = desk.post(f"{WEEK}preview/openings/", opening)
    assert "8:00 to 8:45 AM" in part.text
    assert desk.post(f"{WEEK}preview/else/").status_code == 404
    assert len(saved(dana)) == 5
    assert not TimeOff.objects.exists()
    assert not Opening.objects.exists()


def test_the_preview_is_what_a_new_client_sees(desk, dana):
    part = desk.post(f"{WEEK}preview/week/", week((2, "09:00", "11:00", "virtual")))
    answer = desk.post(WEEK, week((2, "09:00", "11:00", "virtual"), version=opened(desk)))
    assert answer.status_code == 302
    calendar = load_calendars([dana], now=timezone.now())[dana.pk]
    next_week = [each for each in calendar.starts("phone") if each > TEN_AM.timestamp() + 432_000]
    assert f"{len(next_week[:8])} times" in part.text


def test_a_preview_of_a_damaged_form_is_a_bad_request(desk):
    assert desk.post(f"{WEEK}preview/week/", {"block-TOTAL_FORMS": "x"}).status_code == 400
    assert desk.post(f"{WEEK}preview/week/").status_code == 400


def test_where_next_week_is_empty_the_first_free_time_is_named(desk, dana):
    off = {"first_day": "2026-11-30", "last_day": "2026-12-15"}
    assert "No times" in desk.post(f"{WEEK}preview/off/", off).text
    part = desk.post(f"{WEEK}preview/off/", {**off, "first_day": "2026-12-07"})
    assert part.text.count("No times") == 7
    assert "The first free time is Monday, November 30, 10:00 AM." in part.text
    desk.post(f"{WEEK}off/", {**off, "do": "save"})
    page = desk.get(WEEK)
    assert "The first free time is Wednesday, December 16, 9:00 AM." in page.text
    desk.post(f"{WEEK}off/", {"first_day": "2026-11-30", "last_day": "2027-05-01"})
    assert "You have no free times as far ahead as you offer them." in desk.get(WEEK).text


def test_the_preview_shows_the_week_that_is_asked_about(desk):
    opening = {"day": "2026-12-20", "starts": "08:00", "ends": "09:00", "place": "calls"}
    part = desk.post(f"{WEEK}preview/openings/", opening)
    assert "December 14 to 20, Pacific Time" in part.text
    assert "next week" not in part.text
    assert "8:00 to 8:45 AM" in part.text
    part = desk.post(f"{WEEK}preview/off/", {"first_day": "2026-12-01"})
    assert "this week, November 30 to December 6" in part.text
    part = desk.post(f"{WEEK}preview/off/", {"first_day": "2028-01-04"})
    assert "January 3 to 9, 2028" in part.text
    running = {"first_day": "2026-11-25", "last_day": "2026-12-02"}
    assert "this week, November 30" in desk.post(f"{WEEK}preview/off/", running).text
    assert "December 21 to 27" in desk.get(f"{WEEK}off/?day=2026-12-24").text


def test_the_preview_names_the_zone_that_its_times_are_in(desk, dana):
    TimeOff.objects.create(provider=dana, **DECEMBER_8)
    east = rules(dana, time_zone="America/New_York")
    for page in (
        desk.post(f"{WEEK}preview/rules/", east),
        desk.post(f"{WEEK}rules/", {**east, "do": "preview"}),
    ):
        assert "December 7 to 13, Eastern Time" in page.text
        assert page.text.count("9:00 AM to 4:45 PM") == 4
        assert page.text.count("No times") == 3  # on the day off, and on the weekend
    dana.refresh_from_db()
    assert dana.time_zone == "America/Los_Angeles"
