"""Two people write to each other: what each one sees, what we keep, and what we refuse."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from cryptography.fernet import Fernet
from django.db import connection

from accounts.models import AccessEvent
from booking.tests.factories import AppointmentFactory
from messaging.models import Conversation, Message
from messaging.tests.factories import write

KEY = "4a3f2b7e-93f5-4c57-8a54-0d1f7a3f8d11"


def written(body="Could we meet at noon?", **changes):
    return {"uuid": KEY, "body": body, **changes}


def unread(person):
    """The count next to Messages in the bar, and whether it's hidden."""
    count = r'class="count"( hidden)?><span data-unread-count>(\d+)</span>'
    found = re.search(count, person.get("/help/").text)
    return found[2], found[1] or ""


def test_each_reads_what_the_other_sends(jordan, dana, url):
    sent = jordan.post(url, written(topic="change"), follow=True)
    assert "Could we meet at noon?" in sent.text
    assert sent.redirect_chain == [(f"{url}#message-{KEY}", 302)]
    page = dana.get(url)
    assert "Could we meet at noon?" in page.text
    assert "Change or cancel" in page.text
    assert "Today, November 30" in page.text
    assert "8:00 AM" in page.text
    assert "Pacific Time" in page.text


def test_the_next_appointment_is_on_top_with_its_zone(jordan, dana, url, pair):
    for browser, page in ((jordan, "/appointments/"), (dana, "/workspace/appointments/")):
        text = browser.get(url).text
        assert "Next: Wednesday, December 2, 8:00 AM" in text
        assert f"{page}{pair.appointments.get().uuid}/" in text


def test_the_list_shows_the_latest_first_and_what_is_new(jordan, dana, pair, url):
    write(pair, pair.client, body="First.")
    dana.get(url)
    write(pair, pair.provider.user, body="Second.")
    assert '<span class="hush">New: </span>Second.' in jordan.get("/messages/").text
    jordan.get(url)
    page = jordan.get("/messages/").text
    assert "Second." in page
    assert "New:" not in page
    assert "You: " not in page
    assert "You: Second." in dana.get("/messages/").text


def test_every_page_counts_the_conversations_with_news(jordan, dana, pair, url):
    for _ in range(2):
        write(pair, pair.provider.user)
    assert unread(jordan) == ("1", "")
    assert unread(dana) == ("0", " hidden")
    jordan.get(url)
    assert unread(jordan) == ("0", " hidden")


def test_your_own_message_is_not_new(jordan, pair):
    write(pair, pair.client)
    assert "New:" not in jordan.get("/messages/").text


def test_a_message_that_came_while_you_wrote_yours_is_still_new(jordan, pair, url):
    write(pair, pair.provider.user)
    jordan.post(url, written())
    assert unread(jordan) == ("1", "")
    jordan.get(url)
    assert unread(jordan) == ("0", " hidden")


NOT_OPENED = "Not opened yet"


def test_after_three_days_the_sender_sees_that_the_newest_was_not_opened(
    pair, url, monday, signed_in
):
    write(pair, pair.client, body="First.")
    write(pair, pair.client, body="Second.")
    monday.shift(timedelta(days=3))
    jordan = signed_in(pair.client)
    assert NOT_OPENED not in jordan.get(url).text
    monday.shift(1)
    page = jordan.get(url).text
    assert page.count(NOT_OPENED) == 1
    assert page.index("Second.") < page.index(NOT_OPENED)
    assert NOT_OPENED not in signed_in(pair.provider.user).get(url).text
    assert NOT_OPENED not in jordan.get(url).text


def test_only_the_sender_sees_that_it_was_not_opened(pair, url, monday, signed_in):
    write(pair, pair.client)
    write(pair, pair.provider.user)
    monday.shift(timedelta(days=4))
    assert NOT_OPENED not in signed_in(pair.client).get(url).text


def test_a_provider_sees_it_too(pair, url, monday, signed_in):
    write(pair, pair.provider.user)
    monday.shift(timedelta(days=4))
    assert NOT_OPENED in signed_in(pair.provider.user).get(url).text


