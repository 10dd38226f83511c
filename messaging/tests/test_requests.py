"""Asking to move or cancel an appointment, and the provider's answers."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from accounts import outbox
from booking.appointments import scheduling
from booking.models import Appointment
from booking.tests.factories import AppointmentFactory
from booking.tests.steps import words_of
from messaging.models import ChangeRequest, Conversation, Message
from messaging.tests.steps import others


@pytest.fixture
def ask_page(pair, session):
    return f"/messages/{pair.uuid}/ask/?appointment={session.uuid}"


def asked(session, **changes):
    data = {
        "uuid": str(uuid4()),
        "version": session.sequence,
        "wants": "move",
        "words": "My shift.",
    }
    return data | changes


def wish(session, **later):
    return int((session.starts_at + timedelta(**later)).timestamp())


@pytest.fixture
def request_to_move(jordan, ask_page, session):
    """Jordan would like the session an hour or a day later."""
    wishes = [wish(session, hours=1), wish(session, days=1)]
    answer = jordan.post(ask_page, asked(session, wishes=wishes))
    assert answer.status_code == 302, answer.text
    return ChangeRequest.objects.get()


def url_of(request, verb):
    return f"/messages/requests/{request.message.uuid}/{verb}/"


def test_a_client_asks_to_move_and_both_see_the_card(jordan, dana, url, ask_page, session):
    answer = jordan.post(ask_page, asked(session, wishes=[wish(session, hours=1)]), follow=True)
    made = ChangeRequest.objects.get()
    assert answer.redirect_chain[-1][0] == f"{url}#message-{made.message.uuid}"
    mine, theirs = words_of(answer), words_of(dana.get(url))
    assert "You asked to move a session Waiting for Dana" in mine
    assert "Jordan asks to move a session Waiting for you" in theirs
    assert "Thursday, December 3, 10:00 AM" in theirs
    assert "Thursday, December 3, 11:00 AM" in theirs
    assert "My shift." in theirs
    session.refresh_from_db()
    assert session.sequence == 0


def test_one_press_moves_it_to_a_wish_and_the_card_says_so(
    dana, jordan, url, request_to_move, session, mailbox
):
    start = wish(session, days=1)
    answer = dana.post(url_of(request_to_move, "move"), {"at": start}, follow=True)
    session.refresh_from_db()
    assert session.starts_at.timestamp() == start
    event = session.events.latest("pk")
    assert (event.by, event.on_behalf_of) == (session.provider.user, "client")
    for words in (words_of(answer), words_of(jordan.get(url))):
        assert "Done Thursday, December 3, 10:00 AM" in words
        assert "Moved to Friday, December 4, 10:00 AM." in words


def test_moved_elsewhere_it_is_done_and_no_press_moves_it_again(dana, request_to_move, session):
    later = session.starts_at + timedelta(days=4)
    scheduling.reschedule(
        session, by=session.provider.user, starts_at=later, minutes=50, place="virtual",
        sequence=0, requested_by="provider",
    )  # fmt: skip
    answer = dana.post(url_of(request_to_move, "move"), {"at": wish(session)}, follow=True)
    assert "This request isn’t open anymore." in answer.text
    assert "Moved to Monday, December 7, 10:00 AM." in words_of(answer)
    session.refresh_from_db()
    assert session.starts_at == later


@pytest.mark.parametrize("verb", ["move", "cancel", "decline", "withdraw"])
def test_only_the_one_it_is_up_to_can_answer(
    verb, request_to_move, signed_in, dana, jordan, session, pair
):
    address, data = url_of(request_to_move, verb), {"at": wish(session), "words": "No."}
    strangers = {name: signed_in(user) for name, user in others().items()}
    strangers["the other one"] = dana if verb == "withdraw" else jordan
    for name, person in strangers.items():
        for method in (person.get, person.post, person.head):
            assert method(address, data).status_code == 404, name
    request_to_move.refresh_from_db()
    assert not (request_to_move.withdrawn_at or request_to_move.declined_at)


def test_declined_with_a_sentence(dana, jordan, url, request_to_move):
    ask_page = dana.get(url_of(request_to_move, "decline"))
    assert "it stays as it is" in ask_page.text
    empty = dana.post(url_of(request_to_move, "decline"), {"uuid": str(uuid4()), "words": " "})
    assert empty.status_code == 400
    assert "Write a sentence that says why." in empty.text
    said = {"uuid": str(uuid4()), "words": "I’m away that week."}
    dana.post(url_of(request_to_move, "decline"), said)
    dana.post(url_of(request_to_move, "decline"), {**said, "uuid": str(uuid4())})
    words = words_of(jordan.get(url))
    assert "You asked to move a session Declined" in words
    assert words.count("I’m away that week.") == 2  # in the list, and in the conversation


def test_withdrawn_then_asked_again(dana, jordan, url, ask_page, request_to_move, session):
    twice = jordan.post(ask_page, asked(session, wishes=[wish(session, hours=2)]))
    assert twice.status_code == 409 or "already asked" in twice.text
    jordan.post(url_of(request_to_move, "withdraw"))
    assert "asks to move a session Withdrawn" in words_of(dana.get(url))
    answer = dana.post(url_of(request_to_move, "move"), {"at": wish(session, days=1)}, follow=True)
    assert "This request isn’t open anymore." in answer.text
    again = jordan.post(ask_page, asked(session, wishes=[wish(session, hours=2)]))
    assert again.status_code == 302
    assert ChangeRequest.objects.count() == 2


def test_a_repeat_of_the_same_form_is_one_request(jordan, ask_page, session):
    form = asked(session, wishes=[wish(session, hours=1)])
    first, second = (jordan.post(ask_page, form) for _ in range(2))
    assert first.url == second.url
    assert ChangeRequest.objects.count() == Message.objects.count() == 1


def test_canceled_as_asked_counts_as_late_only_if_they_asked_late(
    jordan, signed_in, ask_page, session, time_machine
):
    session.provider.cancellation_window_hours = 24
    session.provider.save()
    jordan.post(ask_page, asked(session, wants="cancel"))
    time_machine.move_to(session.starts_at - timedelta(hours=2))
    dana = signed_in(session.provider.user)
    dana.post(url_of(ChangeRequest.objects.get(), "cancel"))
    session.refresh_from_db()
    assert session.is_canceled
    assert session.late_fee() == ""


@pytest.mark.parametrize(("data", "fee"), [({}, "due"), ({"waive_fee": "on"}, "waived")])
def test_asked_late_the_provider_may_waive_the_fee(
    signed_in, url, ask_page, session, data, fee, time_machine
):
    time_machine.move_to(session.starts_at - timedelta(hours=2))
    jordan, dana = signed_in(session.client), signed_in(session.provider.user)
    assert "Canceling now counts as late" in jordan.get(ask_page).text
    jordan.post(ask_page, asked(session, wants="cancel"))
    assert "Waive the late fee" in dana.get(url).text
    dana.post(url_of(ChangeRequest.objects.get(), "cancel"), data)
    assert Appointment.objects.get(pk=session.pk).late_fee() == fee


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"wants": ""}, "Choose what you’d like."),
        ({"wants": "both"}, "Choose what you’d like."),
        ({"words": ""}, "Choose a time, or say below which days would work."),
        ({"wishes": [1]}, "One of these times isn’t free anymore."),
        ({"wishes": ["x"]}, "One of these times isn’t free anymore."),
        ({"weekday": "9"}, "Select a valid choice"),
        ({"words": "x" * 5001}, "Use at most 5000 characters."),
        ({"uuid": "x"}, "This page is out of date."),
        ({"version": ""}, "This page is out of date."),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_asked(jordan, ask_page, session, changes, words):
    answer = jordan.post(ask_page, asked(session, **changes))
    assert answer.status_code == 400
    assert words in answer.text
    assert not Message.objects.exists()


def test_four_wishes_are_too_many(jordan, ask_page, session):
    wishes = [wish(session, hours=number) for number in (1, 2, 3, 4)]
    answer = jordan.post(ask_page, asked(session, wishes=wishes))
    assert "Choose up to three times." in answer.text
    assert len(re.findall(r'name="wishes" value="\d+" checked', answer.text)) == 4


def test_days_instead_of_times_are_read_in_the_clients_zone(jordan, dana, url, ask_page, session):
    session.client.time_zone = "America/New_York"
    session.client.save()
    jordan.post(ask_page, asked(session, weekday="4", part="evening", words=""))
    assert "Friday evenings (Eastern Time)" in words_of(dana.get(url))


def test_a_first_visit_is_canceled_without_asking(jordan, pair):
    first = pair.appointments.get(first_visit=True)
    ask_page = f"/messages/{pair.uuid}/ask/?appointment={first.uuid}"
    assert f"/appointments/{first.uuid}/cancel/" in jordan.get(ask_page).text
    assert jordan.post(ask_page, asked(first, wants="cancel")).status_code == 400


def test_a_page_from_before_a_move_asks_nothing_and_shows_the_new_time(jordan, ask_page, session):
    form = asked(session, wishes=[wish(session, days=1)])
    later = session.starts_at + timedelta(hours=1)
    scheduling.reschedule(
        session, by=session.provider.user, starts_at=later, minutes=50, place="virtual",
        sequence=0, requested_by="provider",
    )  # fmt: skip
    answer = jordan.post(ask_page, form)
    assert answer.status_code == 409
    assert "changed after you opened this page" in answer.text
    assert "11:00 AM" in answer.text
    assert "My shift." in answer.text
    assert jordan.post(ask_page, form | {"version": 1}).status_code == 302


def test_someone_elses_appointment_and_a_past_one_are_not_to_choose(jordan, pair, session):
    elsewhere = AppointmentFactory(client=pair.client, starts_at=timezone.now() + timedelta(days=9))
    for uuid in (elsewhere.uuid, uuid4(), "x"):
        ask_page = f"/messages/{pair.uuid}/ask/?appointment={uuid}"
        assert "You can’t change this appointment anymore." in jordan.get(ask_page).text
        assert jordan.post(ask_page, asked(session)).status_code == 200
    assert not Message.objects.exists()


def test_a_provider_asks_nobody(dana, ask_page):
    assert dana.get(ask_page).status_code == 404


def test_a_wish_that_is_taken_by_now_is_refused_and_the_request_stays_open(
    dana, url, request_to_move, session
):
    AppointmentFactory(provider=session.provider, starts_at=session.starts_at + timedelta(days=1))
    answer = dana.post(url_of(request_to_move, "move"), {"at": wish(session, days=1)}, follow=True)
    assert "You have another appointment then" in answer.text
    assert "Waiting for you" in answer.text


def test_a_wish_outside_the_hours_goes_on_to_the_page_that_warns(dana, request_to_move, session):
    session.provider.working_hours.all().delete()
    answer = dana.post(url_of(request_to_move, "move"), {"at": wish(session, days=1)}, follow=True)
    assert "This time is outside your working hours." in answer.text
    assert 'value="2026-12-04"' in answer.text
    session.refresh_from_db()
    assert session.sequence == 0


@pytest.mark.parametrize("at", ["", "x", "-1", "99999999999999999999"])
def test_a_time_that_is_none_is_a_bad_request(dana, request_to_move, at):
    assert dana.post(url_of(request_to_move, "move"), {"at": at}).status_code == 400


def test_waiting_for_you_is_apart_from_unread(dana, jordan, url, request_to_move):
    dana.get(url)  # it's read now
    row = words_of(dana.get("/messages/"))
    assert "Waiting for you (1)" in row
    assert row.count("Waiting for you") == 2
    assert "Jordan" in words_of(dana.get("/messages/?show=waiting"))
    assert "1 conversation is waiting for your answer." in words_of(dana.get("/workspace/"))
    assert "waiting for your answer" not in jordan.get("/appointments/").text
    assert "(1)" not in words_of(jordan.get("/messages/"))
    jordan.post(url_of(request_to_move, "withdraw"))
    assert "No conversation like that." in dana.get("/messages/?show=waiting").text


def test_48_hours_without_an_answer_nudge_the_provider_once(
    request_to_move, session, mailbox, time_machine
):
    time_machine.move_to(timezone.now() + timedelta(hours=49))
    outbox.sweep()
    outbox.sweep()
    nudges = [mail for mail in mailbox if mail.subject == "A request is waiting for your answer"]
    assert [mail.to for mail in nudges] == [[session.provider.user.email]]
    assert "Jordan" not in nudges[0].body
    assert "My shift" not in nudges[0].body


def test_an_answered_request_nudges_nobody(dana, request_to_move, session, mailbox, time_machine):
    dana.post(url_of(request_to_move, "decline"), {"uuid": str(uuid4()), "words": "No."})
    time_machine.move_to(timezone.now() + timedelta(hours=49))
    outbox.sweep()
    assert "A request is waiting for your answer" not in [mail.subject for mail in mailbox]


def test_open_pages_learn_that_something_was_settled(dana, jordan, url, request_to_move):
    before = dana.get(f"{url}news/").json()
    assert before["waiting"] == 1
    jordan.post(url_of(request_to_move, "withdraw"))
    after = dana.get(f"{url}news/").json()
    assert after["waiting"] == 0
    assert after["changes"] != before["changes"]
    latest = Conversation.objects.get().latest_id
    part = dana.get(f"{url}parts/?after={latest}")
    assert 'data-card="withdrawn"' in part.text


def test_after_three_days_the_client_is_offered_support(
    request_to_move, pair, url, signed_in, time_machine
):
    time_machine.move_to(timezone.now() + timedelta(hours=71))
    assert "hasn’t answered" not in signed_in(pair.client).get(url).text
    time_machine.move_to(timezone.now() + timedelta(hours=2))
    jordan, dana = signed_in(pair.client), signed_in(pair.provider.user)
    assert "hasn’t answered" not in dana.get(url).text
    link = re.search(
        r'href="(/contact/[^"]+)"', jordan.get(url).text.partition("hasn’t answered")[2]
    )
    page = jordan.get(link[1])
    assert "waiting for an answer from my provider, Dana Whitfield" in page.text
    assert "My shift" not in page.text


@pytest.mark.parametrize("key", ["", "x", "6f1d2f0e-9c57-4a53-8f5e-3d5b8c0a7e11", "theirs"])
def test_nobody_learns_of_a_pair_that_is_not_theirs(visitor, dana, pair, key):
    for person in (visitor, dana):
        page = person.get(f"/contact/?waiting={pair.uuid if key == 'theirs' else key}")
        assert page.status_code == 200
        assert "waiting for an answer" not in page.text
