"""What a client reads about their appointment: moved, canceled, how it went; who and when."""

from datetime import timedelta

import pytest

from booking.appointments import scheduling
from booking.models import Appointment
from booking.tests.factories import AppointmentFactory
from booking.tests.steps import TEN_AM, moved, url_of, words_of

WAS, IS = "Wednesday, December 2, 10:00 AM", "Thursday, December 3, 11:00 AM"
NOW = "Monday, November 30, 8:00 AM"  # these tests' frozen clock
FOR_DANA = "For Dana, it’s Wednesday, December 2, 10:00 AM, Pacific Time."
DANA_CANCELED, JORDAN_CANCELED = "Dana canceled this session", "You canceled this phone call"


@pytest.fixture
def read(jordan, signed_in):
    """`read(appointment)` is what Jordan reads on its page."""
    return lambda made: words_of(signed_in(jordan).get(made.get_absolute_url()))


def test_a_move_says_what_it_was_who_moved_it_and_when(session, desk, read):
    assert f"You scheduled it for {WAS}. {NOW}." in read(session)
    desk.post(url_of(session, "move/"), moved())
    page = read(session)
    assert "Your session was moved Thursday, December 3" in page
    assert f"It was {WAS}. Dana moved it on {NOW}, as you asked." in page
    assert f"Dana moved it from {WAS} to {IS}, as you asked. {NOW}." in page
    assert "Now We’re emailing you the new time" in page
    assert "A trip." not in page  # the form promised that only Dana reads it


def test_another_length_is_a_change_and_no_move(session, desk, read):
    desk.post(
        url_of(session, "move/"),
        moved(date="2026-12-02", starts="10:00", minutes="60", requested_by="provider"),
    )
    page = read(session)
    assert "Your session was changed" in page
    assert f"It was 50 minutes. Dana changed it on {NOW}." in page
    assert "Dana changed the length from 50 to 60 minutes." in page
    assert "Now We’re emailing you about the change" in page


def test_the_list_marks_what_was_moved_while_that_is_news(monday, session, desk, jordan, signed_in):
    def listed():
        return words_of(signed_in(jordan).get("/appointments/"))

    assert "Moved" not in listed()
    desk.post(url_of(session, "move/"), moved(date="2026-12-11"))
    assert "virtual Moved" in listed()
    monday.shift(timedelta(days=8))
    assert "Moved" not in listed()


@pytest.mark.parametrize(
    ("requested_by", "expected", "owes"),
    [
        ("provider", f"Canceled on {NOW}. ", True),
        ("client", f"Canceled on {NOW}, as you asked. ", False),
    ],
)
def test_a_cancellation_says_who_canceled_for_whom_and_when(
    session, desk, jordan, read, mailbox, requested_by, expected, owes
):
    desk.post(
        url_of(session, "cancel/"),
        {"requested_by": requested_by, "reason": "My car.", "version": 0},
    )
    page = read(session)
    assert DANA_CANCELED in page
    assert expected in page
    assert ("you don’t owe anything" in page) == owes
    assert "My car." not in page
    mail = mailbox.to(jordan.email)[-1]
    first = mail.body.split("\n")[0]
    asked = "Your appointment is canceled, as you asked"
    assert first == ("Your provider canceled your appointment" if owes else asked)
    for secret in ("Dana", "session", "car", "owe"):
        assert secret not in mail.body, secret


def test_who_canceled_themselves_reads_so_with_their_reason(call, jordan, signed_in, read, mailbox):
    signed_in(jordan).post(
        f"{call.get_absolute_url()}cancel/", {"version": "0", "reason": "A cold."}
    )
    page = read(call)
    assert JORDAN_CANCELED in page
    assert f"You canceled it. {NOW}. “A cold.”" in page
    assert "owe" not in page
    assert mailbox.to(jordan.email)[-1].body.startswith("You canceled your appointment\n")


def test_a_waived_fee_and_a_changed_link_are_told(monday, session, dana, desk, read):
    link = {"link": "https://clinic.example.com/1", "instructions": "Ring."}
    desk.post(url_of(session, "link/"), link)
    assert "Dana changed the link or instructions." in read(session)
    monday.move_to(TEN_AM - timedelta(hours=3))
    scheduling.cancel(session, by=dana.user, requested_by="client")
    scheduling.waive_fee(session, by=dana.user)
    page = read(session)
    assert "Dana canceled it, as you asked." in page
    assert "Dana waived the late fee." in page


