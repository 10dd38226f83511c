"""Why a time isn't offered: every reason, in words, and no reason when it is offered."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from booking.availability import explain
from booking.availability.calendar import is_free
from booking.models import HoursPlace, Opening, Place, TimeOff
from booking.tests.factories import AppointmentFactory, HoldFactory, WorkingHoursFactory
from booking.tests.steps import TEN_AM
from providers.tests.factories import ProviderFactory

WHY = "/workspace/availability/why/"


@pytest.fixture
def ask(dana, signed_in):
    """`ask("2026-12-02", "10:00")` is the answer's page for a phone call with Dana."""

    def question(day, clock, place="phone", provider=dana):
        query = {"day": day, "clock": clock, "place": place}
        return signed_in(provider.user).get(WHY, query)

    return question


def kinds(page):
    return [reason.kind for reason in page.context["reasons"]]


def test_a_time_that_is_offered_has_no_reason(ask):
    page = ask("2026-12-02", "10:00")
    assert kinds(page) == []
    assert "It’s offered" in page.text
    assert "Wednesday, December 2, 10:00 AM, Pacific Time" in page.text


def test_outside_of_the_hours_with_those_of_the_day(ask):
    page = ask("2026-12-02", "16:50")
    assert kinds(page) == ["hours"]
    assert "don’t cover all of 4:50 to 5:05 PM" in page.text
    assert "On Wednesdays you work 9:00 AM to 5:00 PM (virtual)." in page.text
    assert "You don’t have weekly hours on Sundays." in ask("2026-12-06", "10:00").text


def test_time_off_is_named(ask, dana):
    TimeOff.objects.create(provider=dana, starts_at=TEN_AM, ends_at=TEN_AM + timedelta(hours=1))
    page = ask("2026-12-02", "10:45")
    assert kinds(page) == ["off"]
    assert "You have time off: Wednesday, December 2, 10:00 to 11:00 AM." in page.text


def test_too_soon_too_far_and_over(ask):
    assert "You ask for 2 hours of notice." in ask("2026-11-30", "09:30").text
    assert kinds(ask("2027-02-01", "10:00")) == ["horizon"]
    assert kinds(ask("2026-11-27", "10:00")) == ["past"]


def test_the_appointment_in_the_way_is_linked(ask, dana):
    booked = AppointmentFactory(provider=dana, starts_at=TEN_AM, client__full_name="Ada Quill")
    page = ask("2026-12-02", "10:00")
    assert kinds(page) == ["busy"]
    assert "You have an appointment: 10:00 to 10:15 AM." in page.text
    assert f"/workspace/appointments/{booked.uuid}/" in page.text
    assert "Ada Quill" in page.text
    assert kinds(ask("2026-12-02", "10:15")) == []
    dana.buffer_minutes = 10
    dana.save()
    page = ask("2026-12-02", "10:15")
    assert "You keep 10 minutes free around your appointment: 10:00 to 10:15 AM." in page.text


def test_a_held_time_says_until_when(ask, dana):
    HoldFactory(provider=dana, starts_at=TEN_AM)
    page = ask("2026-12-02", "10:00")
    assert kinds(page) == ["held"]
    assert "held until 8:10 AM" in page.text


def test_off_the_grid_with_the_nearest_starts(ask):
    page = ask("2026-12-02", "10:05")
    assert kinds(page) == ["grid"]
    assert "every 15 minutes" in page.text
    assert "Wed, Dec 2, 10:00 AM and Wed, Dec 2, 10:15 AM" in page.text


def test_the_last_day_of_the_horizon_ends_at_its_hour(ask):
    page = ask("2027-01-25", "15:00")
    assert kinds(page) == ["horizon"]
    assert "for the next 56 days, until Monday, January 25, 8:00 AM." in page.text


def test_a_call_has_no_place(ask, marcus):
    page = ask("2026-12-02", "19:00")
    assert "your hours don’t cover all of 7:00 to 7:15 PM. On" in page.text
    page = ask("2026-12-02", "19:00", place="virtual", provider=marcus)
    assert "your hours for virtual visits don’t cover all of 7:00 to 7:50 PM. On" in page.text


