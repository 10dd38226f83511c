"""A provider's workspace: today, what is coming, and each appointment from their side."""

from functools import wraps

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone

from accounts import trail

from .. import calendars, times
from ..models import Appointment


def provider_only(view):
    """Providers only; for everyone else the workspace is not there."""

    @wraps(view)
    def wrapped(request, *args, **kwargs):
        if not request.user.is_provider:
            raise Http404
        return view(request, *args, **kwargs)

    return wrapped


@provider_only
def workspace(request):
    """Today in order, and the next four weeks."""
    provider = request.user.provider
    now = timezone.now()
    local_now = times.local(now, provider.zone)
    midnight, tomorrow, last = (times.midnight(local_now, days=days) for days in (0, 1, 29))
    mine = Appointment.objects.for_provider(request.user).with_people().active()
    rows = list(mine.filter(ends_at__gt=midnight, starts_at__lt=last).order_by("starts_at"))
    today = [each for each in rows if each.starts_at < tomorrow]
    ahead = next((each for each in today if each.starts_at > now), None)
    for each in today:
        each.is_next = each is ahead
    context = {
        "provider": provider,
        "booking_link": request.build_absolute_uri(provider.booking_url),
        "today": today,
        "coming": [each for each in rows if each.starts_at >= tomorrow],
        "now": now,
        "title": times.long_day(local_now),
        "clock": times.clock(local_now),
        "zone": provider.time_zone,
    }
    return render(request, "booking/workspace.html", context)


@provider_only
def appointment(request, uuid):
    """Who comes, how to reach them, how they pay, what they wrote; the look is put on the trail."""
    found = find(request, uuid)
    trail.record(request, subject=found.client, what="appointment viewed", record=str(found.uuid))
    context = {
        "appointment": found,
        "provider": found.provider,
        "client": found.client,
        "coverage": getattr(found.relationship, "coverage", None),
        "canceled_late": found.canceled_late(),
        "zone": found.provider.time_zone,
        "events": list(found.events.select_related("by")),
    }
    return render(request, "booking/workspace_appointment.html", context)


@provider_only
def calendar_file(request, uuid):
    """The appointment for the provider's calendar."""
    found = find(request, uuid)
    page = reverse("booking:workspace_appointment", args=[found.uuid])
    response = HttpResponse(
        calendars.appointment_file(found, path=page), content_type="text/calendar"
    )
    response["Content-Disposition"] = 'attachment; filename="appointment.ics"'
    return response


def find(request, uuid):
    """An appointment with this provider; anybody else's is not there."""
    return get_object_or_404(
        Appointment.objects.for_provider(request.user).with_people(), uuid=uuid
    )
