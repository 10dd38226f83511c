"""A provider offers times; the client takes one with a press, or says that none work."""

import re
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from accounts import outbox
from booking.appointments import scheduling
from booking.models import Appointment, Hold, TimeOff
from booking.tests.factories import AppointmentFactory, HoldFactory
from booking.tests.steps import words_of
from messaging import requests
from messaging.models import ChangeRequest, Proposal
from messaging.tests.factories import write
from messaging.tests.steps import others

pytestmark = pytest.mark.django_db


@pytest.fixture
def suggest_page(pair, session):
    return f"/messages/{pair.uuid}/suggest/"


@pytest.fixture
def instead_page(suggest_page, session):
    return f"{suggest_page}?instead_of={session.uuid}"


def at(session, **later):
    return int((session.starts_at + timedelta(**later)).timestamp())


def offered(*times, **changes):
    data = {"uuid": str(uuid4()), "times": times, "hours": "24", "act": "offer", "words": ""}
    return data | changes


@pytest.fixture
def new_times(dana, suggest_page, session):
    """Dana offers Jordan a session on Friday at 10 or 11 AM."""
    times = [at(session, days=1), at(session, days=1, hours=1)]
    answer = dana.post(suggest_page, offered(*times))
    assert answer.status_code == 302, words_of(answer)
    return Proposal.objects.get()


@pytest.fixture
def other_times(dana, instead_page, session):
    """Dana offers Friday at 10 or 11 AM instead of Thursday's session."""
    times = [at(session, days=1), at(session, days=1, hours=1)]
    answer = dana.post(instead_page, offered(*times, version="0"))
    assert answer.status_code == 302, words_of(answer)
    return Proposal.objects.get()


def url_of(offer, verb):
    return f"/messages/offers/{offer.message.uuid}/{verb}/"


def test_both_see_the_offer_and_until_when_it_holds(dana, jordan, url, new_times):
    theirs, mine = words_of(dana.get(url)), words_of(jordan.get(url))
    assert "You offered 2 times Waiting for Jordan" in theirs
    assert "Dana offers 2 times Waiting for you" in mine
    for words in (theirs, mine):
        assert "Held until Tuesday, December 1, 8:00 AM" in words
        assert "Friday, December 4" in words
    assert "Waiting for you (1)" in words_of(jordan.get("/messages/"))


def test_one_press_books_it_and_frees_the_others(jordan, dana, url, new_times, session, mailbox):
    before = len(mailbox)
    answer = jordan.post(url_of(new_times, "accept"), {"at": at(session, days=1)}, follow=True)
    made = Appointment.objects.latest("pk")
    assert made.starts_at.timestamp() == at(session, days=1)
    assert (made.kind, made.place, made.minutes) == ("session", "virtual", 50)
    assert "You chose Friday, December 4, 10:00 AM." in words_of(answer)
    assert "Jordan chose Friday, December 4, 10:00 AM." in words_of(dana.get(url))
    assert not Hold.objects.exists()
    assert len(mailbox) == before + 2  # one each


def test_one_press_moves_the_old_one(jordan, dana, url, other_times, session):
    chosen = at(session, days=1, hours=1)
    jordan.post(url_of(other_times, "accept"), {"at": chosen})
    session.refresh_from_db()
    assert session.starts_at.timestamp() == chosen
    assert not Hold.objects.exists()
    words = words_of(dana.get(url))
    assert "Instead of Thursday, December 3, 10:00 AM." in words
    assert "Jordan chose Friday, December 4, 11:00 AM." in words


def test_accepted_twice_it_is_booked_once(jordan, new_times, session):
    for hours in (0, 1):
        data = {"at": at(session, days=1, hours=hours)}
        answer = jordan.post(url_of(new_times, "accept"), data, follow=True)
        assert "It’s settled: Friday, December 4, 10:00 AM." in words_of(answer)
    assert Appointment.objects.count() == 3


def test_too_late_it_says_so_and_books_nothing(signed_in, pair, new_times, session, time_machine):
    time_machine.move_to(new_times.until + timedelta(minutes=1))
    jordan = signed_in(pair.client)
    data = {"at": at(session, days=1)}
    answer = jordan.post(url_of(new_times, "accept"), data, follow=True)
    assert "This offer is over: the times aren’t held anymore." in answer.text
    assert Appointment.objects.count() == 2
    assert "Ended" in words_of(answer)


def test_time_off_since_then_takes_the_time_away(jordan, new_times, pair, session):
    TimeOff.objects.create(
        provider=pair.provider,
        starts_at=session.starts_at + timedelta(hours=20),
        ends_at=session.starts_at + timedelta(hours=24, minutes=50),
    )
    address = url_of(new_times, "accept")
    answer = jordan.post(address, {"at": at(session, days=1)}, follow=True)
    assert "Dana isn’t available then anymore" in answer.text
    assert Appointment.objects.count() == 2
    jordan.post(address, {"at": at(session, days=1, hours=1)})
    assert Appointment.objects.count() == 3


