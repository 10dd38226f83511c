"""A provider's time off and one-off openings: the lists, add, what's in the way, remove."""

import re
from datetime import UTC, date, datetime, time, timedelta

import pytest

from accounts.tests.factories import UserFactory
from booking.hours import editing
from booking.models import Appointment, Opening, TimeOff
from booking.tests.factories import AppointmentFactory
from booking.tests.hours.steps import OFF, OPENINGS, removal
from booking.tests.steps import TEN_AM, contend, details_url, enter, first_start, provider_and_form
from providers.models import Provider

SPAN = ("day", "starts", "ends")


def test_whole_days_off_by_range(desk, dana):
    page = desk.post(
        OFF, {"first_day": "2026-12-24", "last_day": "2026-12-27", "do": "save"}, follow=True
    )
    assert "Thursday, December 24 to Sunday, December 27" in page.text
    off = TimeOff.objects.get(provider=dana)
    assert off.starts_at == datetime(2026, 12, 24, 8, tzinfo=UTC)
    assert off.ends_at == datetime(2026, 12, 28, 8, tzinfo=UTC)
    desk.post(OFF, {"first_day": "2026-12-24", "last_day": "2026-12-27", "do": "save"})
    assert TimeOff.objects.count() == 1


def test_hours_off_take_the_next_opening_and_removing_them_gives_it_back(desk, dana):
    opening = first_start(dana)
    desk.post(OFF, {"first_day": "2026-11-30", "first_clock": "09:00", "last_clock": "11:30"})
    dana.refresh_from_db()
    assert dana.next_opening_at == datetime(2026, 11, 30, 19, 30, tzinfo=UTC)
    page = desk.get(OFF)
    assert "Monday, November 30, 9:00 to 11:30 AM" in page.text
    gone = removal(TimeOff.objects.get())
    for _ in range(2):
        assert "We removed that time off" in desk.post(OFF, gone, follow=True).text
    dana.refresh_from_db()
    assert dana.next_opening_at.timestamp() == opening


@pytest.mark.parametrize(
    ("data", "field", "words"),
    [
        ({"first_day": ""}, "first_day", "Choose a day."),
        ({"first_day": "2026-12-24", "last_day": "2026-12-23"}, "last_day", "after the start"),
        ({"first_day": "2026-11-27"}, "last_day", "already over"),
        ({"first_day": "9999-12-31"}, "first_day", "next two years"),
        (
            {"first_day": "2026-12-24", "first_clock": "10:00", "last_clock": "09:00"},
            "last_clock",
            "after the start",
        ),
    ],
)
def test_time_off_that_can_not_be_is_told_at_the_field(desk, data, field, words):
    page = desk.post(OFF, {**data, "do": "save"})
    assert page.status_code == 400
    assert f'id="id_{field}_error"' in page.text
    assert words in page.text
    assert not TimeOff.objects.exists()


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
@pytest.mark.parametrize("ends", ["11:00", "00:00"])
def test_a_day_out_of_sight_is_told_at_the_day(desk, day, ends):
    page = desk.post(OPENINGS, {"day": day, "starts": "10:00", "ends": ends, "place": "both"})
    assert page.status_code == 400
    assert re.findall(r'id="id_(\w+)_error"', page.text) == ["day"]
    assert "Choose a day within the next two years." in page.text
    times = {"first_day": "2026-12-24", "last_day": day, "first_clock": "10:00"}
    page = desk.post(OFF, {**times, "last_clock": ends})
    assert page.status_code == 400
    assert re.findall(r'id="id_(\w+)_error"', page.text) == ["last_day"]
    assert not TimeOff.objects.exists()


def test_what_two_fields_lack_alike_is_told_with_their_names(desk):
    page = desk.post(OFF, {"first_day": "x", "last_day": "x", "first_clock": "x", "last_clock": ""})
    lines = re.findall(r'<a href="#id_\w+">(.+)</a>', page.text)
    assert lines == [
        "First day: Choose a day, like 12/24/2026.",
        "Write a time, like 9:30 AM.",
        "Last day: Choose a day, like 12/24/2026.",
    ]


def test_while_appointments_would_stand_outside_the_button_below_saves_all_the_same(desk, dana):
    AppointmentFactory(provider=dana, starts_at=TEN_AM)
    page = desk.post(OFF, {"first_day": "2026-12-02"})
    assert page.text.count("Save anyway</button>") == 2
    assert 'name="do" value="save"' not in page.text


