"""Who can open a conversation: its two people, and nobody else (invariant 5)."""

from django.db.models import Exists, OuterRef, Q

from booking.models import Appointment, Relationship

from .models import sides_of


def for_user(user):
    """The user's relationships where the two can write to each other.

    That means something was scheduled, canceled or not, or an invitation was accepted.
    """
    scheduled = Appointment.objects.filter(relationship=OuterRef("pk"))
    return (
        Relationship.objects.filter(sides_of(user))
        .filter(Q(invitation_accepted_at__isnull=False) | Exists(scheduled))
        .select_related("client", "provider__user", "conversation__latest")
    )
