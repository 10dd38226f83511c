"""Who can open a conversation: its two people alone (invariant 5); and whether they can write."""

from django.db.models import Exists, OuterRef, Q

from booking.models import Appointment, Relationship
from booking.refusals import Refused

from .models import sides_of


class CannotWrite(Refused):
    """The two can still read everything, but not write; `why` is a clause."""

    status = 403

    def __init__(self, why):
        super().__init__(f"{why}, so you can’t write here anymore. You can still read everything.")


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


def name_of_other(pair, user):
    """The first name of the other person, to a user who is one of the two."""
    return pair.provider.first_name if user == pair.client else pair.client.first_name_shown


def why_closed(pair, user):
    """The CannotWrite that one of the two gets who writes to the other; None if they can."""
    name = name_of_other(pair, user)
    if not (pair.client.is_active and pair.provider.user.is_active):
        return CannotWrite(f"{name}’s account is closed")
    return CannotWrite(f"You and {name} no longer work together") if pair.ended_at else None
