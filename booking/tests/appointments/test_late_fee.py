"""A late cancellation: what it means, who hears about it, and how the provider waives the fee."""

from datetime import timedelta

import pytest

from accounts.models import AccessEvent
from booking.appointments import scheduling
from booking.models import Coverage
from booking.tests.factories import AppointmentFactory, FollowUpFactory
from booking.tests.steps import TEN_AM, url_of

RULE = "A late cancellation costs $90."
WAIVED = "waived the fee. There’s nothing to pay."
BUTTON = "Waive the late fee"


@pytest.fixture
def late(monday, dana):
    """It's three hours before the session, and Dana has a policy on late cancellations."""
    dana.late_cancellation = RULE
    dana.save()
    monday.move_to(TEN_AM - timedelta(hours=3))


def waive(appointment, person):
    return person.post(url_of(appointment, "waive-fee/"), follow=True)


def test_canceling_says_for_whom_and_may_waive_the_fee(
    late, session, dana, jordan, signed_in, mailbox
):
    person = signed_in(dana.user)
    form = person.get(url_of(session, "cancel/")).text
    assert "You ask for 24 hours’ notice, and this is less than that." in form
    assert RULE in form
    data = {"requested_by": "client", "reason": "Ill.", "waive_fee": "on", "version": 0}
    page = person.post(url_of(session, "cancel/"), data, follow=True)
    assert "You canceled it, as Jordan asked, and waived the late fee." in page.text
    assert "Canceled late" not in page.text
    assert BUTTON not in page.text
    event = session.events.last()
    assert (event.on_behalf_of, event.reason, event.fee_waived) == ("client", "Ill.", True)
    assert mailbox.to(jordan.email)[-1].subject == "Your appointment is canceled"
    assert mailbox.to(dana.user.email)[-1].subject == "You canceled an appointment"
    page = signed_in(jordan).get(session.get_absolute_url()).text
    assert RULE not in page
    assert f"Dana {WAIVED}" in page


def test_a_late_cancellation_counts_against_the_client_alone(
    late, session, dana, jordan, signed_in
):
    data = {"requested_by": "provider", "waive_fee": "on", "version": 0}
    page = signed_in(dana.user).post(url_of(session, "cancel/"), data, follow=True)
    assert "You canceled it." in page.text
    assert BUTTON not in page.text
    event = session.events.last()
    assert (event.late, event.fee_waived) == (False, False)
    page = signed_in(jordan).get(session.get_absolute_url()).text
    assert RULE not in page
    assert "waived" not in page


def test_in_time_there_is_nothing_to_waive(session, desk):
    page = desk.get(url_of(session, "cancel/"))
    assert "this isn’t a late cancellation" in page.text
    assert "waive" not in page.text
    page = desk.post(url_of(session, "cancel/"), {"reason": "Why not."})
    assert page.status_code == 400
    assert "Choose who asked for it." in page.text
    assert "Why not." in page.text


def test_the_provider_waives_afterwards_what_the_client_canceled_late(
    monday, first_session, marcus, jordan, signed_in, mailbox
):
    monday.move_to(TEN_AM - timedelta(hours=3))
    scheduling.cancel(first_session, by=jordan)
    jordans, person = signed_in(jordan), signed_in(marcus.user)
    assert marcus.late_cancellation in jordans.get(first_session.get_absolute_url()).text
    page = person.get(url_of(first_session))
    assert "Canceled late" in page.text
    assert BUTTON in page.text
    sent = len(mailbox.to(jordan.email))
    page = waive(first_session, person)
    assert "The late fee is waived. Jordan sees it on their page." in page.text
    assert "You waived the late fee." in page.text
    assert "Canceled late" not in page.text
    assert BUTTON not in page.text
    (mail,) = mailbox.to(jordan.email)[sent:]
    assert mail.subject == "News about your appointment"
    assert "Wednesday, December 2\n10:00 to 10:50 AM, Pacific Time" in mail.body
    assert "there’s nothing you need to do" in mail.body
    for secret in ("Marcus", "fee ", "waived", "$", "session"):  # an address may have "fee"
        assert secret not in mail.body, secret
    page = jordans.get(first_session.get_absolute_url()).text
    assert f"Marcus {WAIVED}" in page
    assert marcus.late_cancellation not in page
    assert AccessEvent.objects.filter(what="late fee waived", subject=jordan).count() == 1


