"""A provider's clients: who they see, and one client's page. Only the client edits who they are."""

from django.db.models import OuterRef, Subquery
from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from accounts import trail

from ..models import Appointment, Relationship
from .provider import provider_only

PAST = 50


def find(request, uuid, **facts):
    """The provider's own relationship with these facts; anybody else's is not there."""
    pairs = Relationship.objects.filter(provider__user=request.user, **facts)
    with_people = pairs.select_related("provider__user", "client", "coverage__plan")
    return get_object_or_404(with_people, uuid=uuid)


@provider_only
def clients(request):
    """Who one sees, by name, with the next and the last time."""
    now = timezone.now()
    theirs = Appointment.objects.filter(relationship=OuterRef("pk"))
    past = theirs.active().filter(ends_at__lte=now).order_by("-starts_at")
    pairs = (
        Relationship.objects.filter(provider__user=request.user, archived_at=None, ended_at=None)
        .select_related("client")
        .annotate(
            next_at=Subquery(theirs.upcoming(now).values("starts_at")[:1]),
            last_at=Subquery(past.values("starts_at")[:1]),
        )
        .order_by("client__full_name", "pk")
    )
    context = {"pairs": list(pairs), "zone": request.user.provider.time_zone}
    return render(request, "booking/clients.html", context)


@provider_only
def client(request, uuid):
    """One client: what is to come, what was, how to reach them; the look is put on the trail."""
    pair = find(request, uuid)
    trail.record(request, subject=pair.client, what="client viewed", record=pair.uuid)
    upcoming = list(pair.appointments.upcoming(timezone.now()))
    past = pair.appointments.exclude(pk__in=[each.pk for each in upcoming])
    context = {
        "pair": pair,
        "client": pair.client,
        "provider": pair.provider,
        "coverage": getattr(pair, "coverage", None),
        "upcoming": upcoming,
        "past": list(past.order_by("-starts_at")[:PAST]),
        "zone": pair.provider.time_zone,
    }
    return render(request, "booking/client.html", context)
