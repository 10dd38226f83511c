"""The access trail: who looked at or changed whose record, when, and from where."""

from datetime import timedelta

from django.utils import timezone

from .access import client_address, is_seen
from .models import AccessEvent

DAY = timedelta(days=1)


def record(request, *, subject, what, record):
    """Note that the request's user saw or changed something about `subject` (a User).

    `what` is in words that name no one, like "appointment viewed"; `record` is its uuid.
    """
    if not is_seen(request):
        return
    AccessEvent.objects.create(
        actor=request.user,
        subject=subject,
        what=what,
        record=str(record),
        address=client_address(request),
    )


def record_listed(request, *, what, pairs):
    """Note that the request's user saw people on a list: `pairs` are relationships.

    Seeing the same person there again from the same address within 24 hours isn't noted: people
    look at a list all day, and that would bury the rest of the trail. One or two queries for any
    number of people.
    """
    if not is_seen(request):
        return
    by_client = {pair.client_id: pair for pair in pairs}
    here = {"actor": request.user, "what": what, "address": client_address(request)}
    recent = AccessEvent.objects.filter(**here, subject__in=by_client, at__gt=timezone.now() - DAY)
    known = set(recent.values_list("subject_id", flat=True))
    AccessEvent.objects.bulk_create(
        AccessEvent(**here, subject_id=client, record=str(pair.uuid))
        for client, pair in by_client.items()
        if client not in known
    )
