"""The verbs of a conversation: write a message, and note how far someone has read."""

from django.db import transaction
from django.db.models import Case, F, When
from django.utils import timezone

from booking.refusals import Refused

from . import drafts, notifications, reply_time
from .models import Conversation, Message


class NotYours(Refused):
    """Only the two people in a relationship can write in its conversation."""

    status = 404

    def __init__(self):
        super().__init__("There is no such conversation.")


class KeyTaken(Refused):
    """This uuid already belongs to a different message."""

    status = 409

    def __init__(self):
        super().__init__(
            "You already sent a different message from this page. To send this one too, press Send."
        )


def send(relationship, *, by, uuid, body, topic="", appointment=None, version=0):
    """Write to the other person; repeating the uuid returns the message it made.

    `topic` is a Message.Topic or "", `appointment` one of the two's, `version` that of the draft
    on the page; the message takes the draft's place. A draft that another tab just sent isn't sent
    twice. One message at a time, so that their ids increase in the order people can read them.
    Raises NotYours, CannotWrite or KeyTaken.
    """
    other = other_of(relationship, by)
    with transaction.atomic():
        drafts.own_turn(relationship, by)
        now = timezone.now()
        two = {"client": relationship.client, "provider": relationship.provider}
        thread, _ = Conversation.objects.get_or_create(relationship=relationship, defaults=two)
        if is_sent_elsewhere(thread, drafts.of(relationship, by), body=body, version=version):
            return thread.latest
        here = {"conversation": thread, "author": by}
        about = {"topic": topic, "appointment": appointment}
        content = {**about, "body": body, "sent_at": now}
        if by == relationship.provider.user:
            content["waited"] = reply_time.waited(thread, by=by, now=now)
        message, new = Message.objects.get_or_create(uuid=uuid, defaults=here | content)
        if not new:
            if (message.conversation, message.author, message.body) != (thread, by, body):
                raise KeyTaken
            return message
        put_last(message)
        drafts.drop(relationship, by=by, uuid=uuid, version=version, body=body)
        notifications.notify_message(message, to=other)
    return message


def is_sent_elsewhere(thread, draft, *, body, version):
    """Whether another tab sent this very draft: it's the last message, and this page is behind."""
    last = thread.latest
    is_last = last is not None and (last.author_id, last.body) == (draft.author_id, body)
    return is_last and draft.version > version > 0


def put_last(message):
    """Make it the latest. Its author has read it, unless there's more before it to read."""
    read_to = message.conversation.read_to_of(message.author)
    has_read = Case(When(**{f"{read_to}__lt": F("latest")}, then=F(read_to)), default=message.pk)
    Conversation.objects.filter(pk=message.conversation_id).update(
        latest=message, **{read_to: has_read}
    )


def mark_read(conversation, *, by, to):
    """Note that someone has read up to the message with that id. It never moves back."""
    field = conversation.read_to_of(by)
    Conversation.objects.filter(pk=conversation.pk, **{f"{field}__lt": to}).update(**{field: to})


def other_of(relationship, user):
    """The other person in the relationship; raises NotYours for anyone else."""
    pair = {relationship.client_id: relationship.client}
    pair[relationship.provider.user_id] = relationship.provider.user
    if pair.pop(user.pk, None) is None:
        raise NotYours
    return pair.popitem()[1]
