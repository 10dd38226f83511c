"""A provider's saved replies: kept under a name, and put in the box with a press."""

import re
from functools import partial
from uuid import uuid4

import pytest
from cryptography.fernet import Fernet
from django.db import connection

from booking.tests.factories import AppointmentFactory
from booking.tests.steps import contend, error_at
from messaging import replies
from messaging.models import Message, SavedReply
from messaging.tests.factories import write
from providers.tests.factories import ProviderFactory

PAGE = "/messages/settings/"
KEY = "4a3f2b7e-93f5-4c57-8a54-0d1f7a3f8d11"


@pytest.fixture
def running_late(pair):
    """One of Dana's replies."""
    return pair.provider.saved_replies.create(
        name="Running late", body="I’ll be\nten minutes late."
    )


def page_of(reply):
    return f"{PAGE}replies/{reply.uuid}/"


def box(page):
    return re.search(r"<textarea[^>]*>\n?([^<]*)</textarea>", page.text)[1]


def press(person, url, reply, body="", **more):
    """Press a saved reply without JavaScript."""
    key = getattr(reply, "uuid", reply)
    return person.post(url, {"uuid": KEY, "version": 3, "body": body, "saved_reply": key, **more})


def test_a_provider_adds_changes_and_deletes_one(dana, pair):
    dana.post(PAGE, {"do": "add", "name": " Running late ", "body": "Ten minutes."})
    reply = SavedReply.objects.get()
    assert (reply.provider, reply.name, reply.body) == (
        pair.provider,
        "Running late",
        "Ten minutes.",
    )
    page = dana.get(PAGE)
    assert "Ten minutes." in page.text
    assert f'href="{page_of(reply)}"' in page.text
    assert "Ten minutes." in dana.get(page_of(reply)).text
    dana.post(page_of(reply), {"do": "save", "name": "Late", "body": "Five minutes."})
    reply.refresh_from_db()
    assert (reply.name, reply.body) == ("Late", "Five minutes.")
    answer = dana.post(page_of(reply), {"do": "delete"}, follow=True)
    assert "“Late” is deleted." in answer.text
    assert not SavedReply.objects.exists()


@pytest.mark.parametrize("name", ["Running late", "RUNNING LATE"])
def test_a_name_that_is_taken_is_an_error_at_the_name(dana, running_late, name):
    other = running_late.provider.saved_replies.create(name="Other", body="Other.")
    for page, do in ((PAGE, "add"), (page_of(other), "save")):
        answer = dana.post(page, {"do": do, "name": name, "body": "Something else."})
        assert answer.status_code == 409
        assert error_at(answer, "name").startswith("You already have a saved reply with this name.")
        assert "Something else." in answer.text
    assert set(SavedReply.objects.values_list("name", flat=True)) == {"Running late", "Other"}


def test_its_own_name_is_not_taken_nor_is_another_providers(dana, running_late):
    change = {"do": "save", "name": "Running Late", "body": "Soon."}
    assert dana.post(page_of(running_late), change).status_code == 302
    ProviderFactory().saved_replies.create(name="Intake", body="Welcome.")
    assert dana.post(PAGE, {"do": "add", "name": "Intake", "body": "Hi."}).status_code == 302


def test_a_second_press_on_save_is_no_error(dana):
    for _ in range(2):
        answer = dana.post(PAGE, {"do": "add", "name": "Intake", "body": "Welcome."})
        assert answer.status_code == 302
    assert SavedReply.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"name": ""}, "name"), ({"name": "x" * 61}, "name"), ({"body": ""}, "body"),
     ({"body": "x" * 2001}, "body"), ({"name": "a\nb"}, "name")],
)  # fmt: skip
def test_what_is_wrong_is_said_at_the_field(dana, running_late, changes, field):
    for page, do in ((PAGE, "add"), (page_of(running_late), "save")):
        answer = dana.post(page, {"do": do, "name": "Intake", "body": "Welcome.", **changes})
        assert answer.status_code == 400
        assert error_at(answer, field)
    assert SavedReply.objects.get().name == "Running late"


def test_there_are_at_most_thirty(dana, pair):
    for number in range(30):
        assert 'id="add-h"' in dana.get(PAGE).text
        dana.post(PAGE, {"do": "add", "name": f"Reply {number}", "body": "Hi."})
    page = dana.get(PAGE)
    assert 'id="add-h"' not in page.text
    assert "You have 30 saved replies." in page.text
    answer = dana.post(PAGE, {"do": "add", "name": "One more", "body": "Kept here."})
    assert answer.status_code == 409
    assert "You already have 30 saved replies." in error_at(answer, "name")
    assert "Kept here." in answer.text
    assert SavedReply.objects.count() == 30