def test_a_day_off_whose_midnight_is_skipped_begins_with_its_first_instant(dana, desk):
    Provider.objects.filter(pk=dana.pk).update(time_zone="America/Santiago")
    desk.post(OFF, {"first_day": "2027-09-05"})
    off = TimeOff.objects.get()
    assert off.starts_at == datetime(2027, 9, 5, 4, tzinfo=UTC)
    assert off.ends_at == datetime(2027, 9, 6, 3, tzinfo=UTC)
    assert "Sunday, September 5 <" in desk.get(OFF).text.replace("</", " </")


def test_time_off_over_an_appointment_asks_first(desk, dana):
    booked = AppointmentFactory(provider=dana, starts_at=TEN_AM)
    day = {"first_day": "2026-12-02", "do": "save"}
    page = desk.post(OFF, day)
    assert page.status_code == 409
    assert 'value="2026-12-02"' in page.text
    open_it = f'href="/workspace/appointments/{booked.uuid}/" target="_blank" rel="noopener">'
    assert open_it in page.text  # what is typed stays, and nobody is asked about leaving it
    assert page.text.count('target="_blank" rel="noopener">') == 3
    assert page.text.count("(opens a new tab)</span></a>") == 3
    assert not TimeOff.objects.exists()
    desk.post(OFF, {**day, "do": "anyway", "seen": str(booked.uuid)})
    assert TimeOff.objects.count() == 1
    assert Appointment.objects.get().starts_at == TEN_AM


def test_an_opening_gives_times_once_and_its_removal_asks_first(desk, dana):
    opening = {"day": "2026-12-05", "starts": "10:00", "ends": "12:00", "place": "calls"}
    assert (
        "Saturday, December 5, 10:00 AM to 12:00 PM"
        in desk.post(OPENINGS, opening, follow=True).text
    )
    desk.post(OPENINGS, opening)
    made = Opening.objects.get()
    assert (made.starts_at, made.place) == (datetime(2026, 12, 5, 18, tzinfo=UTC), "calls")
    booked = AppointmentFactory(provider=dana, starts_at=made.starts_at)
    remove = removal(made, place="calls")
    page = desk.post(OPENINGS, remove)
    assert page.status_code == 409
    assert "Remove anyway" in page.text
    assert Opening.objects.exists()
    desk.post(OPENINGS, {**remove, "do": "remove-anyway", "seen": str(booked.uuid)})
    assert not Opening.objects.exists()
    assert desk.post(OPENINGS, {"do": "remove", "starts_at": "x"}).status_code == 400


def test_an_opening_may_last_until_midnight(desk):
    late = {"day": "2026-12-05", "starts": "22:00", "ends": "00:00", "place": "both"}
    desk.post(OPENINGS, late)
    assert Opening.objects.get().ends_at == datetime(2026, 12, 6, 8, tzinfo=UTC)


def test_another_providers_time_off_stays(desk, marcus):
    theirs = TimeOff.objects.create(
        provider=marcus, starts_at=TEN_AM, ends_at=TEN_AM + timedelta(hours=1)
    )
    desk.post(OFF, removal(theirs))
    assert TimeOff.objects.get() == theirs
    assert "December 2" not in desk.get(OFF).text


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (
            {"first_day": "2027-01-11", "first_clock": "14:00", "last_day": "2027-01-13"},
            "Monday, January 11, 2:00 PM to the end of Wednesday, January 13",
        ),
        ({"first_day": "2027-01-11", "first_clock": "14:00"}, "January 11, 2:00 PM to midnight"),
        (
            {"first_day": "2027-12-24", "last_day": "2028-01-01"},
            "Friday, December 24, 2027 to Saturday, January 1, 2028",
        ),
        ({"first_day": "2027-01-11", "last_clock": "00:00"}, "<span>Monday, January 11</span>"),
        ({"first_day": "2027-12-24", "last_clock": "12:00"}, "24, 2027, 12:00 AM to 12:00 PM"),
    ],
)
def test_time_off_reads_as_people_say_it_with_the_year_of_a_far_day(desk, data, words):
    assert words in desk.post(OFF, data, follow=True).text


