"""Both write at the same moment, on the suite's own database, and nothing gets lost."""

from uuid import uuid4

import pytest

from booking.tests.factories import AppointmentFactory
from booking.tests.steps import contend
from messaging import access, writing
from messaging.models import Conversation, Message, ReadMark
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
    assert ReadMark.objects.get(user=last.author).read_to == last.pk
    assert not access.unread(last.author).exists()


def test_one_message_sent_twice_at_once_is_one():
    pair = AppointmentFactory().relationship
    key = uuid4()
    twice = [lambda: writing.send(pair, by=pair.client, uuid=key, body="Hello.")] * 6
    assert len({each.pk for each in contend(twice)}) == 1