def test_a_second_press_shows_the_first_message(jordan, url):
    for _ in range(2):
        jordan.post(url, written())
    assert Message.objects.count() == 1


def test_other_words_from_the_same_page_are_kept_and_sent_with_the_next_press(jordan, url):
    jordan.post(url, written("First."))
    page = jordan.post(url, written("Second."))
    assert page.status_code == 409
    assert "To send this one too, press Send." in page.text
    [key] = re.findall(r'name="uuid" value="([^"]+)"', page.text)
    jordan.post(url, written("Second.", uuid=key))
    assert [each.body for each in Message.objects.order_by("pk")] == ["First.", "Second."]


def test_the_key_of_anothers_message_makes_no_second_one(jordan, dana, url):
    jordan.post(url, written("Mine."))
    answer = dana.post(url, written("Theirs."))
    assert answer.status_code == 409
    assert "Theirs." in answer.text
    assert Message.objects.get().body == "Mine."


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ("", "Write something first."),
        ("  \n ", "Write something first."),
        ("a\x00b", "invisible characters"),
        ("x" * 5001, "at most 5000 characters"),
    ],
)
def test_what_cannot_be_sent_gets_an_error_at_the_field_and_is_kept(jordan, url, body, says):
    page = jordan.post(url, written(body))
    assert page.status_code == 400
    assert says in page.text
    assert body.replace("\x00", "").strip()[:100] in page.text
    assert not Message.objects.exists()


@pytest.mark.parametrize("key", ["", "nonsense", None])
def test_a_lost_key_is_said_in_our_own_words(jordan, url, key):
    data = written(uuid=key) if key is not None else {"body": "Hello."}
    page = jordan.post(url, data)
    assert page.status_code == 400
    assert "Part of this page got lost." in page.text
    assert not Message.objects.exists()


def test_too_many_messages_have_to_wait_and_lose_nothing(jordan, url):
    for _ in range(30):
        assert jordan.post(url, written(uuid=uuid4())).status_code == 302
    page = jordan.post(url, written("One more.", uuid=uuid4()))
    assert page.status_code == 429
    assert "One more." in page.text
    assert Message.objects.count() == 30


def test_markup_is_text_and_links_are_links(jordan, url):
    page = jordan.post(url, written("<b>See</b> https://example.org\n\nBye."), follow=True).text
    assert "&lt;b&gt;See&lt;/b&gt;" in page
    assert '<a href="https://example.org" rel="nofollow">' in page


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1:8203@evil.test/login",
        "https://bank.example:443\\@evil.test/",
        "https://bank.example:8205.evil.test/",
        "(www.bank.example@evil.test/)",
        "https://b\u0430nk.example/",
        "www.b\u0430nk.example",
        "jane@b\u0430nk.example",
    ],
    ids=ascii,
)
def test_an_address_that_leads_elsewhere_than_it_looks_is_mere_text(jordan, url, address):
    page = jordan.post(url, written(f"<b>See</b> {address}"), follow=True).text
    body = re.search(r'<div class="message-body">(.*?)</div>', page, re.DOTALL)[1]
    assert f"&lt;b&gt;See&lt;/b&gt; {address}" in body
    assert "<a" not in body


@pytest.mark.parametrize(
    ("address", "href"),
    [
        ("(https://a.example/@dana?q=é).", "https://a.example/@dana?q=%C3%A9"),
        ("www.a.example/@dana", "http://www.a.example/@dana"),
        ("jane@a.example", "mailto:jane@a.example"),
    ],
)
def test_a_plain_address_is_a_link_wherever_its_signs_stand(jordan, url, address, href):
    assert f'<a href="{href}"' in jordan.post(url, written(address), follow=True).text