@pytest.mark.parametrize("method", ["get", "post", "head", "put", "delete"])
def test_to_everyone_else_it_is_not_there(running_late, jordan, signed_in, method):
    people = [jordan, signed_in(ProviderFactory().user)]
    for person in people:
        for data in ({"do": "delete"}, {"do": "save", "name": "Mine", "body": "Mine."}):
            assert getattr(person, method)(page_of(running_late), data).status_code == 404
    running_late.refresh_from_db()
    assert running_late.name == "Running late"


def test_a_provider_sees_only_their_own(running_late, signed_in):
    other = AppointmentFactory(provider=ProviderFactory())
    person = signed_in(other.provider.user)
    for page in (PAGE, f"/messages/{other.relationship.uuid}/"):
        assert "Running late" not in person.get(page).text


def test_without_javascript_a_press_adds_it_to_what_was_typed_and_sends_nothing(
    dana, url, running_late
):
    page = press(dana, url, running_late, "Hi Jordan,")
    assert page.status_code == 200
    assert box(page) == "Hi Jordan,\nI’ll be\nten minutes late."
    assert f'value="{KEY}"' in page.text
    assert 'name="version" value="3"' in page.text
    assert "data-came-back" in page.text
    assert box(press(dana, url, running_late)) == "I’ll be\nten minutes late."
    assert not Message.objects.exists()


def test_a_press_keeps_what_it_is_about(dana, pair, url, running_late):
    visit = pair.appointments.get()
    page = press(dana, url, running_late, "Hi", appointment=str(visit.uuid))
    assert f'<option value="{visit.uuid}" selected>' in page.text


def test_what_gets_too_long_is_said_and_nothing_is_lost(dana, url, running_late):
    page = press(dana, url, running_late, "x" * 4990)
    assert page.status_code == 400
    assert "Use at most 5000 characters." in error_at(page, "body")
    assert "ten minutes late." in box(page)


@pytest.mark.parametrize("key", ["gone", "other", "no-uuid"])
def test_one_that_is_not_there_loses_nothing(dana, url, running_late, key):
    if key == "gone":
        key = running_late.uuid
        running_late.delete()
    elif key == "other":
        key = ProviderFactory().saved_replies.create(name="Intake", body="Secret.").uuid
    page = press(dana, url, key, "Hi Jordan,")
    assert page.status_code == 404
    assert error_at(page, "body").startswith("This saved reply was deleted.")
    assert box(page) == "Hi Jordan,"
    assert "Secret." not in page.text
    assert not Message.objects.exists()


def test_a_client_has_none_and_cant_press_one(jordan, url, running_late):
    assert "saved_reply" not in jordan.get(url).text
    page = press(jordan, url, running_late, "Hi")
    assert page.status_code == 404
    assert box(page) == "Hi"


def test_enter_in_the_form_still_sends(dana, url, running_late):
    """The first button of a form is the one that Enter presses."""
    form = dana.get(url).text.partition('id="write"')[2].partition("</form>")[0]
    assert "saved_reply" in form
    assert "name=" not in re.search(r"<button[^>]*>", form)[0]


def test_a_text_whose_key_is_lost_takes_no_page_down(dana, url, running_late, settings):
    settings.FIELD_KEYS = [Fernet.generate_key().decode()]
    for page in (PAGE, page_of(running_late), url):
        assert "Running late" in dana.get(page).text


def test_it_is_encrypted_and_shown_as_text(dana, url):
    dana.post(PAGE, {"do": "add", "name": "<i>", "body": '<b>"Hi"</b>'})
    assert 'data-text="&lt;b&gt;&quot;Hi&quot;&lt;/b&gt;"' in dana.get(url).text
    assert "&lt;b&gt;" in dana.get(PAGE).text
    with connection.cursor() as cursor:
        cursor.execute("SELECT body FROM messaging_savedreply")
        assert "Hi" not in cursor.fetchone()[0]


def test_a_conversation_takes_as_many_queries_for_thirty_as_for_one(
    dana, pair, url, running_late, django_assert_num_queries
):
    write(pair, pair.client)
    dana.get(url)
    with django_assert_num_queries(17):
        dana.get(url)
    for number in range(29):
        running_late.provider.saved_replies.create(name=f"Reply {number}", body="Hi.")
    with django_assert_num_queries(17):
        assert dana.get(url).text.count("saved_reply") == 30


@pytest.mark.django_db(transaction=True)
def test_of_many_at_once_no_more_than_thirty_get_in_and_a_name_only_once():
    provider = ProviderFactory()
    for number in range(28):
        provider.saved_replies.create(name=f"Reply {number}", body="Hi.")
    add = partial(replies.add, provider, body="Hi.")
    answers = contend([partial(add, name=f"More {uuid4()}") for _ in range(6)])
    assert SavedReply.objects.count() == 30
    assert sum(isinstance(each, replies.Full) for each in answers) == 4
    SavedReply.objects.first().delete()
    answers = contend([partial(replies.add, provider, name="Same", body=f"{n}") for n in range(4)])
    assert sum(isinstance(each, replies.NameTaken) for each in answers) == 3, answers
