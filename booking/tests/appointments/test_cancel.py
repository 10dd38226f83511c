"""A client cancels a first visit."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

from icalendar import Calendar

from accounts.models import Notification
from booking.appointments.recording import record
from booking.models import Appointment, AppointmentEvent
from booking.tests.factories import AppointmentFactory, FollowUpFactory
from booking.tests.steps import answers, details_url, first_start


def booked(provider, client, **changes):
    """Book by the form; returns the appointment's address."""
    return client.post(details_url(provider), answers(provider, **changes)).url


def test_canceling_frees_the_time_and_tells_both(dana, jordan, signed_in, visitor, mailbox):
    jordans = signed_in(jordan)
    start = first_start(dana) + 2 * 86400
    url = booked(dana, jordans, at=start)
    assert len(mailbox) == 2
    page = jordans.post(f"{url}cancel/", {"version": "0", "reason": "A cold."}, follow=True)
    assert "You canceled this phone call" in page.text
    appointment = Appointment.objects.get()
    assert (appointment.status, appointment.sequence) == ("canceled", 1)
    assert AppointmentEvent.objects.get(what="canceled").reason == "A cold."
    assert f'value="{start}"' in visitor.get(dana.booking_url, {"week": "2026-11-30"}).text
    subjects = {(mail.to[0], mail.subject) for mail in mailbox[2:]}
    assert subjects == {
        (jordan.email, "Your appointment is canceled"),
        (dana.user.email, "An appointment was canceled"),
    }
    calendar = Calendar.from_ical(mailbox[2].attachments[0].content)
    (event,) = calendar.walk("VEVENT")
    assert calendar["METHOD"] == "CANCEL"
    assert (event["UID"], event["SEQUENCE"]) == (f"{appointment.uuid}@headway", 1)
    assert event["STATUS"] == "CANCELLED"


def test_no_reminder_goes_out_for_what_was_canceled(monday, dana, jordan, signed_in, mailbox):
    jordans = signed_in(jordan)
    url = booked(dana, jordans, at=first_start(dana) + 2 * 86400)
    jordans.post(f"{url}cancel/", {"version": "0"})
    sent = len(mailbox)
    monday.shift(timedelta(days=3))
    assert len(mailbox) == sent
    owed = Notification.objects.filter(kind__contains="reminder")
    assert {each.state for each in owed} == {"dropped"}


def test_canceling_twice_changes_nothing_more(dana, jordan, signed_in, mailbox):
    jordans = signed_in(jordan)
    url = booked(dana, jordans)
    jordans.post(f"{url}cancel/", {"version": "0"})
    assert jordans.post(f"{url}cancel/", {"version": "0"}).status_code == 302
    assert Appointment.objects.get().sequence == 1
    assert len(mailbox) == 2  # the booking's own mails had not gone out yet, and now won't


def test_a_page_that_went_stale_cancels_no_other_time(dana, jordan, signed_in):
    jordans = signed_in(jordan)
    url = booked(dana, jordans)
    assert '<input type="hidden" name="version" value="0"' in jordans.get(f"{url}cancel/").text
    Appointment.objects.update(sequence=1)
    page = jordans.post(f"{url}cancel/", {"version": "0"}, follow=True)
    assert "changed after you opened this page" in page.text
    assert not Appointment.objects.get().is_canceled
    for sent in ({"version": "x"}, {"version": ""}, {}):
        page = jordans.post(f"{url}cancel/", {**sent, "reason": "A cold."})
        assert page.status_code == 400
        assert "A cold." in page.text
        assert 'name="version" value="1"' in page.text
        assert not Appointment.objects.get().is_canceled
    jordans.post(f"{url}cancel/", {"version": "1"})
    assert Appointment.objects.get().is_canceled


def test_a_get_cancels_nothing(dana, jordan, signed_in):
    jordans = signed_in(jordan)
    url = booked(dana, jordans)
    page = jordans.get(f"{url}cancel/")
    assert "Cancel this phone call?" in page.text
    assert not Appointment.objects.get().is_canceled


def test_the_providers_window_is_told_before_it_bites(monday, marcus, jordan, signed_in):
    jordans = signed_in(jordan)
    url = booked(marcus, jordans, at=first_start(marcus) + 2 * 86400)
    in_time = "Free to cancel until tomorrow, December 1, 10:00 AM, Pacific Time."
    assert in_time in jordans.get(f"{url}cancel/").text
    monday.shift(timedelta(days=1, hours=12))
    page = signed_in(jordan).get(f"{url}cancel/")
    assert "Canceling now counts as late: Marcus asks for 24 hours’ notice." in page.text
    assert "To move it, don’t cancel." in page.text
    assert "A late cancellation costs $90." in page.text


def test_what_has_started_is_not_canceled(monday, dana, jordan, signed_in):
    jordans = signed_in(jordan)
    url = booked(dana, jordans)
    monday.move_to(Appointment.objects.get().starts_at)
    page = signed_in(jordan).post(f"{url}cancel/", {"version": "0"}, follow=True)
    assert "You can’t cancel this appointment here anymore." in page.text
    assert not Appointment.objects.get().is_canceled


def test_a_follow_up_is_not_the_clients_to_cancel(dana, jordan, signed_in):
    made = FollowUpFactory(provider=dana, client=jordan)
    page = signed_in(jordan).post(
        f"{made.get_absolute_url()}cancel/", {"version": "0"}, follow=True
    )
    assert [message.level_tag for message in page.context["messages"]] == ["error"]
    made.refresh_from_db()
    assert not made.is_canceled


def test_who_canceled_before_it_began_may_book_again(dana, jordan, signed_in):
    jordans = signed_in(jordan)
    url = booked(dana, jordans)
    jordans.post(f"{url}cancel/", {"version": "0"})
    again = booked(dana, jordans, uuid="5a0e31f5-0b0c-4a0e-8f0a-6f1a3f7b9c02")
    assert again != url
    assert Appointment.objects.not_canceled().count() == 1


def test_what_was_canceled_after_it_began_binds(dana, jordan, signed_in):
    made = AppointmentFactory(
        provider=dana,
        client=jordan,
        status="canceled",
        starts_at=datetime(2026, 11, 2, 18, tzinfo=UTC),
    )
    record(made, "canceled", by=dana.user, at=made.starts_at)
    assert signed_in(jordan).post(details_url(dana), answers(dana)).status_code == 403


def test_too_long_a_reason_is_told_and_kept(dana, jordan, signed_in):
    jordans = signed_in(jordan)
    url = booked(dana, jordans)
    page = jordans.post(f"{url}cancel/", {"reason": "x" * 501})
    assert "x" * 501 in page.text
    assert not Appointment.objects.get().is_canceled


def test_nobody_books_and_cancels_without_end(dana, jordan, signed_in):
    jordans = signed_in(jordan)
    for _ in range(10):
        page = jordans.post(details_url(dana), answers(dana, uuid=str(uuid4())))
        jordans.post(f"{page.url}cancel/", {"version": "0"})
    page = jordans.post(details_url(dana), answers(dana, uuid=str(uuid4())))
    assert page.status_code == 429
    assert "many first visits" in page.text
    assert not Appointment.objects.not_canceled().exists()