def test_a_key_belongs_to_one_conversation_and_one_author(jordan, dana, url, pair):
    jordan.post(url, written())
    later = pair.appointments.get().ends_at + timedelta(hours=1)
    other = AppointmentFactory(client=pair.client, starts_at=later).relationship
    for person, page in ((jordan, f"/messages/{other.uuid}/"), (dana, url)):
        assert person.post(page, written()).status_code == 409
    assert [message.author for message in Message.objects.all()] == [pair.client]
    assert "No messages yet" in jordan.get(f"/messages/{other.uuid}/").text


def test_every_key_of_the_settings_reads_and_the_first_writes(jordan, url, settings):
    old, new = settings.FIELD_KEYS[0], Fernet.generate_key().decode()
    jordan.post(url, written("Written with the old key."))
    settings.FIELD_KEYS = [new, old]
    jordan.post(url, written("Written with the new key.", uuid=uuid4()))
    page = jordan.get(url)
    assert "Written with the old key." in page.text
    assert "Written with the new key." in page.text
    first, second = Message.objects.order_by("pk").defer("body")
    settings.FIELD_KEYS = [new]
    assert second.body == "Written with the new key."
    assert first.body == ""


def test_bodies_are_encrypted_in_the_database(pair):
    write(pair, pair.client, body="I can’t sleep.")
    with connection.cursor() as cursor:
        cursor.execute("SELECT body FROM messaging_message")
        assert "sleep" not in cursor.fetchone()[0]


def test_long_conversations_come_in_pages_the_newest_first(jordan, pair, url):
    for number in range(53):
        write(pair, pair.provider.user, body=f"Message {number:02}.")
    page = jordan.get(url).text
    assert "Message 52." in page
    assert "Message 02." not in page
    older = Message.objects.order_by("pk")[3].pk
    assert f"?before={older}" in page
    page = jordan.get(f"{url}?before={older}").text
    assert "Message 02." in page
    assert "Message 03." not in page
    assert "Earlier messages" not in page


def test_all_of_a_long_conversation_is_one_page_to_print(
    jordan, pair, url, django_assert_num_queries
):
    for number in range(120):
        write(pair, pair.provider.user, body=f"Message {number:03}.")
    page = jordan.get(url).text
    assert "?all=1" in page
    with django_assert_num_queries(16):
        page = jordan.get(f"{url}?all=1").text
    assert all(f"Message {number:03}." in page for number in range(120))
    assert "Earlier messages" not in page
    with django_assert_num_queries(16):
        jordan.get(url)


@pytest.mark.parametrize("before", ["x", "-1", "9" * 40, "0"])
def test_a_bad_page_shows_no_error(jordan, pair, url, before):
    write(pair, pair.provider.user)
    assert jordan.get(f"{url}?before={before}").status_code == 200


def test_reading_old_pages_marks_nothing_as_unread_again(jordan, pair, url):
    write(pair, pair.provider.user, body="Old.")
    new = write(pair, pair.provider.user, body="New.")
    jordan.get(url)
    jordan.get(f"{url}?before={new.pk}")
    assert Conversation.objects.get().client_read_to == new.pk


def test_a_providers_look_is_on_the_trail(dana, pair, url):
    dana.get(url)
    look = AccessEvent.objects.get()
    assert (look.subject, look.what, look.record) == (pair.client, "messages read", str(pair.uuid))


def test_the_portal_costs_the_same_with_more_in_it(jordan, pair, url, django_assert_num_queries):
    write(pair, pair.provider.user)
    jordan.get(url)
    for page, queries in (("/messages/", 7), (url, 16)):
        with django_assert_num_queries(queries):
            jordan.get(page)
    for _ in range(3):
        write(pair, pair.provider.user)
    jordan.get(url)
    for page, queries in (("/messages/", 7), (url, 16)):
        with django_assert_num_queries(queries):
            jordan.get(page)


def test_days_are_the_readers(dana, jordan, pair, url):
    write(pair, pair.client, body="Late.")
    jordan.cookies["zone"] = "Pacific/Auckland"
    assert "Today, December 1" in jordan.get(url).text
    dana.cookies["zone"] = "Pacific/Auckland"  # the workspace uses the provider's own zone
    assert "Today, November 30" in dana.get(url).text
