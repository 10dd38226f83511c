"""Mail about a message: we tell the other person that there is one, but not what it says."""

from datetime import timedelta

from django.urls import reverse
from django.utils import timezone

from accounts import outbox
from accounts.outbox import Mail

from .models import Message

PAUSE = timedelta(minutes=1)  # three messages in a row make one email


def notify_message(message, *, to):
    """Owe the reader an email about this message, unless they read it before it goes out."""
    outbox.enqueue("messaging.message", event=message.uuid, to=to, due_at=timezone.now() + PAUSE)


@outbox.kind("messaging.message")
def message(notification):
    """None if they read it, or if there's a newer one, whose own email covers both."""
    sent = Message.objects.select_related("conversation__relationship").get(uuid=notification.event)
    thread = sent.conversation
    is_read = getattr(thread, thread.read_to_of(notification.recipient)) >= sent.pk
    if is_read or thread.messages.filter(pk__gt=sent.pk, author=sent.author).exists():
        return None
    page = reverse("messaging:conversation", args=[thread.relationship.uuid])
    return Mail(
        subject="You have a new message",
        note="Sign in to read it.",
        button="Read and answer",
        link=page,
    )