def test_time_off_within_other_time_off_is_told_and_what_reaches_beyond_is_fine(desk):
    desk.post(OFF, {"first_day": "2026-12-24", "last_day": "2026-12-27"})
    page = desk.post(OFF, {"first_day": "2026-12-25"})
    assert page.status_code == 409
    assert 'id="id_first_day_error"' in page.text
    assert (
        "You already have time off then: Thursday, December 24 to Sunday, December 27." in page.text
    )
    assert 'value="2026-12-25"' in page.text
    assert TimeOff.objects.count() == 1
    assert desk.post(OFF, {"first_day": "2026-12-27", "last_day": "2026-12-28"}).status_code == 302
    assert TimeOff.objects.count() == 2


def test_an_opening_over_another_one_is_told_and_one_that_adjoins_is_fine(desk):
    opening = {"day": "2026-12-05", "starts": "10:00", "ends": "12:00", "place": "calls"}
    desk.post(OPENINGS, opening)
    for changes in ({"starts": "11:00", "ends": "13:00"}, {"place": "virtual"}):
        page = desk.post(OPENINGS, opening | changes)
        assert page.status_code == 409
        assert 'id="id_day_error"' in page.text
        assert "Saturday, December 5, 10:00 AM to 12:00 PM (phone calls only)" in page.text
    assert Opening.objects.count() == 1
    desk.post(OPENINGS, opening | {"starts": "12:00", "ends": "13:00"})
    assert Opening.objects.count() == 2


@pytest.mark.parametrize(
    ("url", "model", "more"),
    [
        (OFF, TimeOff, {"first_day": "2027-05-03"}),
        (
            OPENINGS,
            Opening,
            {"day": "2027-05-03", "starts": "20:00", "ends": "21:00", "place": "both"},
        ),
    ],
)
def test_two_hundred_to_come_are_enough(desk, dana, url, model, more):
    def fill(count, since):
        starts = [since + timedelta(hours=2 * n) for n in range(count)]
        ends = timedelta(hours=1)
        rows = [model(provider=dana, starts_at=each, ends_at=each + ends) for each in starts]
        model.objects.bulk_create(rows)

    fill(5, TEN_AM - timedelta(days=30))  # what is over doesn't count
    fill(200, TEN_AM)
    page = desk.post(url, more)
    assert page.status_code == 400
    assert "You have 200 of these ahead" in page.text
    assert "2027-05-03" in page.text
    model.objects.last().delete()
    assert desk.post(url, more).status_code == 302


def opened(desk, **changes):
    """What is said to an opening on Saturday from 10 to 12."""
    opening = {"day": "2026-12-05", "starts": "10:00", "ends": "12:00", "place": "virtual"}
    return desk.post(OPENINGS, opening | changes, follow=True).text


def test_an_opening_says_how_many_times_new_clients_see_more(desk):
    assert "New clients see 8 more times." in opened(desk)
    assert "New clients see 1 more time." in opened(desk, day="2026-12-06", ends="10:15")


def test_an_opening_counts_no_times_that_the_weekly_hours_offer(desk, signed_in, marcus):
    inside = opened(desk, day="2026-12-02")
    assert "Your opening is saved. Your weekly hours already offer these times." in inside
    later = opened(desk, day="2026-12-02", starts="16:00", ends="18:00")
    assert "New clients see 4 more times." in later
    evening = {"day": "2026-12-02", "starts": "17:00", "ends": "17:30"}
    into = opened(signed_in(marcus.user), **evening)
    assert "New clients see 1 more time." in into  # a session from 4:30 to 5:20 PM


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"ends": "10:10"}, "A first visit takes 15 minutes"),
        ({"day": "2026-12-12"}, "You have time off: Saturday, December 12."),
        ({"day": "2026-11-30", "starts": "08:15", "ends": "09:00"}, "2 hours of notice"),
        ({"day": "2026-11-30", "starts": "07:30", "ends": "09:00"}, "2 hours of notice"),
        ({"day": "2027-03-06"}, "for the next 56 days, until Monday, January 25, 8:00 AM."),
    ],
)
def test_an_opening_without_any_time_says_why(desk, changes, why):
    desk.post(OFF, {"first_day": "2026-12-12"})
    text = opened(desk, **changes)
    assert "new clients see no times in it" in text
    assert why in text


def test_an_opening_while_paused_says_so(desk, dana):
    Provider.objects.filter(pk=dana.pk).update(
        accepting_new_clients=False, returns_on=date(2026, 12, 10)
    )
    assert "You’ll be back on Thursday, December 10." in opened(desk)


