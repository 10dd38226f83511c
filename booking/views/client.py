"""A client's own appointments."""

from datetime import timedelta

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from accounts import zones

from .. import calendars, scheduling
from ..forms import CancelForm
from ..models import Appointment
from ..refusals import TooLate


def find(request, uuid):
    """The client's own appointment; anybody else's is not there."""
    return get_object_or_404(Appointment.objects.for_user(request.user).with_people(), uuid=uuid)


def appointments(request):
    """What is to come, and what was."""
    now = timezone.now()
    mine = Appointment.objects.for_user(request.user).with_people()
    upcoming = list(mine.upcoming(now))
    past = mine.exclude(pk__in=[each.pk for each in upcoming]).order_by("-starts_at")[:50]
    context = {"upcoming": upcoming, "past": list(past), "zone": zones.reader(request)}
    return render(request, "booking/appointments.html", context)


def appointment(request, uuid):
    """One appointment: when, how they reach you, what to prepare, who to ask."""
    found = find(request, uuid)
    now = timezone.now()
    context = {
        "appointment": found,
        "provider": found.provider,
        "coverage": getattr(found.relationship, "coverage", None),
        "zone": zones.reader(request, otherwise=found.provider.time_zone),
        "is_over": now >= found.ends_at,
        "may_join": found.may_join(now),
        "is_early": now < found.joinable_at,
        "may_cancel": found.client_may_cancel(now),
        "is_late": found.is_late_to_cancel(now),
        "is_new": now - found.created_at < timedelta(hours=1),
        "canceled_late": found.canceled_late(),
        "reminder_ahead": found.starts_at - now > timedelta(hours=24),
    }
    return render(request, "booking/appointment.html", context)


def cancel(request, uuid):
    """Ask once more, with the provider's rule, then cancel."""
    found = find(request, uuid)
    data = request.POST if request.method == "POST" else None
    form = CancelForm(data, provider=found.provider)
    if found.is_canceled:
        return redirect(found)
    if request.method == "POST" and form.is_valid():
        try:
            scheduling.cancel(found, by=request.user, **form.cleaned_data)
        except TooLate as no:
            messages.error(request, no.message)
        else:
            messages.success(request, "It is canceled. We told both of you by email.")
        return redirect(found)
    now = timezone.now()
    status = 400 if form.errors else 200
    context = {
        "appointment": found,
        "provider": found.provider,
        "form": form,
        "zone": zones.reader(request, otherwise=found.provider.time_zone),
        "may_cancel": found.client_may_cancel(now),
        "is_late": found.is_late_to_cancel(now),
    }
    return render(request, "booking/cancel.html", context, status=status)


def calendar_file(request, uuid):
    """The appointment for one's calendar."""
    found = find(request, uuid)
    response = HttpResponse(calendars.appointment_file(found), content_type="text/calendar")
    response["Content-Disposition"] = 'attachment; filename="appointment.ics"'
    return response
