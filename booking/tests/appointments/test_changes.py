"""A provider moves and cancels an appointment, and reads its history."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from accounts.models import AccessEvent
from accounts.tests.factories import UserFactory
from booking.appointments import scheduling
from booking.models import Appointment
from booking.tests.factories import AppointmentFactory
from booking.tests.steps import TEN_AM, moved, planned, url_of, url_to_schedule


@pytest.mark.parametrize("path", ["", "move/", "cancel/", "outcome/", "link/", "waive-fee/"])
def test_somebody_elses_appointment_is_unfound_on_every_method(
    session, marcus, jordan, signed_in, path
):
    for stranger in (marcus.user, jordan, UserFactory(is_staff=True, is_superuser=True)):
        for method in ("get", "post", "put", "delete"):
            assert getattr(signed_in(stranger), method)(url_of(session, path)).status_code == 404
    assert not AccessEvent.objects.exists()


def test_moving_shows_both_times_and_the_history(session, jordan, desk, mailbox):
    jordan.time_zone = "Asia/Tokyo"
    jordan.save()
    assert "Jordan scheduled it for Wednesday" in desk.get(url_of(session)).text
    form = desk.get(url_of(session, "move/")).text
    assert 'value="2026-12-02"' in form
    assert 'value="10:00"' in form
    assert "Jordan is in Japan Time" in form
    page = desk.post(url_of(session, "move/"), moved(), follow=True)
    assert "It is now Thursday, December 3, 11:00 AM, Pacific Time." in page.text
    assert "For Jordan, it’s Friday, December 4, 4:00 AM, Japan Time." in page.text
    assert (
        "You moved it from Wednesday, December 2, 10:00 AM to Thursday, December 3, 11:00 AM"
        ", as Jordan asked." in page.text
    )
    assert "“A trip.”" in page.text
    session.refresh_from_db()
    assert (session.starts_at, session.sequence) == (TEN_AM + timedelta(hours=25), 1)
    assert mailbox.to(jordan.email)[-1].subject == "Your appointment was moved"
    assert AccessEvent.objects.filter(what="appointment moved", subject=jordan).count() == 1


def test_a_move_from_a_page_that_went_stale_keeps_what_was_typed(session, desk):
    desk.post(url_of(session, "move/"), moved())
    page = desk.post(url_of(session, "move/"), moved(date="2026-12-04"))
    assert page.status_code == 409
    assert "It’s now on Thursday, December 3, 11:00 AM, Pacific Time." in page.text
    assert 'name="date" value="2026-12-04"' in page.text
    assert "A trip." in page.text
    assert 'name="version" value="1"' in page.text
    session.refresh_from_db()
    assert (session.sequence, session.starts_at) == (1, TEN_AM + timedelta(hours=25))
    desk.post(url_of(session, "move/"), moved(date="2026-12-04", version="1"))
    session.refresh_from_db()
    assert (session.sequence, session.starts_at) == (2, TEN_AM + timedelta(hours=49))


def test_a_move_into_another_appointment_is_refused_at_the_field(session, dana, signed_in):
    AppointmentFactory(provider=dana, starts_at=TEN_AM + timedelta(hours=25))
    page = signed_in(dana.user).post(url_of(session, "move/"), moved())
    assert page.status_code == 409
    assert 'id="id_starts_error"' in page.text
    assert "A trip." in page.text
    session.refresh_from_db()
    assert session.starts_at == TEN_AM


def test_a_move_outside_of_the_hours_waits_for_a_yes(session, desk):
    page = desk.post(url_of(session, "move/"), moved(date="2026-12-05"))
    assert page.status_code == 409
    assert "Move it anyway" in page.text
    key = f"{int((TEN_AM + timedelta(hours=73)).timestamp())} 50 virtual"
    desk.post(url_of(session, "move/"), moved(date="2026-12-05", anyway=key))
    session.refresh_from_db()
    assert session.starts_at == TEN_AM + timedelta(hours=73)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"requested_by": ""}, "Choose who asked for it."),
        ({"place": "phone"}, "This page is out of date. Try again."),
        ({"requested_by": "x"}, "Choose who asked for it."),
        ({"minutes": ""}, "Enter the minutes as a number"),
        ({"minutes": "0"}, "A session takes 15 to 180 minutes"),
        ({"reason": "x" * 501}, "Use at most 500 characters"),
        ({"version": ""}, "This page is out of date. Try again."),
    ],
)
def test_what_is_wrong_with_a_move_is_told(session, dana, signed_in, change, words):
    page = signed_in(dana.user).post(url_of(session, "move/"), moved(**change))
    assert page.status_code == 400
    assert words in page.text
    session.refresh_from_db()
    assert session.sequence == 0


def test_a_move_to_where_it_stands_keeps_what_was_typed(session, desk):
    same = moved(date="2026-12-02", starts="10:00")
    page = desk.post(url_of(session, "move/"), same)
    assert page.status_code == 400
    assert "It already has that time, length and place." in page.text
    assert "A trip." in page.text
    assert page.context["form"]["requested_by"].value() == "client"
    session.refresh_from_db()
    assert (session.sequence, session.events.count()) == (0, 1)


def test_the_second_press_of_a_move_says_where_it_is(session, desk):
    desk.post(url_of(session, "move/"), moved())
    page = desk.post(url_of(session, "move/"), moved(), follow=True)
    assert "It was moved already: Thursday, December 3, 11:00 AM" in page.text
    assert session.events.count() == 2


def test_a_move_into_the_buffer_waits_for_a_yes_and_its_own_time_is_no_hindrance(
    session, dana, desk
):
    dana.buffer_minutes = 10
    dana.save()
    later = {"starts_at": TEN_AM + timedelta(hours=2), "ends_at": TEN_AM + timedelta(hours=3)}
    AppointmentFactory(provider=dana, **later)
    near = {"date": "2026-12-02"}
    page = desk.post(url_of(session, "move/"), moved(**near, starts="11:05"))
    assert page.status_code == 409
    expected = (
        "You keep 10 minutes free around appointments, and this is 5 minutes before another one."
    )
    assert expected in page.text
    assert desk.post(url_of(session, "move/"), moved(**near, starts="10:55")).status_code == 302


def test_a_far_day_has_its_year_in_the_history_and_in_the_message(session, desk):
    far = moved(date="2028-12-04", anyway="", starts="10:00")
    page = desk.post(url_of(session, "move/"), far)
    assert "This is more than a year away: Monday, December 4, 2028." in page.text
    page = desk.post(
        url_of(session, "move/"), {**far, "anyway": page.context["form"].key}, follow=True
    )
    assert "It is now Monday, December 4, 2028, 10:00 AM, Pacific Time." in page.text
    words = "from Wednesday, December 2, 10:00 AM to Monday, December 4, 2028, 10:00 AM, as Jordan"
    assert words in page.text


def test_the_second_of_two_equal_hours_stays_the_second(monday, session, dana, signed_in):
    second = datetime(2027, 11, 7, 9, 30, tzinfo=UTC)  # the second 1:30 AM that night
    scheduling.reschedule(
        session,
        by=dana.user,
        starts_at=second,
        minutes=50,
        place="virtual",
        sequence=0,
        requested_by="provider",
        anyway=True,
    )
    page = signed_in(dana.user).get(url_of(session, "move/"))
    assert 'name="which" value="1"' in page.text
    assert page.context["form"].initial["which"] == "1"


def test_a_get_changes_nothing(session, desk):
    for path in ("move/", "cancel/", "outcome/", "link/"):
        assert desk.get(url_of(session, path)).status_code == 200
    session.refresh_from_db()
    assert (session.status, session.sequence, session.events.count()) == ("scheduled", 0, 1)


@pytest.mark.parametrize("path", ["move/", "cancel/", "link/"])
def test_what_is_canceled_stays_as_it_is(session, dana, signed_in, path):
    scheduling.cancel(session, by=dana.user)
    page = signed_in(dana.user).post(
        url_of(session, path), moved(link="https://video.example.com/x"), follow=True
    )
    assert "This appointment can’t be changed anymore." in page.text
    assert session.events.count() == 2


def test_a_canceled_follow_up_is_not_the_clients_to_book_again(session, dana, jordan, signed_in):
    scheduling.cancel(session, by=dana.user)
    page = signed_in(jordan).get(session.get_absolute_url())
    assert "Dana schedules your sessions" in page.text
    assert "Book with Dana again" not in page.text


def test_a_cancel_page_that_went_stale_cancels_no_other_time(session, desk):
    desk.post(url_of(session, "move/"), moved())
    data = {"requested_by": "provider", "version": "0", "reason": "A cold."}
    page = desk.post(url_of(session, "cancel/"), data)
    assert page.status_code == 409
    assert "A cold." in page.text
    assert 'name="version" value="1"' in page.text
    assert not Appointment.objects.get(pk=session.pk).is_canceled
    desk.post(url_of(session, "cancel/"), {**data, "version": "1"})
    assert Appointment.objects.get(pk=session.pk).is_canceled


@pytest.mark.parametrize(
    ("when", "field", "words"),
    [
        (("2026-11-29", "10:00"), "date", "This date has passed."),
        (("2025-12-03", "10:00"), "date", "This date has passed."),
        (("2026-11-30", "07:00"), "starts", "This time has passed."),
    ],
)
def test_what_has_passed_is_told_at_the_date_or_at_the_time(session, desk, when, field, words):
    chosen = dict(zip(("date", "starts"), when, strict=True))
    pages = [
        desk.post(url_of(session, "move/"), moved(**chosen)),
        desk.post(url_to_schedule(session.relationship), planned(**chosen)),
    ]
    for page in pages:
        assert page.status_code == 400
        assert list(page.context["form"].errors) == [field]
        assert words in page.text


@pytest.mark.parametrize("path", ["move/", "cancel/"])
def test_what_is_over_is_neither_moved_nor_canceled(monday, session, dana, signed_in, path):
    monday.move_to(session.ends_at)
    page = signed_in(dana.user).get(url_of(session, path), follow=True)
    assert page.request["PATH_INFO"] == url_of(session)
    assert [message.level_tag for message in page.context["messages"]] == ["error"]


def test_the_history_says_from_what_to_what(session, dana, jordan, signed_in, monday):
    dana.office_address = "1 Main Street"
    dana.save()
    dana.working_hours.update(place="both")
    person = signed_in(dana.user)
    stays = {"date": "2026-12-02", "starts": "10:00", "requested_by": "provider", "reason": ""}
    person.post(url_of(session, "move/"), moved(**stays, place="in_person"))
    person.post(url_of(session, "move/"), moved(version="1", minutes="60", place="in_person"))
    person.post(url_of(session, "move/"), moved(**stays, version="2", minutes="60"))
    page = person.get(url_of(session)).text
    assert "You changed the place from virtual to in person." in page
    there, here = "Wednesday, December 2, 10:00 AM", "Thursday, December 3, 11:00 AM"
    both = f"You moved it from {there} to {here}, and from 50 to 60 minutes, as Jordan asked."
    assert both in page
    assert f"You moved it from {here} to {there}, and from in person to virtual." in page


@pytest.mark.parametrize("word", ["", "x", "-1", "9" * 30, "9" * 5000, "1\x00"])
def test_a_damaged_page_is_told_and_the_next_try_works(session, desk, word):
    for path in ("move/", "cancel/"):
        page = desk.post(url_of(session, path), moved(version=word))
        assert page.status_code == 400
        assert page.text.count("This page is out of date. Try again.") == 1
        assert 'type="hidden" name="version" value="0"' in page.text
        assert "A trip." in page.text
    session.refresh_from_db()
    assert (session.sequence, session.status) == (0, "scheduled")


@pytest.mark.parametrize("word", ["x", "2", "9" * 30])
def test_an_answer_that_nobody_asked_for_changes_nothing(session, desk, word):
    desk.post(url_of(session, "move/"), moved(which=word))
    session.refresh_from_db()
    assert session.starts_at == TEN_AM + timedelta(hours=25)


def test_one_appointment_changes_twenty_times_a_day_at_most(monday, session, dana, signed_in):
    person = signed_in(dana.user)
    for n in range(20):
        again = moved(version=str(n), minutes=str(30 + n))
        assert person.post(url_of(session, "move/"), again).status_code == 302
    page = person.post(url_of(session, "move/"), moved(version="20", minutes="60"))
    assert page.status_code == 429
    assert "This appointment has been changed many times in a day." in page.text
    assert "A trip." in page.text
    link = {"link": "https://clinic.example.com/r/1", "instructions": "Ring."}
    page = person.post(url_of(session, "link/"), link)
    assert page.status_code == 429
    assert "Ring." in page.text
    assert session.events.count() == 21
    monday.shift(timedelta(days=1, seconds=1))
    person = signed_in(dana.user)
    assert person.post(url_of(session, "link/"), link).status_code == 302


def test_many_changes_never_hold_up_canceling(monday, session, dana, signed_in):
    person = signed_in(dana.user)
    for n in range(20):
        person.post(url_of(session, "move/"), moved(version=str(n), minutes=str(30 + n)))
    person.post(url_of(session, "cancel/"), {"requested_by": "client", "version": "20"})
    session.refresh_from_db()
    assert session.is_canceled


def test_nobody_learns_a_clients_week_by_trying_it(monday, session, marcus, desk):
    busy = TEN_AM + timedelta(days=2)
    AppointmentFactory(provider=marcus, client=session.client, starts_at=busy)
    url = url_to_schedule(session.relationship)
    pages = [desk.post(url, planned()) for _ in range(91)]
    assert [page.status_code for page in pages] == [409] * 90 + [429]
    assert "ask your client when they’re free" in pages[-1].text
    assert 'value="2026-12-04"' in pages[-1].text
    assert desk.post(url_of(session, "move/"), moved()).status_code == 429
    monday.shift(timedelta(minutes=59))
    assert desk.post(url, planned()).status_code == 429
    monday.shift(timedelta(minutes=1))
    assert desk.post(url, planned(starts="11:00")).status_code == 302


def test_a_page_that_scheduled_already_says_what(session, dana, desk):
    url = url_to_schedule(session.relationship)
    form = planned()
    page = desk.post(url, form, follow=True)
    assert "Scheduled: Friday, December 4, 10:00 AM, Pacific Time. We’re emailing" in page.text
    page = desk.post(url, form, follow=True)
    assert "Scheduled: Friday, December 4" in page.text
    page = desk.post(url, {**form, "starts": "11:00"}, follow=True)
    already = "This was scheduled already: Friday, December 4, 10:00 AM, Pacific Time."
    assert f"{already} To change it, move it." in page.text
    assert "We’re emailing both of you" not in page.text
    made = Appointment.objects.exclude(pk=session.pk).get()
    scheduling.cancel(made, by=dana.user)
    page = desk.post(url, form, follow=True)
    assert "This was scheduled and then canceled" in page.text
    assert Appointment.objects.count() == 2


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("?date=2026-12-03&starts=14:30", ["2026-12-03", "14:30"]),
        ("?date=2026-02-30&starts=25:00", []),
        ("?date=x&starts=14", []),
    ],
)
def test_the_calendar_may_ask_for_a_day_and_a_time(session, dana, signed_in, query, shown):
    page = signed_in(dana.user).get(url_to_schedule(session.relationship) + query)
    assert re.findall(r'type="(?:date|time)"[^>]* value="([^"]*)"', page.text) == shown


def test_both_sides_find_the_way_to_messages(monday, session, dana, jordan, signed_in):
    link = f'href="/messages/{session.relationship.uuid}/#write"'
    assert link in signed_in(dana.user).get(url_of(session)).text
    jordans = signed_in(jordan)
    page = jordans.get(session.get_absolute_url()).text
    for words in ("Only Dana can let you in:", "how to join:"):
        assert page.split(words)[1].lstrip().startswith(f"<a {link}>message Dana</a>, or call"), (
            words
        )
    assert link in jordans.get(f"{session.get_absolute_url()}cancel/").text
