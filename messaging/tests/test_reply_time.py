"""How soon a provider usually answers: measured with each answer, told to clients alone."""

from datetime import timedelta
from statistics import median

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from booking.tests.factories import AppointmentFactory
from messaging import reply_time
from messaging.models import Message
from messaging.tests.factories import write

HOUR = 3600
DAY = 24 * HOUR


@pytest.fixture
def answered(pair, monday):
    """`answered(seconds, times)`: Jordan writes, and Dana answers that much later."""

    def answer(seconds, times=1):
        for _ in range(times):
            write(pair, pair.client)
            monday.shift(seconds)
            write(pair, pair.provider.user)

    return answer


def waits():
    return list(Message.objects.order_by("pk").values_list("waited", flat=True))


def test_an_answer_counts_from_the_first_message_that_waits_for_one(pair, monday):
    client, provider = pair.client, pair.provider.user
    for by, seconds in ((provider, 5), (client, 60), (client, 40), (provider, 9), (provider, 9)):
        write(pair, by)
        monday.shift(seconds)
    write(pair, client)
    monday.shift(7)
    write(pair, provider)
    assert waits() == [None, None, None, 100, None, None, 7]


def test_a_message_sent_twice_keeps_what_it_measured(pair, dana, monday, url):
    write(pair, pair.client)
    monday.shift(60)
    data = {"uuid": "4a3f2b7e-93f5-4c57-8a54-0d1f7a3f8d11", "body": "Yes."}
    for _ in range(2):
        dana.post(url, data)
        monday.shift(60)
    assert waits() == [None, 60]


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (4 * HOUR, "Usually answers within a few hours"),
        (4 * HOUR + 1, "Usually answers within a day"),
        (DAY + 1, "Usually answers within two days"),
        (7 * DAY, "Usually answers within a week"),
    ],
)
def test_a_client_reads_how_soon_the_provider_usually_answers(
    pair, answered, signed_in, url, seconds, words
):
    answered(seconds, times=4)
    assert "Usually answers" not in signed_in(pair.client).get(url).text
    answered(seconds)
    header = signed_in(pair.client).get(url).text.partition("</header>")[2].partition("</header>")
    assert words in header[0]
    assert "Usually answers" not in signed_in(pair.provider.user).get(url).text


def test_more_than_a_week_is_not_told(pair, answered, signed_in, url):
    answered(7 * DAY + 1, times=5)
    assert "Usually answers" not in signed_in(pair.client).get(url).text


def test_only_the_last_twenty_answers_count_of_all_clients(pair, answered, signed_in, monday):
    answered(3 * DAY, times=11)
    other = AppointmentFactory(provider=pair.provider).relationship
    for _ in range(20):
        write(other, other.client)
        monday.shift(HOUR)
        write(other, pair.provider.user)
    assert reply_time.usual(pair.provider) == "within a few hours"
    answered(3 * DAY, times=11)
    assert reply_time.usual(pair.provider) == "within a week"


def test_what_a_provider_writes_as_someones_client_is_no_answer(pair):
    own = AppointmentFactory(client=pair.provider.user).relationship
    for by in (own.client, own.provider.user, own.client):
        write(own, by)
    assert Message.objects.exclude(waited=None).get().author == own.provider.user


def test_the_answers_are_found_by_their_index(pair, answered):
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL plans by what a table holds")
    found = Message.objects.filter(author=pair.provider.user, waited__isnull=False)
    assert "message_that_answered" in found.order_by("-pk")[:20].explain()


@given(st.lists(st.integers(0, 30 * DAY), min_size=5, max_size=20))
def test_what_it_says_holds_for_the_middle_one_and_nothing_tighter_does(waits):
    said, middle = reply_time.in_words(waits), timedelta(seconds=median(waits))
    bounds = {words: most for most, words in reply_time.USUAL}
    if not said:
        assert middle > max(bounds.values())
    else:
        assert middle <= bounds[said]
        assert all(most < middle for most in bounds.values() if most < bounds[said])