def test_only_free_times_are_named_as_the_nearest(ask, dana):
    AppointmentFactory(provider=dana, starts_at=TEN_AM)
    page = ask("2026-12-02", "10:05")
    assert "The nearest free times are" in page.text
    assert "Wed, Dec 2, 9:45 AM and Wed, Dec 2, 10:15 AM" in page.text
    far = datetime(2027, 1, 12, 17, tzinfo=UTC)
    TimeOff.objects.create(provider=dana, starts_at=TEN_AM - timedelta(days=3), ends_at=far)
    AppointmentFactory(provider=dana, starts_at=far)
    page = ask("2026-12-02", "10:05")
    assert "Tue, Jan 12, 9:15 AM and Tue, Jan 12, 9:30 AM" in page.text
    dana.accepting_new_clients = False
    dana.save()
    assert "nearest" not in ask("2026-12-02", "10:05").text


def test_what_takes_the_time_is_told_of_a_visit_of_another_kind_too(ask, dana, marcus):
    AppointmentFactory(provider=dana, starts_at=TEN_AM + timedelta(minutes=30))
    for place, names in (("virtual", ["place", "busy"]), ("phone", [])):
        assert kinds(ask("2026-12-02", "10:00", place=place)) == names
    TimeOff.objects.create(provider=marcus, starts_at=TEN_AM, ends_at=TEN_AM + timedelta(hours=1))
    assert kinds(ask("2026-12-02", "09:45", provider=marcus)) == ["place"]
    assert kinds(ask("2026-12-02", "10:45", provider=marcus)) == ["place", "off"]
    assert kinds(ask("2026-11-27", "09:45", provider=marcus)) == ["place", "past"]


def test_not_taking_new_clients_and_the_wrong_kind(ask, dana):
    dana.accepting_new_clients = False
    dana.save()
    page = ask("2026-12-02", "10:00", place="virtual")
    assert kinds(page) == ["closed", "place"]
    assert "for 2 reasons" in page.text


def test_a_pause_says_until_when(ask, dana):
    dana.accepting_new_clients, dana.returns_on = False, date(2027, 12, 10)
    dana.save()
    assert "You’ll be back on Friday, December 10, 2027." in ask("2026-12-02", "10:00").text


def test_who_is_not_public_is_told_so(ask, dana):
    dana.published = False
    dana.save()
    page = ask("2026-12-02", "10:00")
    assert kinds(page) == ["hidden"]
    assert "Your profile isn’t public, so nobody can book." in page.text


def test_a_far_day_is_named_with_its_year(ask, dana):
    dana.horizon_days = 365
    dana.save()
    far = TEN_AM + timedelta(days=364)
    TimeOff.objects.create(provider=dana, starts_at=far, ends_at=far + timedelta(hours=1))
    page = ask("2027-12-01", "10:00")
    assert "Wednesday, December 1, 2027, 10:00 AM, Pacific Time" in page.text
    assert "You have time off: Wednesday, December 1, 2027, 10:00 to 11:00 AM." in page.text
    assert "until Tuesday, November 30, 2027, 8:00 AM." in page.text
    assert (
        "Mon, Nov 29, 2027, 9:00 AM and Mon, Nov 29, 2027, 9:15 AM"
        in ask("2027-11-29", "09:05").text
    )


def test_an_appointment_of_the_day_before_is_named_with_its_day(ask, dana):
    late = datetime(2026, 12, 2, 8, tzinfo=UTC)  # midnight in Pacific Time
    AppointmentFactory(provider=dana, starts_at=late - timedelta(minutes=15))
    dana.buffer_minutes = 30
    dana.save()
    page = ask("2026-12-02", "00:00")
    assert "around your appointment: Tuesday, December 1, 11:45 PM to midnight." in page.text


def test_what_new_clients_never_start_with_is_the_one_reason(ask, marcus):
    page = ask("2026-12-02", "10:07", place="virtual")
    assert kinds(page) == ["place"]
    assert "New clients start with a phone call, so they can’t book a session." in page.text
    assert "Visits start every" not in page.text
    page = ask("2026-12-02", "10:07", provider=marcus)
    assert kinds(page) == ["place"]
    assert "New clients start with a session, so they can’t book a phone call." in page.text
    page = ask("2026-12-02", "10:07", place="virtual", provider=marcus)
    assert "every 30 minutes" in page.text
    assert "Wed, Dec 2, 10:00 AM and Wed, Dec 2, 10:30 AM" in page.text


