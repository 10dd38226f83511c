"""One appointment from the provider's side: its page, its link, and what its other pages share."""

from datetime import timedelta

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import urlencode

from accounts import trail
from providers.access import provider_only

from ..calendars.views import download
from ..clock import labels
from ..models import Appointment
from ..models.appointments import CORRECTION
from ..refusals import Refused
from . import history, notifications, scheduling
from .forms import LinkForm
from .refusals import Settled


@provider_only
def appointment(request, uuid):
    """One appointment with its client and its history. Each look goes on the access trail."""
    appointment = find(request, uuid)
    note(request, appointment, "appointment viewed")
    reader = history.Reader(history.Side.PROVIDER, appointment.provider.time_zone)
    events = list(appointment.events.all())
    context = about(
        appointment,
        unreached=notifications.unreached(events),
        coverage=getattr(appointment.relationship, "coverage", None),
        late_fee=appointment.late_fee(),
        result=history.result(appointment),
        events=history.describe_events(events, reader),
        again=a_week_later(appointment),
        **correction(appointment),
    )
    return render(request, "booking/appointments/appointment_provider.html", context)


def a_week_later(appointment):
    """The query for scheduling the same again, a week later on the provider's clock."""
    starts = labels.local(appointment.starts_at, appointment.provider.zone)
    return urlencode(
        {
            "date": starts.date() + timedelta(days=7),
            "starts": f"{starts:%H:%M}",
            "place": appointment.place,
            "minutes": appointment.minutes,
        }
    )


@provider_only
def calendar_file(request, uuid):
    appointment = find(request, uuid)
    return download(appointment, path=appointment.workspace_url)


@provider_only
def link(request, uuid):
    appointment = find(request, uuid)
    if not (appointment.is_scheduled and appointment.is_virtual):
        return turn_back(request, appointment, Settled())
    form = LinkForm(posted(request), appointment=appointment)
    if form.is_valid() and not form.warnings:
        try:
            made = scheduling.set_link(appointment, by=request.user, **form.for_verb())
        except Settled as no:
            return turn_back(request, appointment, no)
        except Refused as no:
            form.refuse(no)
        else:
            say_link(request, appointment, made)
            return redirect(appointment.workspace_url)
    context = about(appointment, form=form)
    return render(request, "booking/appointments/link.html", context, status=form.status)


def say_link(request, was, made):
    if (was.join_link, was.join_instructions) == (made.join_link, made.join_instructions):
        messages.info(request, "It was already like that. Nothing was changed.")
        return
    note(request, made, "link changed")
    name = made.client.first_name_shown
    messages.success(request, f"Saved. {name} can see it on their page. We’ll email them.")


def find(request, uuid):
    """An appointment with this provider; 404 for anyone else's."""
    return get_object_or_404(
        Appointment.objects.for_provider(request.user).with_people(), uuid=uuid
    )


def about(appointment, **more):
    """What all pages about one appointment show, and more for this one."""
    return {
        "appointment": appointment,
        "provider": appointment.provider,
        "client": appointment.client,
        "zone": appointment.provider.time_zone,
        **more,
    }


def posted(request):
    """The POSTed data, or None, which leaves a form unbound."""
    return request.POST if request.method == "POST" else None


def is_settled(appointment):
    """Whether it's too late for the provider to move or cancel it."""
    return not appointment.is_scheduled or timezone.now() >= appointment.ends_at


def turn_back(request, appointment, no):
    """Go to the appointment's page and say why it was refused."""
    messages.error(request, no.message)
    return redirect(appointment.workspace_url)


def note(request, appointment, what):
    trail.record(request, subject=appointment.client, what=what, record=appointment.uuid)


def correction(appointment):
    """Whether it's over, and until when its outcome can be corrected."""
    now = timezone.now()
    return {
        "is_over": now >= appointment.ends_at,
        "may_correct": appointment.may_correct(now),
        "correct_by": appointment.correct_by,
        "correction_hours": CORRECTION // timedelta(hours=1),
    }
