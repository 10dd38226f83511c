"""An ended relationship, or a closed account: both can read everything, and neither can write."""

import re
from uuid import uuid4

import pytest
from django.utils import timezone

from booking.tests.steps import words_of
from messaging import access, drafts
from messaging.models import Draft, Message
from messaging.tests.factories import write

ENDED = "You and {} no longer work together, so you can’t write here anymore."
CLOSED = "{}’s account is closed, so you can’t write here anymore."
STILL = "You can still read everything."


def end(pair):
    pair.ended_at = timezone.now()
    pair.save()


def close(user):
    user.is_active = False
    user.save()


@pytest.fixture
def read(jordan, dana, pair):
    """What each of the two wrote before, and then it ended."""
    write(pair, pair.client, body="Thank you, Dana.")
    write(pair, pair.provider.user, body="Take care, Jordan.")
    drafts.save(pair, by=pair.client, uuid=uuid4(), version=0, body="One more thing.")
    end(pair)


def test_both_read_everything_and_why_they_cannot_write(read, jordan, dana, url):
    for person, name in ((jordan, "Dana"), (dana, "Jordan")):
        page = person.get(url)
        assert page.status_code == 200
        for words in ("Thank you, Dana.", "Take care, Jordan.", ENDED.format(name), STILL):
            assert words in words_of(page)
        assert "<textarea" not in page.text
        assert "draft.js" not in page.text
        assert f"Only you and {name} can read this. Our support team can’t." in words_of(page)
        assert "In a crisis, call or text 988." in words_of(page)


def test_each_finds_where_to_go_next(read, jordan, dana, pair, url):
    def closed(person):
        return person.get(url).text.partition('id="write"')[2].partition("</section>")[0]

    assert re.findall(r'<a href="(/[^"]*)"', closed(jordan)) == ["/providers/", "/contact/"]
    assert re.findall(r'<a href="(/[^"]*)"', closed(dana)) == [f"/workspace/clients/{pair.uuid}/"]
    assert dana.get(f"/workspace/clients/{pair.uuid}/").status_code == 200


def test_what_someone_had_typed_is_still_there_for_them_alone(read, jordan, dana, url):
    assert "What you didn’t send One more thing." in words_of(jordan.get(url))
    assert "One more thing." not in dana.get(url).text


@pytest.mark.parametrize("to", ["", "draft/"])
def test_nothing_can_be_sent_or_saved_after_the_end(jordan, dana, pair, url, to):
    end(pair)
    for person, name in ((jordan, "Dana"), (dana, "Jordan")):
        data = {"uuid": str(uuid4()), "version": 0, "body": "Wait, please."}
        answer = person.post(f"{url}{to}", data)
        assert answer.status_code == 403
        words = answer.json()["message"] if to else words_of(answer)
        assert ENDED.format(name) in words
        if not to:
            assert "What you didn’t send Wait, please." in words
    assert not Message.objects.exists()
    assert not Draft.objects.exists()


def test_a_box_that_was_open_when_it_ended_says_why_and_keeps_the_words(jordan, pair, url):
    data = {"uuid": str(uuid4()), "version": 0, "body": "Wait, please."}
    assert "<textarea" in jordan.get(url).text
    end(pair)
    page = jordan.post(url, data)
    assert page.status_code == 403
    assert "Wait, please." in page.text


def test_a_closed_account_closes_the_conversation_for_the_other(jordan, dana, pair, url):
    write(pair, pair.client, body="Thank you, Dana.")
    close(pair.client)
    assert jordan.get(url).status_code == 302
    page = dana.get(url)
    assert "Thank you, Dana." in page.text
    assert CLOSED.format("Jordan") in words_of(page)
    assert dana.post(url, {"uuid": str(uuid4()), "body": "Hello."}).status_code == 403
    assert Message.objects.count() == 1


def test_a_provider_who_closed_their_account_gets_no_messages(jordan, pair, url):
    close(pair.provider.user)
    assert CLOSED.format("Dana") in words_of(jordan.get(url))
    assert jordan.post(url, {"uuid": str(uuid4()), "body": "Hello."}).status_code == 403
    assert not Message.objects.exists()


@pytest.mark.parametrize("who", ["client", "provider"])
def test_the_verbs_refuse_by_what_is_stored_and_not_what_was_loaded(pair, who):
    by = pair.client if who == "client" else pair.provider.user
    type(pair).objects.update(ended_at=timezone.now())
    with pytest.raises(access.CannotWrite):
        write(pair, by)
    with pytest.raises(access.CannotWrite):
        drafts.save(pair, by=by, uuid=uuid4(), version=0, body="Hello.")
    assert not Message.objects.exists()
    assert not Draft.objects.exists()


def test_the_list_offers_nobody_who_cannot_be_written_to(jordan, pair, url):
    assert f'href="{url}#write"' in jordan.get("/messages/").text
    end(pair)
    page = jordan.get("/messages/").text
    assert f'href="{url}#write"' not in page
    write_before_it_ended(pair)
    assert f'href="{url}#write"' in jordan.get("/messages/").text


def write_before_it_ended(pair):
    ended, pair.ended_at = pair.ended_at, None
    pair.save()
    write(pair, pair.client)
    pair.ended_at = ended
    pair.save()


def test_no_page_sends_someone_there_to_ask_for_more(jordan, pair, url):
    end(pair)
    for page in (pair.provider.get_absolute_url(), pair.provider.booking_url):
        text = jordan.get(page).text
        assert f'href="{url}#write"' in text
        assert "Read your messages" in text
        assert "Message Dana" not in text