def test_what_waits_is_on_the_pages_where_one_plans(jordan, dana, new_times, pair):
    assert "1 conversation is waiting for your answer." in words_of(jordan.get("/appointments/"))
    assert "waiting for your answer" not in dana.get("/workspace/").text


@pytest.mark.parametrize("verb", ["accept", "refuse"])
def test_taken_back_before_the_client_answers(jordan, dana, verb, new_times, session):
    dana.post(url_of(new_times, "take-back"))
    dana.post(url_of(new_times, "take-back"))
    assert not Hold.objects.exists()
    data = {"at": at(session, days=1), "uuid": str(uuid4())}
    answer = jordan.post(url_of(new_times, verb), data, follow=True)
    assert "This offer was taken back. Nothing was changed." in answer.text
    assert Appointment.objects.count() == 2


def test_none_of_these_work_frees_the_times_and_a_request_waits_again(
    jordan, dana, url, pair, session, instead_page
):
    request = requests.ask(
        pair, by=pair.client, uuid=uuid4(), appointment=session, sequence=0, wants="move",
        words="My shift.",
    )  # fmt: skip
    assert "Jordan asks to move a session Waiting for you" in words_of(dana.get(url))
    dana.post(instead_page, offered(at(session, days=1), version="0"))
    assert "Jordan asks to move a session Waiting for Jordan" in words_of(dana.get(url))
    offer = Proposal.objects.get()
    page = jordan.get(url_of(offer, "refuse"))
    assert "Until then, your old time stays yours." in page.text
    words = {"uuid": str(uuid4()), "words": "Could it be Monday?"}
    jordan.post(url_of(offer, "refuse"), words)
    jordan.post(url_of(offer, "refuse"), {**words, "uuid": str(uuid4())})
    assert not Hold.objects.exists()
    words = words_of(dana.get(url))
    assert "You offered a time None of these work" in words
    assert "Jordan asks to move a session Waiting for you" in words
    assert words.count("Could it be Monday?") == 2  # in the list, and in the conversation
    assert ChangeRequest.objects.get() == request


def test_an_offer_for_an_appointment_is_over_once_that_is_moved(jordan, url, other_times, session):
    later = session.starts_at + timedelta(days=5)
    scheduling.reschedule(
        session, by=session.provider.user, starts_at=later, minutes=50, place="virtual",
        sequence=0, requested_by="provider",
    )  # fmt: skip
    assert not Hold.objects.exists()
    assert "The appointment changed in the meantime." in words_of(jordan.get(url))
    data = {"at": at(session, days=1)}
    answer = jordan.post(url_of(other_times, "accept"), data, follow=True)
    assert "The appointment changed in the meantime, so this offer is over." in answer.text
    session.refresh_from_db()
    assert session.starts_at == later


def test_offering_again_for_an_appointment_takes_the_first_offer_back(
    dana, other_times, instead_page, session
):
    dana.post(instead_page, offered(at(session, days=4), version="0"))
    other_times.refresh_from_db()
    assert other_times.outcome == "withdrawn"
    assert [hold.starts_at.timestamp() for hold in Hold.objects.all()] == [at(session, days=4)]


@pytest.mark.parametrize(
    ("times", "changes", "words"),
    [
        ([], {}, "Choose a time."),
        (["x"], {}, "One of these times isn’t free anymore."),
        ([1], {}, "One of these times isn’t free anymore."),
        ([24, 25], {"act": "now"}, "Choose just one time, or offer these."),
        ([24, 25, 26, 27, 28, 96], {}, "Choose up to five times."),
        ([24], {"hours": "9999"}, "Select a valid choice"),
        ([24], {"words": "x" * 5001}, "Use at most 5000 characters."),
        ([24], {"act": "x"}, "This page is out of date."),
        ([24], {"uuid": ""}, "This page is out of date."),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_offered(
    dana, suggest_page, session, times, changes, words
):
    times = [
        at(session, hours=each) if isinstance(each, int) and each > 1 else each for each in times
    ]
    answer = dana.post(suggest_page, offered(*times, **changes))
    assert answer.status_code == 400
    assert words in answer.text
    assert not Hold.objects.exists()
    assert not Proposal.objects.exists()


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("?minutes=x", "Enter the minutes as a number"),
        ("?minutes=7", "A session takes 15 to 180 minutes here."),
        ("?place=moon", "Select a valid choice"),
    ],
)
def test_a_length_or_place_that_cant_be_is_said_at_its_field(dana, suggest_page, query, words):
    answer = dana.get(suggest_page + query)
    assert answer.status_code == 400
    assert words in answer.text


def test_a_call_is_offered_as_a_call(dana, jordan, suggest_page, session):
    dana.post(f"{suggest_page}?place=phone&minutes=15", offered(at(session, days=1)))
    jordan.post(url_of(Proposal.objects.get(), "accept"), {"at": at(session, days=1)})
    made = Appointment.objects.latest("pk")
    assert (made.kind, made.place, made.minutes) == ("call", "phone", 15)


