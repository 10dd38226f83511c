"""Both write at the same moment, on the suite's own database, and nothing gets lost."""

from functools import partial
from uuid import uuid4

import pytest

from booking.tests.factories import AppointmentFactory
from booking.tests.steps import contend
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
    assert not Conversation.objects.unread_by(last.author).exists()


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
