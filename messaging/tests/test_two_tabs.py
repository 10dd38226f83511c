"""Two tabs with one draft: it's sent once, and what is left says where it comes from."""

import re
from contextlib import nullcontext
from datetime import timedelta
from threading import Barrier
from types import SimpleNamespace
from uuid import uuid4

import pytest
from django.db import connection

from booking.tests.factories import AppointmentFactory
from booking.tests.steps import contend
from messaging import drafts, writing
from messaging.models import Message
from messaging.tests.factories import write

ELSEWHERE = "This is a draft from another tab."


@pytest.fixture
def save(pair):
    """`save(text, version)` saves a draft of Jordan's from a page that saw that version."""

    def save(body, version=0):
        return drafts.save(pair, by=pair.client, uuid=uuid4(), version=version, body=body)

    return save


@pytest.fixture
def send(jordan, url):
    """`send(text, version)` sends a message of Jordan's from a page that saw that version."""

    def send(body, version):
        return jordan.post(url, {"uuid": uuid4(), "version": version, "body": body})

    return send


def bodies():
    return [each.body for each in Message.objects.order_by("pk")]


def test_one_draft_sent_from_two_tabs_is_one_message(save, send, pair):
    save("Hello.")
    first, second = send("Hello.", 1), send("Hello.", 1)
    assert bodies() == ["Hello."]
    assert first.url == second.url  # the second leads to the message there is


def test_other_words_or_the_same_ones_later_are_another_message(save, send, pair):
    save("Yes.")
    send("Yes.", 1)
    send("Yes!", 1)
    assert bodies() == ["Yes.", "Yes!"]
    send("Yes!", 2)  # a page that knows what was sent
    write(pair, pair.provider.user, body="Really?")
    send("Yes!", 1)
    assert bodies() == ["Yes.", "Yes!", "Yes!", "Really?", "Yes!"]


def test_words_that_were_never_a_draft_are_not_held_back(send):
    for _ in range(2):
        send("Yes.", 0)
    assert bodies() == ["Yes.", "Yes."]


@pytest.fixture
def tab():
    """`tab()` sends a draft that's in the box of every tab."""
    pair = AppointmentFactory().relationship
    write(pair, pair.provider.user, body="Hi.")
    whose = {"by": pair.client, "body": "Hello."}
    drafts.save(pair, **whose, uuid=uuid4(), version=0)
    return lambda: writing.send(pair, **whose, version=1, uuid=uuid4())


@pytest.mark.django_db(transaction=True)
def test_one_draft_sent_from_many_tabs_at_once_is_one_message(tab):
    sent = contend([tab] * 6)
    assert bodies() == ["Hi.", "Hello."]
    assert {each.pk for each in sent} == {Message.objects.latest("pk").pk}


@pytest.mark.django_db(transaction=True)
def test_tabs_that_do_not_wait_their_turn_send_it_twice(tab, monkeypatch):
    """The positive control: no turn, and two who see nothing sent elsewhere go on together."""
    check, barrier = writing.is_sent_elsewhere, Barrier(2)

    def check_together(*args, **kwargs):
        found = check(*args, **kwargs)
        barrier.wait(timeout=10)
        return found

    monkeypatch.setattr(writing, "is_sent_elsewhere", check_together)
    monkeypatch.setattr(drafts, "own_turn", lambda pair, by: None)
    if connection.vendor == "sqlite":  # where a transaction is a lock, too
        monkeypatch.setattr(writing, "transaction", SimpleNamespace(atomic=nullcontext))
    contend([tab] * 2)
    assert bodies() == ["Hi.", "Hello.", "Hello."]


def test_what_another_tab_left_in_the_box_says_so(save, send, jordan, url, monday):
    save("From the other tab.")
    monday.shift(timedelta(minutes=1))
    assert ELSEWHERE not in jordan.get(url).text
    send("From this tab.", 0)
    page = jordan.get(url).text
    assert re.search(r"<textarea[^>]*>\s*From the other tab\.", page)
    assert ELSEWHERE in page
    monday.shift(timedelta(minutes=1))
    save("From the other tab, again.", 1)
    assert ELSEWHERE not in jordan.get(url).text


def test_a_providers_first_draft_to_a_client_is_in_the_list_on_top(pair, dana, jordan, monday):
    drafts.save(pair, by=pair.provider.user, uuid=uuid4(), version=0, body="Welcome!")
    later = pair.appointments.get().starts_at
    for day in range(1, 30):
        visit = AppointmentFactory(
            provider=pair.provider,
            client__full_name=f"Client {day}",
            starts_at=later + timedelta(days=day),
        )
        if day < 29:  # the last one has no message and no draft
            write(visit.relationship, visit.client)
    page = dana.get("/messages/")
    rows = page.context["threads"]
    assert (rows[0]["pair"], len(rows)) == (pair, 26)
    assert "<b>Draft:</b> Welcome!" in page.text
    assert "Welcome!" not in jordan.get("/messages/").text
    drafts.save(pair, by=pair.provider.user, uuid=uuid4(), version=1, body="")
    assert "Jordan Ellis" not in dana.get("/messages/").text


def test_what_a_message_can_be_about_begins_with_the_nearest_coming_appointment(
    pair, jordan, url, monday
):
    first = pair.appointments.get()
    for days in (-7, -14, 7, 14):
        AppointmentFactory(
            provider=pair.provider,
            client=pair.client,
            starts_at=first.starts_at + timedelta(days),
            first_visit=False,
        )
    page = jordan.get(url).text.partition('name="appointment"')[2].partition("</select>")[0]
    found = re.findall(r"<option[^>]*>\w+, (\w+ \d+)", page)
    assert found == ["December 2", "December 9", "December 16", "November 25", "November 18"]