def test_an_opening_for_calls_of_someone_who_starts_with_sessions_says_so(signed_in, marcus):
    text = opened(signed_in(marcus.user), place="calls")
    why = "New clients start with a session, so they can’t book a phone call."
    assert f"no times in it. {why}</" in text


def test_the_calendar_opens_the_form_with_its_day_and_gets_the_reader_back(desk):
    query = "?day=2026-12-24&from=09:30&to=11:00"
    for url, names in ((OFF, ("first_day", "first_clock", "last_clock")), (OPENINGS, SPAN)):
        form = desk.get(url + query).context["form"]
        values = [form[name].value() for name in names]
        assert values == [date(2026, 12, 24), time(9, 30), time(11)]
    page = desk.get(OFF + query)
    assert '<input type="hidden" name="back" value="2026-12-24">' in page.text
    assert 'href="/workspace/calendar/?week=2026-12-24"' in page.text
    typed = {"first_day": "2026-12-24", "back": "2026-12-24"}
    page = desk.post(OFF, {**typed, "last_day": "2026-12-23"})
    assert 'name="back" value="2026-12-24"' in page.text
    answer = desk.post(OFF, typed)
    assert answer.url == "/workspace/calendar/?week=2026-12-24"
    assert "Your time off is saved" in desk.get(answer.url).text


@pytest.mark.parametrize("bad", ["soon", "9999-12-31", "0001-01-01", "2026-02-30", "//evil.test"])
def test_a_bad_day_in_the_address_or_the_form_is_ignored(desk, bad):
    page = desk.get(OFF, {"day": bad, "from": bad, "to": "25:00"})
    assert page.status_code == 200
    assert 'name="back"' not in page.text
    assert page.context["form"].initial == {}
    answer = desk.post(OFF, {"first_day": "2026-12-24", "back": bad})
    assert answer.url == f"{OFF}?week=2026-12-24"
    page = desk.get(OFF, {"week": bad})
    assert "next week, December 7 to 13" in page.text


def test_the_preview_stays_with_the_week_of_what_was_saved_or_removed(desk):
    page = desk.post(OFF, {"first_day": "2026-12-24"}, follow=True)
    assert "December 21 to 27, Pacific Time" in page.text
    assert 'name="back"' not in page.text
    assert page.context["form"].initial == {}
    page = desk.post(OFF, removal(TimeOff.objects.get()), follow=True)
    assert "We removed that time off." in page.text
    assert "December 21 to 27, Pacific Time" in page.text


@pytest.mark.parametrize("do", ["", "erase", "remove-all", "copy-0"])
def test_a_button_that_the_page_does_not_have_adds_nothing(desk, do):
    page = desk.post(OFF, {"first_day": "2026-12-24", "do": do})
    assert page.status_code == 400
    assert not TimeOff.objects.exists()


def test_what_no_page_says_of_seen_appointments_or_places_is_refused(desk):
    assert (
        desk.post(OFF, {"first_day": "2026-12-24", "do": "anyway", "seen": "1"}).status_code == 400
    )
    assert "Choose one from the list." in opened(desk, place="moon")
    assert not TimeOff.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_of_two_openings_at_once_over_the_same_time_one_is_made():
    provider, _ = provider_and_form()

    def opens(place):
        def add():
            try:
                editing.add_opening(
                    provider, starts_at=TEN_AM, ends_at=TEN_AM + timedelta(hours=1), place=place
                )
            except editing.Overlap:
                return "refused"
            return "made"

        return add

    assert sorted(contend([opens("virtual"), opens("both")])) == ["made", "refused"]
    assert Opening.objects.count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("attempt", range(3))
def test_a_booking_against_new_time_off_never_ends_in_it_unseen(attempt):
    provider, form = provider_and_form()
    starts_at = datetime.fromtimestamp(form["at"], UTC)
    client = enter(UserFactory())

    def take_off():
        try:
            ends_at = starts_at + timedelta(hours=1)
            editing.add_time_off(provider, starts_at=starts_at, ends_at=ends_at)
        except editing.OutsideHours as no:
            return no.appointments
        return None

    page, shown = contend([lambda: client.post(details_url(provider), form), take_off])
    booked = list(Appointment.objects.all())
    assert (page.status_code, shown) in [(302, booked), (409, None)]
    assert TimeOff.objects.exists() == (not booked)
