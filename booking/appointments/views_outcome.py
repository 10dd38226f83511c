"""How it went: asked on the page of an appointment, on Today and in the calendar."""

from urllib.parse import urlencode

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse

from accounts import zones
from providers.access import provider_only

from ..clock.dates import parse_day
from ..clock.formatting import format_datetime
from ..models import Appointment, Place
from ..refusals import Refused
from . import scheduling
from .forms import OutcomeForm
from .views_provider import about, correction, find, note, posted

TODAY = "today"  # sent by the buttons on Today, to go back there


@provider_only
def outcome(request, uuid):
    """Record how it went; the buttons are here, on the appointment's page and on Today."""
    appointment = find(request, uuid)
    form = OutcomeForm(posted(request), appointment=appointment)
    status = 400 if form.errors else 200
    if form.is_valid():
        word = form.cleaned_data["outcome"]
        try:
            appointment = scheduling.record_outcome(appointment, by=request.user, outcome=word)
        except Refused as no:
            form.add_error(None, no.message)
            status = no.status
            appointment = find(request, uuid)  # it may have changed since
        else:
            note(request, appointment, "outcome recorded")
            return redirect(next_url(request, appointment))
    context = about(appointment, form=form, back=parse_back(request), **correction(appointment))
    return render(request, "booking/appointments/outcome.html", context, status=status)


def next_url(request, appointment):
    """Say that it's saved and go on: to schedule the first session or another call, or back."""
    call = Appointment.CallOutcome
    name = appointment.client.first_name_shown
    if appointment.call_outcome == call.CONTINUE:
        messages.success(request, f"Great. You can schedule the first session with {name} here.")
        return reverse("booking:schedule", args=[appointment.relationship.uuid])
    if appointment.call_outcome == call.NOT_REACHED:
        messages.success(request, f"Saved. You can schedule another call with {name} here.")
        address = reverse("booking:schedule", args=[appointment.relationship.uuid])
        return f"{address}?{urlencode({'place': Place.PHONE})}"
    if appointment.call_outcome == call.NOT_A_FIT:
        words = f"Saved. {name}’s page has some kind words and a link to other providers."
    else:
        words = f"Saved. You can change it until {correct_by(appointment)}."
    messages.success(request, words)
    back = parse_back(request)
    if back == TODAY:
        return reverse("booking:workspace")
    return f"{reverse('booking:calendar')}?day={back}" if back else appointment.workspace_url


def correct_by(appointment):
    """When it becomes too late to correct an outcome, in words, with the zone."""
    zone = appointment.provider.time_zone
    by = format_datetime(appointment.correct_by, zone)
    return f"{by}, {zones.label(zone)}"


def parse_back(request):
    """The page the buttons were on, as their form says: TODAY, a calendar day's date, or ""."""
    back = request.POST.get("back")
    if back == TODAY:
        return TODAY
    day = parse_day(back)
    return day.isoformat() if day else ""
