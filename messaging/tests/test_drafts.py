"""What someone types is kept on the server until it's sent, for them alone."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from cryptography.fernet import Fernet
from django.db import connection

from booking.tests.factories import AppointmentFactory
from headway.tests.environment import SITE
from messaging.models import Draft
from messaging.tests.factories import write
from messaging.tests.steps import others


class Tab:
    """A conversation open in a tab: it types, saves and sends with what the page had in it."""

    def __init__(self, person, url):
        self.person, self.url = person, url
        self.page = person.get(url)
        self.key = re.search(r'name="uuid" value="([^"]+)"', self.page.text)[1]
        self.version = int(re.search(r'name="version" value="(\d+)"', self.page.text)[1])

    def fields(self, body, **more):
        return {"uuid": self.key, "version": self.version, "body": body, **more}

    def save(self, body, **more):
        answer = self.person.post(f"{self.url}draft/", self.fields(body, **more))
        self.version = answer.json().get("version", self.version)
        return answer

    def send(self, body, **more):
        return self.person.post(self.url, self.fields(body, **more))


@pytest.fixture
def tab(jordan, url):
    """Opens a tab of Jordan's."""
    return lambda: Tab(jordan, url)


def box(page):
    return re.search(r"<textarea[^>]*>\s*([^<]*)</textarea>", page.text)[1]


def test_a_draft_is_in_the_box_after_a_reload_with_what_it_is_about(tab, pair):
    visit = pair.appointments.get()
    saved = tab().save("Could we meet", topic="clinical", appointment=str(visit.uuid))
    assert saved.json() == {"version": 1}
    page = tab().page
    assert box(page) == "Could we meet"
    assert "Draft from Monday, November 30, 8:00 AM" in page.text
    assert f'<option value="{visit.uuid}" selected>' in page.text
    assert re.search(r'value="clinical"[^>]* checked', page.text)


def test_a_draft_is_there_after_signing_in_again_and_on_no_other_page(tab, pair, signed_in, url):
    tab().save("For Dana.")
    later = pair.appointments.get().ends_at + timedelta(hours=1)
    other = AppointmentFactory(client=pair.client, starts_at=later).relationship
    again = signed_in(pair.client)
    assert box(again.get(url)) == "For Dana."
    assert box(again.get(f"/messages/{other.uuid}/")) == ""
    assert box(signed_in(pair.provider.user).get(url)) == ""


def test_sending_empties_the_draft_and_a_late_save_does_not_bring_it_back(tab):
    first = tab()
    first.save("Hello")
    first.send("Hello, Dana.")
    assert first.save("Hello, Dan").status_code == 410
    assert box(tab().page) == ""
    assert not Draft.objects.exclude(body="").exists()


def test_a_save_on_its_way_when_the_page_was_sent_is_dropped_too(tab):
    first = tab()
    first.save("Hello")
    on_its_way = first.fields("Hello, Dan")
    first.person.post(f"{first.url}draft/", on_its_way)
    first.send("Hello, Dana.")
    assert box(tab().page) == ""


def test_a_message_that_is_refused_leaves_the_draft(tab):
    first = tab()
    first.save("Hello")
    assert first.send("x" * 5001).status_code == 400
    assert box(tab().page) == "Hello"


def test_a_tab_that_is_behind_replaces_nothing_and_hears_what_the_other_has(tab):
    first, second = tab(), tab()
    first.save("From the first.")
    answer = second.save("From the second.")
    assert answer.status_code == 409
    assert answer.json() == {
        "message": "another tab has a different draft.",
        "body": "From the first.",
        "version": 1,
    }
    assert box(tab().page) == "From the first."
    assert second.save("From the second.").status_code == 200  # they chose this one
    assert first.save("From the first, again.").status_code == 409


def test_the_same_text_in_two_tabs_is_no_difference(tab):
    first, second = tab(), tab()
    first.save("The same.")
    assert second.save("The same.").status_code == 200


def test_a_page_is_never_behind_its_own_save_whose_answer_was_lost(tab):
    first = tab()
    first.save("Hel")
    first.version = 0
    assert first.save("Hello").status_code == 200


def test_sending_from_one_tab_keeps_what_the_other_saved_after_it_was_opened(tab):
    first, second = tab(), tab()
    second.save("Something else.")
    first.send("Hello.")
    assert box(tab().page) == "Something else."


def test_sending_what_was_loaded_drops_it_and_the_other_tab_hears_of_it(tab):
    tab().save("Hello")
    first, second = tab(), tab()
    first.send("Hello.")
    answer = second.save("Hello!")
    assert answer.status_code == 409
    assert answer.json()["body"] == ""
    assert box(tab().page) == ""


