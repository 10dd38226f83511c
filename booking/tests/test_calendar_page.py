"""The provider's calendar, by week and by day."""

from datetime import UTC, datetime, timedelta

import pytest

from accounts.tests.factories import UserFactory
from booking.models import Appointment, Opening, TimeOff
from booking.tests.factories import AppointmentFactory, HoldFactory
from providers.tests.factories import ProviderFactory

URL = "/workspace/calendar/"
TEN = datetime(2026, 12, 1, 18, tzinfo=UTC)  # Tuesday, 10 AM Pacific Time


@pytest.fixture
def desk(dana, signed_in):
    """Dana's browser."""
    return signed_in(dana.user)


def visit(dana, name, starts_at=TEN, **fields):
    client = UserFactory(full_name=name)
    return AppointmentFactory(provider=dana, client=client, starts_at=starts_at, **fields)


def session(dana, name, starts_at=TEN, **fields):
    return visit(dana, name, starts_at, kind="session", place="virtual", **fields)


def entry(page, title):
    """The HTML of what stands on the page under a title."""
    (found,) = [part for part in page.text.split("<li ") if f"<b>{title}</b>" in part]
    return found


def test_the_calendar_is_there_for_providers_alone(dana, jordan, visitor, signed_in):
    visit(dana, "Tess Marlowe")
    assert signed_in(jordan).get(URL).status_code == 404
    assert signed_in(jordan).post(URL).status_code == 404
    answer = visitor.get(URL)
    assert answer.status_code == 302
    assert "/accounts/login/" in answer["Location"]


def test_a_provider_sees_their_own_week_and_nobody_elses(dana, desk):
    mine = visit(dana, "Tess Marlowe")
    visit(ProviderFactory(), "Grace Lindqvist")
    page = desk.get(URL)
    assert "November 30 to December 6" in page.text
    assert "1 appointment. It is 8:00 AM; all times are in Pacific Time." in page.text
    assert f'href="/workspace/appointments/{mine.uuid}/"' in entry(page, "Tess Marlowe")
    assert "10:00 to 10:15 AM" in entry(page, "Tess Marlowe")
    assert "from-1000 len-1" in entry(page, "Tess Marlowe")
    assert "Grace Lindqvist" not in page.text
    assert page.text.count('class="cal-day"') == 7
    assert "style=" not in page.text


def test_states_are_told_by_words_and_not_by_color_alone(dana, signed_in, monday):
    dana.telehealth_link = ""
    dana.save()
    status = Appointment.Status
    visit(dana, "Past Call", status=status.COMPLETED, call_outcome="not_a_fit")
    visit(dana, "No Answer", TEN + timedelta(hours=1), status=status.NO_SHOW)
    session(dana, "Forgotten", TEN + timedelta(hours=2))
    session(dana, "Right Now", TEN + timedelta(hours=4), join_link="https://video.example.com/x")
    session(dana, "Linkless", TEN + timedelta(hours=24))
    visit(dana, "Gone", TEN + timedelta(hours=25), status=status.CANCELED)
    monday.move_to(TEN + timedelta(hours=4, minutes=20))
    page = signed_in(dana.user).get(URL)
    for name, look, words in [
        ("Past Call", "is-done", "Phone call · first visit · not a fit"),
        ("No Answer", "is-missed", "missed"),
        ("Forgotten", "is-amber", "no outcome yet"),
        ("Right Now", "is-now", "Virtual · first visit · now"),
        ("Linkless", "is-amber", "no link yet"),
    ]:
        assert look in entry(page, name)
        assert words in entry(page, name)
    assert "Gone" not in page.text
    assert "Now, 2:20 PM" in page.text
    assert 'aria-current="date"' in page.text


def test_hours_time_off_openings_and_holds_stand_on_their_days(dana, desk):
    hold = HoldFactory(provider=dana, starts_at=TEN)
    HoldFactory(provider=dana, starts_at=TEN, until=TEN - timedelta(days=3))  # over
    TimeOff.objects.create(
        provider=dana, starts_at=TEN + timedelta(hours=3), ends_at=TEN + timedelta(hours=5)
    )
    saturday = TEN + timedelta(days=4)
    Opening.objects.create(provider=dana, starts_at=saturday, ends_at=saturday + timedelta(hours=2))
    page = desk.get(URL)
    assert "until 8:10 AM" in entry(page, "Held")
    assert "<a " not in entry(page, "Held")
    assert hold.user.full_name not in page.text
    assert "1:00 to 3:00 PM" in entry(page, "Time off")
    assert page.text.count('<span class="open from-0900 len-32">') == 5
    assert "Hours: 10:00 AM to 12:00 PM." in page.text
    assert '<span class="open from-1000 len-8">' in page.text


