"""Mail about a message: we tell the other person that there is one, but not what it says."""

from datetime import timedelta

from django.urls import reverse
from django.utils import timezone

from accounts import outbox
from accounts.models import Notification
from accounts.outbox import Mail

from . import access
from .models import ChangeRequest, Message, Proposal

WAIT = timedelta(minutes=10)  # for someone who's about to look anyway
NUDGE = timedelta(hours=48)  # after a request that nobody answered
KIND = "messaging.message"
TOLD = [Notification.State.PENDING, Notification.State.SENDING, Notification.State.SENT]


def notify_message(message, *, to):
    """Owe the reader an email about this message, unless they read it before it goes out."""
    outbox.enqueue(KIND, event=message.uuid, to=to, due_at=timezone.now() + WAIT)


@outbox.kind(KIND)
def message(notification):
    """None if they read it, can't answer, or haven't looked since they were told of another."""
    path = "conversation__relationship"
    rows = Message.objects.select_related(f"{path}__client", f"{path}__provider__user")
    sent = rows.get(uuid=notification.event)
    thread, reader = sent.conversation, notification.recipient
    pair, read_to = thread.relationship, getattr(thread, thread.read_to_of(reader))
    if read_to >= sent.pk or access.why_closed(pair, reader) or is_told(sent, reader, read_to):
        return None
    page = reverse("messaging:conversation", args=[pair.uuid])
    return Mail(
        subject="You have a new message",
        note="Sign in to read it.",
        button="Read and answer",
        link=page,
    )


def is_told(message, reader, read_to):
    """Whether an email went out, or is owed, about an earlier message of those yet to be read."""
    unread = message.conversation.messages.filter(pk__gt=read_to, pk__lt=message.pk)
    keys = unread.values_list("uuid", flat=True)
    told = Notification.objects.filter(kind=KIND, recipient=reader, state__in=TOLD)
    return told.filter(event__in=map(str, keys)).exists()


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
    if not pair or access.why_closed(pair, notification.recipient):
        return None
    return Mail(
        subject="A request is waiting for your answer",
        note="Sign in to read and answer it.",
        button="Read and answer",
        link=reverse("messaging:conversation", args=[pair.uuid]),
    )


def notify_offer(offer):
    """Owe the provider a word if the offer ends without an answer: its times are free again."""
    pair = offer.message.conversation.relationship
    outbox.enqueue(
        "messaging.offer_ended",
        event=offer.message.uuid,
        to=pair.provider.user,
        due_at=offer.until,
    )


@outbox.kind("messaging.offer_ended")
def offer_ended(notification):
    """None if it was answered, or if its appointment changed, which the provider knows of."""
    offer = Proposal.objects.select_related(
        "instead_of", "message__conversation__relationship"
    ).get(message__uuid=notification.event)
    pair = offer.message.conversation.relationship
    is_changed = offer.instead_of and offer.instead_of.sequence != offer.sequence
    if offer.outcome or is_changed or access.why_closed(pair, notification.recipient):
        return None
    page = reverse("messaging:conversation", args=[pair.uuid])
    return Mail(
        subject="The times you offered aren’t held anymore",
        note="Your client didn’t answer in time. You can offer times again.",
        button="Open the conversation",
        link=f"{page}#message-{offer.message.uuid}",
    )
