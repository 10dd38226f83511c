"""A provider's clients: the list, and one client's page. Only clients edit their own details."""

from urllib.parse import urlencode

from django.db.models import OuterRef, Subquery
from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from accounts import trail
from providers.access import provider_only
from providers.normalization import normalize

from ..clock import labels
from ..clock.dates import parse_day, parse_minute
from ..models import Appointment, Relationship
from .calendar import title

LISTED = 50


@provider_only
def clients(request):
    """The provider's clients by name, each with the next and last appointment.

    With `?date=`, and maybe `?starts=` (HH:MM), the links to schedule carry these along.
    """
    now = timezone.now()
    theirs = Appointment.objects.filter(relationship=OuterRef("pk"))
    past = theirs.not_canceled().filter(ends_at__lte=now).order_by("-starts_at")
    pairs = list(
        Relationship.objects.for_provider(request.user)
        .filter(archived_at=None, ended_at=None)
        .select_related("client")
        .annotate(
            next_at=Subquery(theirs.upcoming(now).values("starts_at")[:1]),
            last_at=Subquery(past.values("starts_at")[:1]),
        )
        .order_by("pk")
    )
    pairs.sort(key=lambda pair: normalize(pair.client.full_name))
    trail.record_listed(request, what="seen on the client list", pairs=pairs)
    context = {
        "pairs": pairs,
        "zone": request.user.provider.time_zone,
        **parse_prefill(request.GET, now),
    }
    return render(request, "booking/workspace/clients.html", context)


def parse_prefill(query, now):
    """The day, and maybe time, to schedule at: as a date, in words, and as a query to carry on."""
    day = parse_day(query.get("date"))
    if not day:
        return {"day": None, "day_text": "", "query": ""}
    text, prefill = title([day], now.date()), {"date": day.isoformat()}
    minute = parse_minute(query.get("starts"))
    if minute is not None:
        text, prefill["starts"] = f"{text}, {labels.CLOCK[minute]}", query["starts"]
    return {"day": day, "day_text": text, "query": f"?{urlencode(prefill)}"}


@provider_only
def client(request, uuid):
    """One client: coming and past appointments, contact details. Each look goes on the trail."""
    pair = get_object_or_404(
        Relationship.objects.for_provider(request.user).with_people(), uuid=uuid
    )
    trail.record(request, subject=pair.client, what="client viewed", record=pair.uuid)
    now = timezone.now()
    theirs = pair.appointments.with_shows_first()
    context = {
        "pair": pair,
        "client": pair.client,
        "provider": pair.provider,
        "coverage": getattr(pair, "coverage", None),
        "upcoming": theirs.upcoming(now),
        "others": [
            ("Canceled", theirs.canceled_ahead(now)[:LISTED]),
            ("Past", theirs.earlier(now)[:LISTED]),
        ],
        "zone": pair.provider.time_zone,
    }
    return render(request, "booking/workspace/client.html", context)