def test_a_place_without_hours(ask, marcus):
    page = ask("2026-12-02", "10:00", place="in_person", provider=marcus)
    assert kinds(page) == ["hours"]


@pytest.mark.parametrize(
    ("day", "clock", "field", "words"),
    [
        ("", "02:30", "day", "Choose a day."),
        ("2026-12-02", "25:00", "clock", "Write a time"),
        ("9999-12-31", "10:00", "day", "next two years"),
        ("0001-01-01", "10:00", "day", "next two years"),
    ],
)
def test_a_question_that_can_not_be_is_told_at_the_field(ask, day, clock, field, words):
    page = ask(day, clock)
    assert page.status_code == 400
    assert f'id="id_{field}_error"' in page.text
    assert words in page.text


def test_the_question_costs_the_same_for_more_rows(desk, dana, django_assert_num_queries):
    question = {"day": "2026-12-02", "clock": "10:15", "place": "phone"}
    desk.get(WHY, question)  # notes in the session that it was used
    for number in (1, 3):
        for each in range(number):
            starts_at = TEN_AM + timedelta(hours=each, minutes=15 * number)
            AppointmentFactory(provider=dana, starts_at=starts_at)
            HoldFactory(provider=dana, starts_at=starts_at + timedelta(minutes=15))
        with django_assert_num_queries(8):
            desk.get(WHY, question)


ZONES = ["America/Los_Angeles", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata"]
QUARTER = timedelta(minutes=15)


class ReasonsTests(TestCase):
    """A time has no reasons exactly when it's offered."""

    @given(
        zone=st.sampled_from(ZONES),
        call=st.booleans(),
        place=st.sampled_from(list(Place)),
        blocks=st.lists(
            st.tuples(
                st.integers(0, 6),
                st.integers(0, 47),
                st.integers(1, 24),
                st.sampled_from(HoursPlace.values),
            ),
            max_size=6,
        ),
        spans=st.lists(
            st.tuples(st.sampled_from(["off", "opening", "busy", "hold"]), st.integers(-8, 8)),
            max_size=4,
        ),
        day=st.integers(0, 70),
        minute=st.integers(0, 1439 // 5),
        notice=st.integers(0, 48),
        buffer=st.sampled_from([0, 10, 30]),
    )
    def test_none_exactly_where_it_is_offered(
        self, zone, call, place, blocks, spans, day, minute, notice, buffer
    ):
        now = datetime(2027, 3, 1, 12, tzinfo=UTC)  # clocks change within the month
        provider = ProviderFactory(
            time_zone=zone,
            first_visit="call" if call else "session",
            minimum_notice_hours=notice,
            buffer_minutes=buffer,
            horizon_days=56,
        )
        for weekday, since, length, kind in blocks:
            WorkingHoursFactory(
                provider=provider,
                weekday=weekday,
                from_minute=since * 30,
                to_minute=min(1440, (since + length) * 30),
                place=kind,
            )
        starts_at = datetime(2027, 3, 1, tzinfo=ZoneInfo(zone)).astimezone(UTC)
        starts_at += timedelta(days=day, minutes=5 * minute)
        add_spans(provider, spans, starts_at, now)
        found = explain.why_not(provider, starts_at, place, now=now)
        assert (not found) == is_free(provider, starts_at, place, now=now)


def add_spans(provider, spans, around, now):
    """Put half-hour stretches on the provider's calendar, each that many quarters from a time."""
    taken = set()
    for what, quarters in spans:
        span = {"starts_at": around + quarters * QUARTER}
        span["ends_at"] = span["starts_at"] + 2 * QUARTER
        if what == "off":
            TimeOff.objects.create(provider=provider, **span)
        elif what == "opening":
            Opening.objects.create(provider=provider, place=HoursPlace.BOTH, **span)
        elif what == "hold":
            HoldFactory(provider=provider, until=now + timedelta(minutes=10), **span)
        elif not taken & {quarters - 1, quarters, quarters + 1}:
            taken.add(quarters)
            AppointmentFactory(provider=provider, **span)
