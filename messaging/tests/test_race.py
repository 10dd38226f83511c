"""Both write at the same moment, on the suite's own database, and nothing gets lost."""

import re
from functools import partial
from uuid import uuid4

import pytest
from django.db import connection

from booking.tests.factories import AppointmentFactory
from booking.tests.steps import contend, enter
from messaging import drafts, writing
from messaging.models import Conversation, Draft, Message
from messaging.tests.factories import write

pytestmark = pytest.mark.django_db(transaction=True)


def test_messages_sent_at_once_are_all_there_and_the_last_one_is_the_latest():
    pair = AppointmentFactory().relationship
    people = [pair.client, pair.provider.user] * 8
    sent = contend([lambda who=who: write(pair, who) for who in people])
    assert all(isinstance(each, Message) for each in sent), sent
    assert Message.objects.count() == len(people)
    last = Message.objects.order_by("pk").last()
    assert Conversation.objects.get().latest == last
    for each in {pair.client, pair.provider.user}:  # neither has read the other's
        assert Conversation.objects.unread_by(each).exists()


def test_one_message_sent_twice_at_once_is_one():
    pair = AppointmentFactory().relationship
    key = uuid4()
    twice = [lambda: writing.send(pair, by=pair.client, uuid=key, body="Hello.")] * 6
    assert len({each.pk for each in contend(twice)}) == 1


def test_whoever_reads_while_the_other_writes_has_read_what_was_there_and_no_more():
    pair = AppointmentFactory().relationship
    first = write(pair, pair.client)
    provider = pair.provider.user
    work = [lambda: writing.mark_read(first.conversation, by=provider, to=first.pk)] * 4
    contend([*work, *[lambda: write(pair, pair.client)] * 4])
    thread = Conversation.objects.get()
    assert thread.provider_read_to == first.pk
    assert thread.client_read_to == thread.latest_id == Message.objects.latest("pk").pk
    assert list(Conversation.objects.unread_by(provider)) == [thread]
    assert not Conversation.objects.unread_by(pair.client).exists()


def test_a_draft_saved_while_its_message_is_sent_is_never_left_behind():
    saved = 0
    for _ in range(10):
        pair, key = AppointmentFactory().relationship, uuid4()
        draft = {"by": pair.client, "uuid": key, "version": 0, "body": "Hell"}
        send = partial(writing.send, pair, by=pair.client, uuid=key, body="Hello.")
        _, *answers = contend([send, *[partial(drafts.save, pair, **draft)] * 4])
        assert Message.objects.filter(uuid=key).exists()
        assert all(isinstance(each, Draft | drafts.AlreadySent) for each in answers), answers
        saved += sum(isinstance(each, Draft) for each in answers)
        assert not Draft.objects.exclude(body="").exists()
    assert saved


def test_of_two_tabs_that_save_at_once_one_is_told_of_the_other():
    pair = AppointmentFactory().relationship
    for version in range(5):
        whose = {"by": pair.client, "version": version}
        work = [
            partial(drafts.save, pair, **whose, uuid=uuid4(), body=f"{version} from {tab}")
            for tab in range(4)
        ]
        answers = contend(work)
        kept = [each for each in answers if isinstance(each, Draft)]
        assert len(kept) == 1, answers
        assert all(isinstance(each, Draft | drafts.Differs) for each in answers)
        assert Draft.objects.get().body == kept[0].body


def look(person, url, times):
    """Open the conversation, and ask for what's new so many times; the pages that were answered."""
    pages = [person.get(url)]
    for _ in range(times):
        latest = re.findall(r'id="lines" data-latest="(\d+)"', "".join(p.text for p in pages))[-1]
        pages.append(person.get(f"{url}parts/", {"after": latest}))
    return pages


def newest_in(pages):
    """The newest message on these pages, by its id."""
    keys = {key for page in pages for key in re.findall(r'id="message-([^"]+)"', page.text)}
    return max(Message.objects.filter(uuid__in=keys).values_list("pk", flat=True))


def test_unread_is_what_no_page_has_shown():
    seen = set()  # whether something was unread in the end, of the turns in which they met
    for turn in range(60):
        pair = AppointmentFactory().relationship
        write(pair, pair.provider.user)
        *tabs, last = [enter(pair.client) for _ in range(3)]
        looks = [partial(look, tab, f"/messages/{pair.uuid}/", turn % 4) for tab in tabs]
        writes = [partial(write, pair, pair.provider.user)] * 3
        *sent, one, other = contend([*writes, *looks])
        assert all(isinstance(each, Message) for each in sent), sent
        assert {page.status_code for page in one + other} == {200}
        shown, newest = newest_in(one + other), Message.objects.latest("pk").pk
        assert Conversation.objects.get(pk=pair.pk).client_read_to == shown
        assert last.get("/messages/news/").json()["unread"] == (newest > shown)
        if newest_in(one[:1]) < newest:  # it was opened before the last one was sent
            seen.add(newest > shown)
        if len(seen) == 2:
            break
    assert seen == {True, False}


@pytest.mark.parametrize("part", ["", "parts/?after=0"])
def test_a_message_that_comes_while_a_page_is_made_is_not_read_by_it(part):
    pair, sent = AppointmentFactory().relationship, []
    write(pair, pair.provider.user)

    def send_after_the_messages_are_found(execute, sql, *more):
        found = execute(sql, *more)
        if 'FROM "messaging_message"' in sql and not sent:
            sent.extend(contend([partial(write, pair, pair.provider.user)]))
        return found

    person = enter(pair.client)
    with connection.execute_wrapper(send_after_the_messages_are_found):
        page = person.get(f"/messages/{pair.uuid}/{part}")
    assert newest_in([page]) < sent[0].pk
    assert Conversation.objects.unread_by(pair.client).exists()


def test_whoever_writes_without_having_seen_the_others_message_still_has_it_to_read():
    for _ in range(5):
        pair = AppointmentFactory().relationship
        people = [pair.client, pair.provider.user]
        contend([partial(write, pair, each) for each in people])
        for each in people:
            assert Conversation.objects.unread_by(each).exists()