@pytest.mark.parametrize(("query", "sequence"), [("", 0), ("?instead_of={}", 1)])
def test_one_time_is_scheduled_or_moved_at_once(dana, suggest_page, session, url, query, sequence):
    page = suggest_page + query.format(session.uuid)
    form = offered(at(session, days=1), act="now", version="0")
    answer = dana.post(page, form, follow=True)
    assert answer.redirect_chain[-1][0] == url
    assert "We’re emailing both of you." in answer.text
    latest = Appointment.objects.latest("starts_at")
    assert latest.starts_at.timestamp() == at(session, days=1)
    assert latest.sequence == sequence
    assert dana.post(page, form).status_code == 302
    assert not Proposal.objects.exists()
    assert Appointment.objects.count() == 3 - sequence


def test_a_doubt_is_told_before_it_is_offered(dana, suggest_page, session):
    session.client.state = "NY"
    session.client.save()
    form = offered(at(session, days=1))
    answer = dana.post(suggest_page, form)
    assert answer.status_code == 409
    assert "You don’t have a license in New York" in answer.text
    assert not Proposal.objects.exists()
    key = re.search(r'name="anyway" value="([^"]+)"', answer.text)[1]
    assert dana.post(suggest_page, form | {"anyway": key}).status_code == 302
    assert Proposal.objects.exists()


def test_a_time_that_a_visitor_took_meanwhile_is_refused_whole(dana, suggest_page, session):
    form = offered(at(session, days=1), at(session, days=4))
    HoldFactory(
        provider=session.provider,
        starts_at=session.starts_at + timedelta(days=1),
        until=timezone.now() + timedelta(minutes=10),
    )
    answer = dana.post(suggest_page, form)
    assert answer.status_code in (400, 409)
    assert not Proposal.objects.exists()
    assert Hold.objects.count() == 1


def test_offered_times_are_offered_to_nobody_else(dana, jordan, new_times, pair, session):
    marcus = AppointmentFactory(provider=pair.provider, starts_at=session.starts_at + timedelta(8))
    page = f"/messages/{marcus.relationship.uuid}/suggest/"
    taken = f'value="{at(session, days=1)}"'
    assert taken not in dana.get(page).text
    assert f'value="{at(session, days=4)}"' in dana.get(page).text
    assert dana.post(page, offered(at(session, days=1))).status_code == 400


def test_the_same_form_twice_is_one_offer(dana, suggest_page, session):
    form = offered(at(session, days=1))
    first, second = (dana.post(suggest_page, form) for _ in range(2))
    assert Proposal.objects.count() == 1
    assert first.url == second.url


@pytest.mark.parametrize("verb", ["accept", "refuse", "take-back"])
def test_only_the_one_it_is_up_to_can_answer(verb, new_times, signed_in, dana, jordan, session):
    address, data = url_of(new_times, verb), {"at": at(session, days=1), "uuid": str(uuid4())}
    strangers = {name: signed_in(user) for name, user in others().items()}
    strangers["the other one"] = jordan if verb == "take-back" else dana
    for name, person in strangers.items():
        for method in (person.get, person.post, person.head):
            assert method(address, data).status_code == 404, name
    new_times.refresh_from_db()
    assert new_times.outcome == ""


@pytest.mark.parametrize("start", ["", "x", "-1", "0", "9" * 30])
def test_a_time_that_was_not_offered_is_not_booked(jordan, new_times, start):
    answer = jordan.post(url_of(new_times, "accept"), {"at": start}, follow=True)
    assert "Choose one of the times in the offer." in answer.text
    assert Appointment.objects.count() == 2


def test_the_provider_hears_of_an_offer_that_ended_without_an_answer(
    new_times, pair, mailbox, time_machine
):
    time_machine.move_to(new_times.until + timedelta(minutes=1))
    outbox.sweep()
    ended = [mail for mail in mailbox if mail.subject.startswith("The times you offered")]
    assert [mail.to for mail in ended] == [[pair.provider.user.email]]
    assert "Jordan" not in ended[0].body


def test_a_conversation_with_cards_takes_as_many_queries_for_one_as_for_three(
    dana, jordan, url, pair, session, suggest_page, instead_page, django_assert_num_queries
):
    requests.ask(
        pair, by=pair.client, uuid=uuid4(), appointment=session, sequence=0, wants="move",
        words="My shift.",
    )  # fmt: skip
    dana.post(instead_page, offered(at(session, days=1), version="0"))
    jordan.get(url)
    with django_assert_num_queries(19):
        jordan.get(url)
    for days in (4, 5):
        dana.post(suggest_page, offered(at(session, days=days)))
    write(pair, pair.client)
    jordan.get(url)
    with django_assert_num_queries(19):
        jordan.get(url)


def test_times_are_epoch_seconds_of_the_free_ones(dana, suggest_page, session):
    starts = re.findall(r'name="times" value="(\d+)"', dana.get(suggest_page).text)
    assert all(datetime.fromtimestamp(int(each), UTC) > timezone.now() for each in starts)
    assert str(at(session)) not in starts
