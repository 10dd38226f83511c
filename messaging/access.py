"""Who can open a conversation: its two people, and nobody else (invariant 5)."""

from django.db.models import Exists, F, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce

from booking.models import Appointment, Relationship

from .models import Conversation, ReadMark


def for_user(user):
    """The user's relationships where the two can write to each other.

    That means something was scheduled, canceled or not, or an invitation was accepted.
    """
    scheduled = Appointment.objects.filter(relationship=OuterRef("pk"))
    return (
        Relationship.objects.filter(Q(client=user) | Q(provider__user=user))
        .filter(Q(invitation_accepted_at__isnull=False) | Exists(scheduled))
        .select_related("client", "provider__user", "conversation__latest")
    )


def read_to(user, conversation):
    """The id up to which the user has read, as an expression; 0 if they've read nothing."""
    marks = ReadMark.objects.filter(user=user, conversation=OuterRef(conversation))
    return Coalesce(Subquery(marks.values("read_to")[:1]), Value(0))


def unread(user):
    """The user's conversations with something they haven't read."""
    theirs = Q(relationship__client=user) | Q(relationship__provider__user=user)
    marked = Conversation.objects.filter(theirs).annotate(read_to=read_to(user, "pk"))
    return marked.filter(latest__gt=F("read_to"))