def test_waiving_twice_tells_once(late, session, dana, jordan, signed_in, mailbox):
    scheduling.cancel(session, by=dana.user, requested_by="client")
    person = signed_in(dana.user)
    for _ in range(2):
        waive(session, person)
    assert [event.what for event in session.events.all()][1:] == ["canceled", "fee_waived"]
    subjects = [mail.subject for mail in mailbox.to(jordan.email)]
    assert subjects.count("News about your appointment") == 1


@pytest.mark.parametrize("state", ["scheduled", "in time", "by the provider"])
def test_where_nobody_owes_anything_nothing_is_waived(
    monday, session, dana, signed_in, mailbox, state
):
    if state != "in time":
        monday.move_to(TEN_AM - timedelta(hours=3))
    if state != "scheduled":
        by = "client" if state == "in time" else "provider"
        scheduling.cancel(session, by=dana.user, requested_by=by, waive_fee=True)
    events, sent = session.events.count(), len(mailbox)
    page = waive(session, signed_in(dana.user))
    assert [message.level_tag for message in page.context["messages"]] == ["error"]
    assert "waived the late fee" not in page.text
    assert (session.events.count(), len(mailbox)) == (events, sent)


def test_a_get_waives_nothing(late, session, dana, signed_in):
    scheduling.cancel(session, by=dana.user, requested_by="client")
    answer = signed_in(dana.user).get(url_of(session, "waive-fee/"))
    assert (answer.status_code, answer["Allow"]) == (405, "POST")
    session.refresh_from_db()
    assert session.late_fee() == "due"


def test_a_longer_window_makes_nobody_late_afterwards(monday, session, dana, jordan, signed_in):
    monday.move_to(TEN_AM - timedelta(hours=30))
    scheduling.cancel(session, by=dana.user, requested_by="client")
    dana.cancellation_window_hours, dana.late_cancellation = 48, RULE
    dana.save()
    assert RULE not in signed_in(jordan).get(session.get_absolute_url()).text
    assert BUTTON not in signed_in(dana.user).get(url_of(session)).text


def test_a_call_is_never_late(monday, call, dana, jordan, signed_in):
    monday.move_to(TEN_AM - timedelta(minutes=10))
    scheduling.cancel(call, by=jordan)
    assert "late" not in signed_in(jordan).get(call.get_absolute_url()).text.split("<aside")[0]
    assert BUTTON not in signed_in(dana.user).get(url_of(call)).text


def test_what_is_canceled_shows_no_price(monday, first_session, marcus, jordan, plan, signed_in):
    Coverage.objects.create(
        relationship=first_session.relationship, kind="plan", plan=plan, copay=25
    )
    jordans = signed_in(jordan)
    assert "about $25 a session" in jordans.get(first_session.get_absolute_url()).text
    scheduling.cancel(first_session, by=jordan)
    page = jordans.get(first_session.get_absolute_url()).text
    assert "$25" not in page
    assert "Estimate" not in page


def test_who_canceled_all_may_book_again_or_look_elsewhere(
    monday, first_session, marcus, jordan, signed_in
):
    scheduling.cancel(first_session, by=jordan)
    page = signed_in(jordan).get(first_session.get_absolute_url()).text
    assert "Book with Marcus again" in page
    assert "Find someone else" in page
    marcus.accepting_new_clients = False
    marcus.save()
    page = signed_in(jordan).get(first_session.get_absolute_url()).text
    assert "Book with Marcus again" not in page
    assert "Find someone else" in page


def test_who_goes_on_with_a_provider_is_not_sent_elsewhere(
    monday, first_session, marcus, jordan, signed_in
):
    later = FollowUpFactory(provider=marcus, client=jordan, starts_at=TEN_AM + timedelta(days=7))
    scheduling.cancel(first_session, by=jordan)
    for canceled in (first_session, later):
        if canceled == later:
            AppointmentFactory(
                provider=marcus,
                client=jordan,
                status="completed",
                starts_at=TEN_AM - timedelta(days=20),
            )
            scheduling.cancel(later, by=marcus.user)
        page = signed_in(jordan).get(canceled.get_absolute_url()).text
        assert "Find someone else" not in page
        assert "Book with Marcus again" not in page
        assert "Marcus schedules your sessions" in page
        assert f"/messages/{canceled.relationship.uuid}/" in page
