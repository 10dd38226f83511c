"""An open page asks for news: ids and counts that leave no trace, then the parts that changed."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import AccessEvent
from accounts.tests.factories import UserFactory
from booking.appointments import scheduling
from booking.tests.factories import AppointmentFactory
from messaging import reading
from messaging.models import Conversation, Message
from messaging.tests.factories import write
from providers.tests.factories import ProviderFactory


@pytest.fixture
def outsider(signed_in):
    """Someone who has written to a provider of their own."""
    other = AppointmentFactory(provider=ProviderFactory()).relationship
    write(other, other.client)
    return signed_in(other.client)


def shown(person, url, after):
    """The bodies in the part for a page whose last message is `after`."""
    text = person.get(f"{url}parts/", {"after": after}).text
    return re.findall(r'<div class="message-body"><p>([^<]+)</p>', text)


NOTHING = {"unread": 0, "newest": 0, "waiting": 0}


def test_news_are_the_unread_the_newest_and_the_latest_of_one_conversation(jordan, dana, pair, url):
    mine = write(pair, pair.client)
    event = pair.appointments.get().events.get()
    here = {"latest": mine.pk, "changes": f"0 {event.pk}"}
    assert jordan.get(f"{url}news/").json() == {**NOTHING, "newest": mine.pk, **here}
    dana.get(url)
    theirs = write(pair, pair.provider.user)
    news = {**NOTHING, "unread": 1, "newest": theirs.pk}
    assert jordan.get("/messages/news/").json() == news
    assert jordan.get(f"{url}news/").json() == {**news, **here, "latest": theirs.pk}
    assert dana.get("/messages/news/").json() == {**news, "unread": 0}


def test_before_the_first_message_there_are_none(jordan, pair, url):
    changes = f"0 {pair.appointments.get().events.get().pk}"
    assert jordan.get(f"{url}news/").json() == {**NOTHING, "latest": 0, "changes": changes}


def test_a_provider_who_is_someones_client_gets_news_of_both(pair, signed_in):
    marcus = ProviderFactory(name="Marcus Okafor")
    later = pair.appointments.get().ends_at + timedelta(hours=2)
    own = AppointmentFactory(provider=pair.provider, client=marcus.user, starts_at=later)
    client = AppointmentFactory(provider=marcus, client=pair.client, starts_at=later)
    person = signed_in(marcus.user)
    for visit, writer in ((own, pair.provider.user), (client, pair.client), (own, None)):
        newest = write(visit.relationship, writer or pair.provider.user)
        assert person.get("/messages/news/").json()["newest"] == newest.pk
    assert person.get("/messages/news/").json()["unread"] == 2


def test_anothers_conversation_is_not_found(pair, outsider, url):
    write(pair, pair.client)
    for page in ("news/", "parts/", "parts/?after=0"):
        assert outsider.get(f"{url}{page}").status_code == 404
    newest = outsider.get("/messages/news/").json()["newest"]
    assert newest == Message.objects.earliest("pk").pk
    assert "Jordan" not in outsider.get("/messages/parts/").text


def test_asking_reads_no_message_and_writes_nothing(dana, pair, url):
    write(pair, pair.client)
    dana.get("/messages/")  # which writes in the session
    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert dana.get(f"{url}news/").status_code == 200
    for query in asked:
        assert query["sql"].startswith("SELECT")
        assert "body" not in query["sql"]
    assert not AccessEvent.objects.exists()
    assert Conversation.objects.get().provider_read_to == 0


def test_asking_takes_as_many_queries_for_a_hundred_as_for_one(dana, pair, url):
    write(pair, pair.client)
    dana.get("/messages/")
    with CaptureQueriesContext(connection) as one:
        dana.get(f"{url}news/")
    starts_at = pair.appointments.get().starts_at
    for number in range(1, 100):
        visit = AppointmentFactory(
            provider=pair.provider, client=UserFactory(), starts_at=starts_at + timedelta(number)
        )
        write(visit.relationship, visit.client)
    with CaptureQueriesContext(connection) as hundred:
        assert dana.get(f"{url}news/").json()["unread"] == 100
    assert len(one) == len(hundred) == 9  # session, user, provider, and six of its own


def test_no_cache_keeps_news(jordan, url):
    for page in ("news/", "parts/"):
        assert jordan.get(f"{url}{page}")["Cache-Control"] == "no-store, private"


def test_a_page_that_asks_does_not_keep_its_session(jordan, pair, url, monday):
    last = write(pair, pair.provider.user)
    jordan.get(url)
    for _ in range(59):
        monday.shift(60)
        assert jordan.get(f"{url}news/").status_code == 200
        assert jordan.get(f"{url}parts/?after={last.pk - 1}").status_code == 200
    monday.shift(61)
    answer = jordan.get(f"{url}news/")
    assert (answer.status_code, answer.url) == (302, f"/accounts/login/code/?next={url}news/")
    assert jordan.get(url).status_code == 302


def test_what_is_new_comes_alone_is_read_and_goes_on_the_trail(dana, pair, url):
    first = write(pair, pair.client, body="First.")
    dana.get(url)
    write(pair, pair.client, body="Second.")
    third = write(pair, pair.client, body="Third.")
    assert shown(dana, url, first.pk) == ["Second.", "Third."]
    assert Conversation.objects.get().provider_read_to == third.pk
    assert shown(dana, url, third.pk) == []
    looks = AccessEvent.objects.values_list("subject", "what", "record")
    assert list(looks) == [(pair.client_id, "messages read", str(pair.uuid))] * 2


def test_the_list_alone_is_no_look_at_the_conversation(dana, pair, url):
    write(pair, pair.client, body="First.")
    part = dana.get(f"{url}parts/").text
    assert 'aria-current="page"' in part
    assert "message-body" not in part
    assert 'data-unread="1"' in part
    assert not AccessEvent.objects.exists()


def test_a_part_that_nobody_sees_is_not_read(dana, pair, url):
    write(pair, pair.client)
    dana.get(f"{url}parts/?after=0", headers={"Sec-Purpose": "prefetch"})
    assert Conversation.objects.get().provider_read_to == 0
    assert not AccessEvent.objects.exists()


def test_the_list_keeps_what_was_looked_for(jordan, pair, url):
    write(pair, pair.provider.user)
    assert "Dana Whitfield" in jordan.get(f"{url}parts/", {"name": "dana"}).text
    assert "Dana Whitfield" not in jordan.get(f"{url}parts/", {"name": "marcus"}).text


def test_what_happened_since_comes_along(jordan, pair, url, monday):
    monday.shift(60)
    first = write(pair, pair.provider.user)
    monday.shift(60)
    scheduling.cancel(pair.appointments.get(), by=pair.provider.user)
    monday.shift(60)
    write(pair, pair.provider.user, body="I had to cancel.")
    part = jordan.get(f"{url}parts/", {"after": first.pk}).text
    assert part.count('class="event-line"') == 1
    assert part.index("event-line") < part.rindex("I had to cancel.")


def test_more_than_a_page_comes_in_pages_without_a_gap(jordan, pair, url):
    first = write(pair, pair.provider.user)
    for number in range(reading.PAGE + 3):
        write(pair, pair.provider.user, body=f"Message {number}.")
    part = jordan.get(f"{url}parts/", {"after": first.pk}).text
    latest = int(re.search(r'data-latest="(\d+)"', part)[1])
    assert Conversation.objects.get().client_read_to == latest
    assert f"Message {reading.PAGE - 1}." in part
    assert shown(jordan, url, latest) == [f"Message {reading.PAGE + each}." for each in range(3)]


@pytest.mark.parametrize("after", ["", "x", "-1", "9" * 40, "0"])
def test_an_odd_place_shows_no_error(jordan, pair, url, after):
    for _ in range(2):
        assert jordan.get(f"{url}parts/", {"after": after}).status_code == 200
        write(pair, pair.provider.user)


def test_an_old_page_of_a_conversation_takes_no_new_lines(jordan, pair, url):
    last = write(pair, pair.provider.user)
    assert f'id="lines" data-latest="{last.pk}"' in jordan.get(url).text
    assert 'id="lines"' not in jordan.get(f"{url}?before={last.pk + 1}").text