def test_an_old_version_is_still_old_after_the_draft_was_sent(tab):
    tab().save("Hello")
    old = tab()
    tab().send("Hello.")
    tab().save("New.")
    assert old.save("Hello!").status_code == 409


def test_clearing_the_box_clears_the_draft(tab, jordan, pair):
    first = tab()
    first.save("Hello", topic="clinical")
    assert first.save("", topic="clinical").status_code == 200
    page = tab().page
    assert box(page) == ""
    assert "Draft from" not in page.text
    assert not re.search(r'value="clinical"[^>]* checked', page.text)
    assert "Draft:" not in jordan.get("/messages/").text


@pytest.mark.parametrize("method", ["get", "post", "head", "put", "delete"])
def test_to_everyone_else_it_is_not_there(pair, url, tab, signed_in, method):
    tab().save("I can’t sleep.")
    data = {"uuid": str(uuid4()), "version": 1, "body": "Mine."}
    for who, user in others().items():
        assert getattr(signed_in(user), method)(f"{url}draft/", data).status_code == 404, who
    assert Draft.objects.get().body == "I can’t sleep."


def test_looking_at_its_address_does_nothing(jordan, url):
    assert jordan.get(f"{url}draft/").status_code == 405


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"body": "x" * 5001}, "at most 5000 characters"),
        ({"body": "a\x00b"}, "invisible characters"),
        ({"appointment": "other"}, "Choose an appointment from the list."),
        ({"uuid": ""}, "Part of this page got lost."),
    ],
)
def test_what_cannot_be_kept_is_said_in_the_words_of_the_page(tab, changes, says):
    answer = tab().save(**{"body": "Hello.", **changes})
    assert answer.status_code == 400
    assert says in answer.json()["message"]
    assert not Draft.objects.exists()


def test_saving_is_limited(tab):
    first = tab()
    answers = [first.save(f"Hello {number}").status_code for number in range(61)]
    assert answers == [200] * 60 + [429]


def test_the_list_shows_drafts_before_and_after_the_first_message(tab, jordan, pair):
    tab().save("A first try.")
    assert "<b>Draft:</b> A first try." in jordan.get("/messages/").text
    write(pair, pair.client, body="Sent from elsewhere.")
    assert "<b>Draft:</b> A first try." in jordan.get("/messages/").text
    write(pair, pair.provider.user, body="News.")
    page = jordan.get("/messages/").text
    assert '<span class="hush">New: </span>News.' in page
    assert "<b>Draft:</b> A first try." in page


def test_the_other_sees_nothing_of_it(tab, dana, pair, url):
    write(pair, pair.client)
    tab().save("I can’t sleep.")
    for page in (url, "/messages/"):
        assert "sleep" not in dana.get(page).text


def test_a_draft_is_encrypted_in_the_database(tab):
    tab().save("I can’t sleep.")
    with connection.cursor() as cursor:
        cursor.execute("SELECT body FROM messaging_draft")
        assert "sleep" not in cursor.fetchone()[0]


def test_a_draft_whose_key_is_lost_is_an_empty_box(tab, jordan, settings):
    tab().save("Hello.")
    settings.FIELD_KEYS = [Fernet.generate_key().decode()]
    first = tab()
    assert box(first.page) == ""
    assert "Draft:" not in jordan.get("/messages/").text
    assert first.save("Hello again.").status_code == 200


def test_saving_keeps_the_session_alive(tab, jordan, url, monday):
    first = tab()
    for _ in range(3):
        monday.shift(timedelta(minutes=50))
        assert first.save("Hello").status_code == 200
    assert jordan.get(url).status_code == 200


def test_what_came_back_after_a_session_ended_gives_way_to_a_newer_draft(tab, jordan, pair, monday):
    first = tab()
    first.save("Hel")
    monday.shift(timedelta(minutes=61))
    headers = {"Origin": SITE, "Referer": f"{SITE}{first.url}"}
    jordan.post(first.url, first.fields("Hello"), headers=headers)
    jordan.force_login(pair.client)
    second = tab()
    assert box(second.page) == "Hello"
    assert "Draft from" not in second.page.text
    second.save("Hello, Dana.")
    assert box(tab().page) == "Hello, Dana."


def test_a_save_after_the_session_ended_is_back_after_signing_in(tab, jordan, pair, monday):
    first = tab()
    monday.shift(timedelta(minutes=61))
    headers = {"Origin": SITE, "Referer": f"{SITE}{first.url}"}
    url = f"{first.url}draft/"
    assert jordan.post(url, first.fields("Hello"), headers=headers).status_code == 302
    jordan.force_login(pair.client)
    assert box(tab().page) == "Hello"
