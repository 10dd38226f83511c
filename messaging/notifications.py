"""Mail about a message: we tell the other person that there is one, but not what it says."""

from datetime import timedelta

from django.urls import reverse
from django.utils import timezone

from accounts import outbox
from accounts.outbox import Mail

from .models import ChangeRequest, Message

NUDGE = timedelta(hours=48)  # after a request that nobody answered
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


def notify_request(request):
    """Owe the provider one word about a request that they leave unanswered."""
    outbox.enqueue(
        "messaging.request_waits",
        event=request.message.uuid,
        to=request.appointment.provider.user,
        due_at=request.message.sent_at + NUDGE,
        expires_at=request.appointment.starts_at,
    )


@outbox.kind("messaging.request_waits")
def request_waits(notification):
    """None if it's settled, or if the client is the one to answer now."""
    waiting = ChangeRequest.objects.unanswered(timezone.now())
    request = waiting.filter(message__uuid=notification.event).first()
    pair = request and request.message.conversation.relationship
    return request and Mail(
        subject="A request is waiting for your answer",
        note="Sign in to read and answer it.",
        button="Read and answer",
        link=reverse("messaging:conversation", args=[pair.uuid]),
    )
