"""The access trail: who looked at or changed whose record, when, and from where."""

from .access import client_address
from .models import AccessEvent


def record(request, *, subject, what, record):
    """Note that the request's user saw or changed something of `subject` (a User).

    `what` is said in words that name no one: "appointment viewed"; `record` is its uuid.
    """
    AccessEvent.objects.create(
        actor=request.user,
        subject=subject,
        what=what,
        record=str(record),
        address=client_address(request),
    )
