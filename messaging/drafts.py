"""The verbs of a draft: save it, and drop it with the message that it became."""

from django.db import transaction
from django.utils import timezone

from booking.models import Relationship
from booking.refusals import Refused

from . import access
from .models import Draft, Message

BLANK = {"body": "", "topic": "", "appointment": None}


class AlreadySent(Refused):
    """The message was sent, so its draft must not come back."""

    status = 410

    def __init__(self):
        super().__init__("You already sent this message.")


class Differs(Refused):
    """Another page saved or sent something different since this one was opened; that's `draft`."""

    status = 409

    def __init__(self, draft):
        super().__init__(
            "another tab has a different draft."
            if draft.body
            else "you sent or cleared this draft in another tab."
        )
        self.draft = draft


def of(relationship, user):
    """The person's draft; a new and empty one if they never saved any."""
    whose = {"relationship": relationship, "author": user}
    found = Draft.objects.filter(**whose).select_related("appointment").first()
    return found or Draft(**whose)


def shown(draft, *, about=None):
    """What a draft puts in the form; `about` is the key of an appointment to ask about instead."""
    appointment = about or (draft.appointment and draft.appointment.uuid)
    return {
        "body": draft.body,
        "topic": draft.topic,
        "appointment": appointment,
        "version": draft.version,
    }


def own_turn(relationship, by):
    """Lock the relationship: saving a draft and sending a message wait for each other.

    Raises CannotWrite if the two can't write anymore.
    """
    rows = Relationship.objects.select_related("client", "provider__user")
    pair = rows.select_for_update(no_key=True, of=["self"]).get(pk=relationship.pk)
    if closed := access.why_closed(pair, by):
        raise closed


def save(relationship, *, by, uuid, version, body, topic="", appointment=None):
    """Keep what `by` has typed on a page that saw this version; `uuid` is the message to be.

    An empty body clears it. Raises CannotWrite, AlreadySent or Differs.
    """
    with transaction.atomic():
        own_turn(relationship, by)
        if Message.objects.filter(uuid=uuid).exists():
            raise AlreadySent
        draft = of(relationship, by)
        if is_news(draft, uuid=uuid, version=version, body=body):
            raise Differs(draft)
        content = {"body": body, "topic": topic, "appointment": appointment}
        write(draft, uuid=uuid, **(content if body else BLANK))
    return draft


def drop(relationship, *, by, uuid, version, body):
    """Empty the draft of a message that was just sent; the caller has its turn.

    What another page saved after this one was opened stays, unless it's the same text.
    """
    draft = of(relationship, by)
    if draft.body and not is_news(draft, uuid=uuid, version=version, body=body):
        write(draft, uuid=uuid, **BLANK)


def is_news(draft, *, uuid, version, body):
    """Whether another page saved something different since the page with this version."""
    return draft.version > version and draft.message_uuid != uuid and draft.body != body


def write(draft, *, uuid, body, topic, appointment):
    draft.message_uuid, draft.body, draft.topic, draft.appointment = uuid, body, topic, appointment
    draft.version, draft.saved_at = draft.version + 1, timezone.now()
    draft.save()