def test_a_client_learns_of_an_outcome_whether_it_took_place(monday, call, dana, signed_in, read):
    monday.move_to(call.ends_at)
    desk = signed_in(dana.user)
    for outcome in ("not_reached", "continue", "not_a_fit", "continue"):
        desk.post(url_of(call, "outcome/"), {"outcome": outcome})
    page = read(call)
    assert "How it went: Missed." in page
    assert page.count("Corrected to") == 1
    assert "Corrected to: Completed." in page
    assert "fit" not in page
    assert "Corrected to: Not a fit." in words_of(desk.get(url_of(call)))


def test_the_other_zone_names_its_day_where_that_is_another(session, jordan, desk, read):
    jordan.time_zone = "Australia/Lord_Howe"
    jordan.save()
    assert FOR_DANA in read(session)
    page = words_of(desk.get(url_of(session)))
    assert "For Jordan, it’s Thursday, December 3, 5:00 AM, " in page


def test_a_day_apart_is_said_though_the_clocks_show_the_same(session, dana, jordan, read):
    dana.time_zone, jordan.time_zone = "Pacific/Honolulu", "Pacific/Kiritimati"
    dana.save()
    jordan.save()
    assert "For Dana, it’s Wednesday, December 2, 8:00 AM, Hawaii Time." in read(session)


def test_tomorrow_is_the_readers_and_no_mail_says_so(monday, dana, jordan, signed_in, mailbox):
    jordan.time_zone = "America/New_York"
    jordan.save()
    late = TEN_AM - timedelta(hours=34, minutes=30)  # Monday, 11:30 PM where Dana is
    monday.shift(timedelta(hours=9))  # Monday, 5 PM there, and Tuesday in UTC
    call = AppointmentFactory(provider=dana, client=jordan, starts_at=late)
    jordans, desk = signed_in(jordan), signed_in(dana.user)
    for address in (call.get_absolute_url(), "/appointments/", dana.get_absolute_url()):
        assert "Tomorrow, December 1" in words_of(jordans.get(address))
    page = words_of(jordans.get(call.get_absolute_url()))
    assert "For Dana, it’s Monday, November 30, 11:30 PM, Pacific Time." in page
    assert "You scheduled it for Tuesday, December 1, 2:30 AM." in page  # the history stays true
    page = words_of(desk.get(url_of(call)))
    assert "Today, November 30" in page
    assert "For Jordan, it’s Tuesday, December 1, 2:30 AM, Eastern Time." in page
    scheduling.cancel(call, by=jordan)
    assert "Tuesday, December 1" in mailbox.to(jordan.email)[-1].body


def test_what_was_canceled_ahead_of_its_time_stands_apart(monday, call, jordan, signed_in):
    scheduling.cancel(call, by=jordan)
    page = signed_in(jordan).get("/appointments/").text
    assert ">Canceled</h2>" in page
    assert ">Past</h2>" not in page
    monday.move_to(TEN_AM)
    page = signed_in(jordan).get("/appointments/").text
    assert ">Canceled</h2>" not in page
    assert ">Past</h2>" in page


def test_a_canceled_call_says_nothing_of_how_it_would_have_been(monday, call, jordan, read):
    scheduling.cancel(call, by=jordan)
    page = read(call)
    assert "By phoneCanceled" in page
    assert "others can book this time now" in page
    for stale in ("The call will", "oicemail", "how to join"):
        assert stale not in page, stale
    monday.move_to(TEN_AM + timedelta(days=7))
    page = read(call)
    for stale in ("others can book this time", "reminders", "For Dana, it’s"):
        assert stale not in page, stale


@pytest.mark.parametrize("status", ["completed", "no_show", "scheduled"])
def test_what_is_over_says_nothing_in_the_present_tense(monday, call, read, status):
    Appointment.objects.filter(pk=call.pk).update(status=status)
    monday.move_to(call.ends_at)
    page = read(call)
    expected = {"completed": "Completed", "no_show": "Missed", "scheduled": "Over"}
    assert f"By phone{expected[status]} " in page
    for stale in ("Dana calls", "The call will", "oicemail", "how to join", "Cancel this"):
        assert stale not in page, stale
