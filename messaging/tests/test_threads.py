"""The list of conversations: each can be reached, found by name, unread or by topic."""

import re
from datetime import timedelta

import pytest

from accounts.tests.factories import UserFactory
from booking.tests.factories import AppointmentFactory
from booking.tests.steps import TEN_AM
from messaging import threads
from messaging.tests.factories import write
from providers.tests.factories import ProviderFactory


def names(page):
    """The names on a page of the list, in their order."""
    return re.findall(r'<span class="name">([^<]+)</span>', page.text)


@pytest.fixture
def practice(pair):
    """Dana has 60 clients more, and the last of them wrote last."""
    starts_at = pair.appointments.get().starts_at
    for number in range(60):
        client, later = UserFactory(full_name=f"Client {number:02}"), timedelta(days=number + 1)
        visit = AppointmentFactory(
            provider=pair.provider, client=client, starts_at=starts_at + later
        )
        write(visit.relationship, client)
    return pair.provider


def test_every_conversation_can_be_reached_the_newest_first(practice, dana):
    seen, page = [], dana.get("/messages/")
    while older := re.search(r'href="([^"]+)">Older conversations', page.text):
        seen += names(page)
        page = dana.get(older[1].replace("&amp;", "&"))
    assert [*seen, *names(page)] == [f"Client {number:02}" for number in range(59, -1, -1)]


def test_a_new_message_puts_its_conversation_on_top(practice, dana):
    first = practice.relationships.get(client__full_name="Client 03")
    write(first, first.client)
    assert names(dana.get("/messages/"))[:2] == ["Client 03", "Client 59"]


def test_a_provider_finds_a_client_by_name_and_nobody_elses(practice, dana):
    other = AppointmentFactory(provider=ProviderFactory(), client__full_name="Client 590")
    write(other.relationship, other.client)
    assert names(dana.get("/messages/", {"name": " client 59 "})) == ["Client 59"]
    page = dana.get("/messages/", {"name": "Nobody"})
    assert names(page) == []
    assert "No conversation like that." in page.text


def test_a_provider_is_found_by_name(pair, jordan):
    marcus = AppointmentFactory(
        provider=ProviderFactory(name="Marcus Okafor"), client=pair.client, starts_at=TEN_AM
    ).relationship
    for each in (pair, marcus):
        write(each, pair.client)
    assert names(jordan.get("/messages/", {"name": "okafor"})) == ["Marcus Okafor"]


def test_unread_and_topics_are_filters(pair, jordan, dana):
    marcus = AppointmentFactory(
        provider=ProviderFactory(name="Marcus Okafor"), client=pair.client, starts_at=TEN_AM
    )
    write(pair, pair.client, topic="coding")
    write(marcus.relationship, marcus.provider.user)
    assert names(jordan.get("/messages/", {"show": "unread"})) == ["Marcus Okafor"]
    assert names(jordan.get("/messages/", {"show": "coding"})) == ["Dana Whitfield"]
    assert names(dana.get("/messages/", {"show": "unread"})) == ["Jordan Ellis"]
    assert names(dana.get("/messages/", {"show": "services"})) == []


def test_what_was_looked_for_stays_beside_an_open_conversation(practice, dana):
    page = dana.get("/messages/", {"name": "Client 1"})
    link = re.search(r'class="thread-row[^"]*" href="([^"]+)"', page.text)[1]
    opened = dana.get(link.replace("&amp;", "&"))
    assert names(opened) == names(page)
    assert 'value="Client 1"' in opened.text


@pytest.mark.parametrize(
    "query",
    [{"older": "0" * 30 + "1"}, {"older": "\u00b2"}, {"show": "nothing"}, {"name": "%\u202e" * 90}],
)
def test_odd_values_get_a_page(practice, dana, query):
    assert dana.get("/messages/", query).status_code == 200


def test_someone_who_wrote_to_nobody_yet_sees_who_they_can_write_to(pair, jordan):
    page = jordan.get("/messages/")
    assert names(page) == ["Dana Whitfield"]
    assert "No messages yet" in page.text


def test_a_provider_who_is_someones_client_has_both_kinds(pair, signed_in):
    marcus = ProviderFactory(name="Marcus Okafor")
    own = AppointmentFactory(
        provider=pair.provider, client=marcus.user, starts_at=TEN_AM
    ).relationship
    client = AppointmentFactory(
        provider=marcus, client=pair.client, starts_at=TEN_AM + timedelta(hours=2)
    ).relationship
    write(own, pair.provider.user)
    write(client, pair.client)
    page = signed_in(marcus.user).get("/messages/")
    assert names(page) == ["Jordan Ellis", "Dana Whitfield"]
    assert ">2<" in page.text


@pytest.mark.parametrize("query", [{}, {"name": "Client"}, {"show": "unread"}])
def test_the_list_takes_as_many_queries_for_three_as_for_a_page(
    practice, dana, django_assert_max_num_queries, query
):
    dana.get("/messages/")  # which writes in the session
    with django_assert_max_num_queries(7):
        page = dana.get("/messages/", query)
    assert len(names(page)) == threads.PAGE
