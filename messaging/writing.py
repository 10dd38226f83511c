"""The verbs of a conversation: write a message, and note how far one has read."""

from django.db import transaction
from django.utils import timezone

from booking.refusals import Refused

from . import notifications
from .models import Conversation, Message, ReadMark


class NotYours(Refused):
    """Only the two people of a relationship write in its conversation."""

    status = 404

    def __init__(self):
        super().__init__("There is no such conversation.")


class KeyTaken(Refused):
    """A message of other words was made with this uuid."""

    status = 409

    def __init__(self):
        super().__init__(
            "You sent another message from this page. Press Send to send this one too."
        )


def send(relationship, *, by, uuid, body, topic=""):
    """Write to the other of the two; a repeat of the uuid returns the message that it made.

    `topic` is a Message.Topic or "". The conversation is locked, so that its messages' ids rise in
    the order in which they are there to be read. Raises NotYours, or KeyTaken.
    """
    other = other_of(relationship, by)
    with transaction.atomic():
        Conversation.objects.get_or_create(relationship=relationship)
        thread = Conversation.objects.select_for_update(no_key=True).get(relationship=relationship)
        here = {"conversation": thread, "author": by}
        content = {"topic": topic, "body": body, "sent_at": timezone.now()}
        message, new = Message.objects.get_or_create(uuid=uuid, defaults=here | content)
        if not new:
            if (message.conversation, message.author, message.body) != (thread, by, body):
                raise KeyTaken
            return message
        thread.latest = message
        thread.save(update_fields=["latest"])
        mark_read(thread, by=by, to=message.pk)
        notifications.notify_message(message, to=other)
    return message


def mark_read(conversation, *, by, to):
    """Note that someone has read up to the message of that id; never back again."""
    mark, new = ReadMark.objects.get_or_create(
        conversation=conversation, user=by, defaults={"read_to": to}
    )
    if not new and mark.read_to < to:
        ReadMark.objects.filter(pk=mark.pk, read_to__lt=to).update(read_to=to)


def other_of(relationship, user):
    """The other of the two people; raises NotYours for a third."""
    pair = {relationship.client_id: relationship.client}
    pair[relationship.provider.user_id] = relationship.provider.user
    if pair.pop(user.pk, None) is None:
        raise NotYours
    return pair.popitem()[1]
