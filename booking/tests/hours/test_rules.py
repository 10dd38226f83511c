"""What a provider's bookings are held to: lengths and waits, cancellations, the zone, a pause."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest

from booking import tasks
from booking.tests.factories import AppointmentFactory
from booking.tests.hours.steps import RULES, rules, version_of
from booking.tests.steps import TEN_AM, first_start
from providers.models import Provider


def test_rules_are_saved_and_free_times_follow(desk, dana):
    page = desk.post(
        RULES,
        rules(
            dana,
            minimum_notice_hours="24",
            buffer_minutes="10",
            cancellation_window_hours="48",
            late_cancellation="A late cancellation costs $50.",
        ),
        follow=True,
    )
    assert "Your rules are saved" in page.text
    dana.refresh_from_db()
    assert (dana.minimum_notice_hours, dana.buffer_minutes) == (24, 10)
    assert dana.cancellation_window_hours == 48
    assert dana.next_opening_at == datetime(2026, 12, 1, 17, tzinfo=UTC)


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("call_minutes", "45", "Enter the minutes of a phone call as a number from 10 to 30."),
        ("session_minutes", "", "Enter the minutes of a session as a number from 30 to 90."),
        ("buffer_minutes", "-1", "Enter the minutes to keep free as a number from 0 to 120."),
        ("horizon_days", "many", "Enter the days ahead as a number from 1 to 365."),
        ("minimum_notice_hours", "337", "Enter the hours of notice as a number from 0 to 336."),
        ("time_zone", "Mars/Base", "Choose one from the list."),
        ("cancellation_window_hours", "1", "Choose one of these."),
        ("late_cancellation", "x" * 301, "Use at most 300 characters."),
    ],
)
def test_a_rule_out_of_its_limits_is_told_at_the_field(desk, dana, field, value, words):
    page = desk.post(RULES, rules(dana, **{field: value}))
    assert page.status_code == 400
    assert f'id="id_{field}_error"' in page.text
    assert words in page.text
    dana.refresh_from_db()
    assert dana.buffer_minutes == 0


def test_in_another_zone_hours_move_and_appointments_stay(desk, dana):
    booked = AppointmentFactory(provider=dana, starts_at=TEN_AM + timedelta(hours=6, minutes=30))
    east = rules(dana, time_zone="America/New_York")
    assert desk.post(RULES, east).status_code == 409
    desk.post(RULES, {**east, "do": "anyway", "seen": str(booked.uuid)})
    dana.refresh_from_db()
    assert dana.time_zone == "America/New_York"
    assert dana.next_opening_at == datetime(2026, 11, 30, 18, tzinfo=UTC)
    assert first_start(dana) == datetime(2026, 11, 30, 18, tzinfo=UTC).timestamp()
    booked.refresh_from_db()
    assert booked.starts_at == TEN_AM + timedelta(hours=6, minutes=30)


def test_a_pause_with_a_return_date_is_told_on_the_profile_and_ends_by_itself(
    desk, dana, monday, visitor
):
    paused = rules(dana, accepting_new_clients=None, returns_on="2026-12-10")
    desk.post(RULES, paused)
    dana.refresh_from_db()
    assert (dana.accepting_new_clients, dana.returns_on) == (False, date(2026, 12, 10))
    assert "Back on Thursday, December 10." in visitor.get(dana.get_absolute_url()).text
    assert "back on Thursday, December 10." in visitor.get(dana.booking_url).text
    monday.move_to(datetime(2026, 12, 10, 7, 59, tzinfo=UTC))
    tasks.end_pauses()
    dana.refresh_from_db()
    assert not dana.accepting_new_clients
    monday.move_to(datetime(2026, 12, 10, 8, 0, tzinfo=UTC))
    tasks.end_pauses()
    dana.refresh_from_db()
    assert (dana.accepting_new_clients, dana.returns_on) == (True, None)
    assert dana.next_opening_at >= datetime(2026, 12, 10, 17, tzinfo=UTC)


def test_a_far_return_date_is_in_its_own_year_in_every_zone(desk, dana, visitor):
    east = {"time_zone": "Asia/Tokyo", "accepting_new_clients": None, "returns_on": "2028-01-01"}
    desk.post(RULES, rules(dana, **east))
    words = "back on Saturday, January 1, 2028."
    asked = {"day": "2026-12-02", "clock": "10:00", "place": "phone"}
    assert words in desk.get("/workspace/availability/why/", asked).text
    assert words in desk.get(RULES).text
    assert words in visitor.get(dana.booking_url).text
    assert words in visitor.get(dana.get_absolute_url()).text.replace("Back on", "back on")


def test_a_pause_without_a_date_lasts(dana):
    Provider.objects.filter(pk=dana.pk).update(accepting_new_clients=False)
    tasks.end_pauses()
    dana.refresh_from_db()
    assert not dana.accepting_new_clients


def test_a_day_of_return_lies_ahead(desk, dana):
    page = desk.post(RULES, rules(dana, accepting_new_clients=None, returns_on="2026-11-30"))
    assert page.status_code == 400
    assert 'id="id_returns_on_error"' in page.text


def test_a_day_of_return_without_a_pause_is_told_at_the_field(desk, dana):
    page = desk.post(RULES, rules(dana, returns_on="2026-12-10", buffer_minutes="10"))
    assert page.status_code == 400
    assert 'id="id_returns_on_error"' in page.text
    assert "You’re taking new clients, so leave this empty." in page.text
    assert 'value="2026-12-10"' in page.text
    assert desk.post(RULES, rules(dana, returns_on="soon")).status_code == 400
    dana.refresh_from_db()
    assert (dana.returns_on, dana.buffer_minutes) == (None, 0)


def test_who_ends_a_pause_early_is_told_that_the_day_of_return_is_gone(desk, dana):
    desk.post(RULES, rules(dana, accepting_new_clients=None, returns_on="2026-12-10"))
    page = desk.post(RULES, rules(dana, returns_on="2026-12-10"), follow=True)
    assert "You’re taking new clients again, so we removed the day you’d be back." in page.text
    dana.refresh_from_db()
    assert (dana.accepting_new_clients, dana.returns_on) == (True, None)


def test_what_a_late_cancellation_means_is_one_paragraph(desk, dana):
    page = desk.post(RULES, rules(dana, late_cancellation="It costs $50,\r\nas  you know."))
    assert page.status_code == 302
    dana.refresh_from_db()
    assert dana.late_cancellation == "It costs $50, as you know."
    assert "<textarea" in desk.get(RULES).text


def test_a_button_that_the_rules_do_not_have_changes_nothing(desk, dana):
    for do in ("remove", "", "copy-0", "yes"):
        page = desk.post(RULES, rules(dana, buffer_minutes="10", do=do))
        assert page.status_code == 400
    dana.refresh_from_db()
    assert dana.buffer_minutes == 0


def test_a_stale_tab_does_not_undo_newer_rules_unasked(desk, dana):
    stale = rules(dana, call_minutes="20")
    desk.post(RULES, rules(dana, buffer_minutes="10"))
    for typed in (stale, {**stale, "version": None}):
        page = desk.post(RULES, {name: each for name, each in typed.items() if each is not None})
        assert page.status_code == 409
        assert 'name="call_minutes" value="20"' in page.text
        assert 'name="buffer_minutes" value="10"' in page.text
        dana.refresh_from_db()
        assert (dana.buffer_minutes, dana.call_minutes) == (10, 15)
    assert 'name="version" value="1"' in page.text
    assert desk.post(RULES, {**stale, "version": "1"}).status_code == 302
    dana.refresh_from_db()
    assert (dana.buffer_minutes, dana.call_minutes) == (10, 20)


def test_what_two_tabs_changed_is_told_at_the_field_and_what_was_typed_stays(desk, dana):
    stale = rules(dana, call_minutes="20", time_zone="America/New_York")
    desk.post(RULES, rules(dana, call_minutes="25", time_zone="America/Denver"))
    page = desk.post(RULES, stale)
    assert page.status_code == 409
    errors = page.context["form"].errors
    assert errors.keys() == {"call_minutes", "time_zone"}
    assert "It’s now “25”." in errors["call_minutes"][0]
    assert 'name="call_minutes" value="20"' in page.text
    assert 'name="initial-call_minutes" value="25"' in page.text
    assert "can’t be read" not in page.text  # the preview is there


def test_an_old_page_does_not_begin_a_pause_again_that_is_over(desk, dana):
    Provider.objects.update(accepting_new_clients=False, returns_on=date(2026, 11, 30))
    dana.refresh_from_db()
    stale = rules(dana, buffer_minutes="10", returns_on="2026-11-30")
    tasks.end_pauses()
    assert desk.post(RULES, stale).status_code == 409
    assert desk.post(RULES, {**stale, "version": "1"}).status_code == 302
    dana.refresh_from_db()
    assert (dana.accepting_new_clients, dana.returns_on) == (True, None)
    assert dana.buffer_minutes == 10


def test_a_second_press_of_save_is_fine(desk, dana):
    typed = rules(dana, buffer_minutes="10")
    assert [desk.post(RULES, typed).status_code for _ in range(2)] == [302, 302]


def test_a_preview_of_stale_rules_keeps_them_stale(desk, dana):
    stale = rules(dana, call_minutes="20", do="preview")
    desk.post(RULES, rules(dana, buffer_minutes="10"))
    assert version_of(desk.post(RULES, stale)) == "0"


def test_what_would_stand_outside_in_another_zone_is_told_on_both_clocks(desk, dana):
    AppointmentFactory(provider=dana, starts_at=TEN_AM + timedelta(hours=6, minutes=30))
    AppointmentFactory(provider=dana, starts_at=TEN_AM)
    page = desk.post(RULES, rules(dana, time_zone="Asia/Kolkata"))
    assert page.status_code == 409
    assert (
        "Wed, Dec 2, 4:30 to 4:45 PM Pacific Time, Thu, Dec 3, 6:00 to 6:15 AM India" in page.text
    )
    page = desk.post(RULES, rules(dana, time_zone="America/New_York"))
    assert "Wed, Dec 2, 4:30 to 4:45 PM Pacific Time, 7:30 to 7:45 PM Eastern Time" in page.text
    assert re.findall(r'name="do" value="(save|anyway)"', page.text) == ["anyway"] * 3
    page = desk.post(RULES, {**rules(dana, buffer_minutes="0"), "time_zone": dana.time_zone})
    assert page.status_code == 302


def test_what_is_wrong_with_each_number_names_it(desk, dana):
    names = ("call_minutes", "session_minutes", "buffer_minutes", "horizon_days")
    page = desk.post(RULES, rules(dana, **dict.fromkeys(names, "")))
    assert "4 things to fix" in page.text
    assert len(set(re.findall(r'<a href="#id_\w+">(Enter .+)</a>', page.text))) == 4