def test_weeks_and_days_lead_to_each_other(dana, desk):
    visit(dana, "Tess Marlowe")
    page = desk.get(URL, {"week": "2026-12-10"})
    assert "December 7 to 13" in page.text
    assert 'href="?week=2026-11-30" rel="prev"' in page.text
    assert 'href="?week=2026-12-14" rel="next"' in page.text
    assert f'href="{URL}">This week</a>' in page.text
    assert 'href="?day=2026-12-09"' in page.text
    day = desk.get(URL, {"day": "2026-12-01"})
    assert "<h1>Tuesday, December 1</h1>" in day.text
    assert "Tess Marlowe" in day.text
    assert 'href="?day=2026-12-02" rel="next"' in day.text
    assert 'href="?day=2026-11-30">Today</a>' in day.text
    assert 'href="?week=2026-12-01"' in day.text
    assert day.text.count("cal-day") - day.text.count("cal-days") == 1


def test_another_year_is_named(desk):
    assert "<h1>December 28 to January 3, 2027</h1>" in desk.get(URL, {"week": "2026-12-28"}).text


@pytest.mark.parametrize("asked", ["", "soon", "1999-01-01", "9999-12-31", "2026-13-01", "\0", "٢"])
def test_a_bad_date_shows_a_week_all_the_same(desk, asked):
    answers = [desk.get(URL, {name: asked}) for name in ("week", "day")]
    assert {answer.status_code for answer in answers} <= ({400} if asked == "\0" else {200})
    if asked != "\0":
        assert all("<h1>November 30 to December 6</h1>" in answer.text for answer in answers)


@pytest.mark.parametrize("asked", ["2000-01-01", "2000-01-03", "2099-12-31"])
def test_the_first_and_the_last_week_lead_no_further(desk, asked):
    page = desk.get(URL, {"week": asked})
    assert page.status_code == 200
    assert ('rel="prev"' in page.text) == asked.startswith("2099")
    assert ('rel="next"' in page.text) == asked.startswith("2000")


def test_the_grid_goes_by_the_clock_across_its_change(dana, desk):
    for day in (13, 15):  # Saturday and Monday around March 14
        visit(dana, f"Day {day}", datetime(2027, 3, day, 9, tzinfo=dana.zone))
    page = desk.get(URL, {"week": "2027-03-08"})
    assert "9:00 to 9:15 AM" in entry(page, "Day 13")
    assert (
        "Sunday, March 14 has 23 hours: the clock goes forward from 2:00 AM to 3:00 AM."
        in page.text
    )
    later = desk.get(URL, {"day": "2027-03-15"})
    assert "from-0900 len-1" in entry(later, "Day 15")
    assert " has 2" not in later.text
    fall = desk.get(URL, {"day": "2027-11-07"})
    assert "Sunday, November 7 has 25 hours: the clock goes back" in fall.text


def test_a_provider_elsewhere_sees_their_own_day(dana, signed_in):
    far = ProviderFactory(time_zone="Australia/Sydney")
    visit(far, "Night Owl", datetime(2026, 12, 6, 13, 30, tzinfo=UTC))  # Monday there
    assert "Night Owl" not in signed_in(far.user).get(URL).text
    page = signed_in(far.user).get(URL, {"week": "2026-12-07"})
    assert "12:30 to 12:45 AM" in entry(page, "Night Owl")
    assert "since-0 " in page.text


@pytest.mark.parametrize("query", [{}, {"day": "2026-12-01"}])
def test_the_calendar_has_the_same_number_of_queries_at_one_and_three_rows(
    dana, desk, django_assert_num_queries, query
):
    for n in range(1, 4):
        session(dana, f"Client {n}", TEN + timedelta(hours=n))
        HoldFactory(provider=dana, starts_at=TEN + timedelta(hours=4 + n))
        TimeOff.objects.create(
            provider=dana, starts_at=TEN + timedelta(hours=n), ends_at=TEN + timedelta(hours=n + 2)
        )
        if n != 2:
            desk.get(URL, query)
            with django_assert_num_queries(8):
                assert desk.get(URL, query).text.count(">Client ") == n
