"""A client's own appointments."""

from datetime import timedelta

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from accounts import zones
from accounts.refusals import Stale

from ..calendars.views import download
from ..models import Appointment, AppointmentEvent, Relationship
from . import history, scheduling
from .forms import CancelForm
from .refusals import TooLate

MAILS_TAKE = timedelta(minutes=10)
FRESH = timedelta(days=7)  # how long the list marks an appointment as moved
LISTED = 50


def find(request, uuid):
    """The client's own appointment; 404 for anyone else's."""
    return get_object_or_404(Appointment.objects.for_user(request.user).with_people(), uuid=uuid)


def appointments(request):
    now = timezone.now()
    mine = Appointment.objects.for_user(request.user).with_people()
    context = {
        "upcoming": mine.upcoming(now).moved_since(now - FRESH),
        "others": [
            ("Canceled", mine.canceled_ahead(now)[:LISTED]),
            ("Past", mine.earlier(now)[:LISTED]),
        ],
        "zone": zones.reader(request),
    }
    return render(request, "booking/appointments/appointments.html", context)


def appointment(request, uuid):
    appointment = find(request, uuid)
    now = timezone.now()
    facts = about(request, appointment, now)
    pairs = Relationship.objects
    bound = pairs.binding(appointment.provider, request.user) if appointment.is_canceled else None
    context = {
        **facts,
        **story(appointment, zone=facts["zone"], now=now),
        "coverage": getattr(appointment.relationship, "coverage", None),
        "has_begun": now >= appointment.starts_at,
        "is_over": now >= appointment.ends_at,
        "is_ahead": appointment.is_scheduled and now < appointment.ends_at,
        "may_join": appointment.may_join(now),
        "is_early": now < appointment.joinable_at,
        "late_fee": appointment.late_fee(),
        "mail_zone": mail_zone(request, appointment),
        "bound": bound,
        "may_book_again": appointment.is_canceled and appointment.first_visit and not bound,
        "reminder_ahead": appointment.starts_at - now > timedelta(hours=24),
    }
    return render(request, "booking/appointments/appointment.html", context)


def story(appointment, *, zone, now):
    """Its history, its last move and its cancellation, and whether mail about it is going out."""
    what = AppointmentEvent.What
    events = list(appointment.events.all())
    reader = history.Reader(AppointmentEvent.Side.CLIENT, zone)
    mailed_at = [event.at for event in events if event.what in (what.SCHEDULED, what.MOVED)]
    return {
        "events": history.describe_events(events, reader),
        "move": history.last_move(events, reader),
        "cancellation": history.cancellation(events, reader),
        "mails_are_underway": now - max(mailed_at, default=appointment.created_at) < MAILS_TAKE,
    }


def mail_zone(request, appointment):
    """The label of the time zone in our mails if it isn't this page's, or ""."""
    theirs = request.user.time_zone
    if not theirs:
        return ""
    shown = zones.reader(request, otherwise=appointment.provider.time_zone)
    words = zones.label(theirs)
    return "" if words == zones.label(shown) else words


def cancel(request, uuid):
    """Show the provider's rule and ask to confirm; a POST cancels."""
    appointment = find(request, uuid)
    data = request.POST if request.method == "POST" else None
    form = CancelForm(data, appointment=appointment)
    if appointment.is_canceled:
        return redirect(appointment)
    if form.is_valid():
        try:
            scheduling.cancel(appointment, by=request.user, **form.for_verb())
        except (TooLate, Stale) as no:
            messages.error(request, no.message)
        else:
            messages.success(request, "Your appointment is canceled. We’re emailing you both.")
        return redirect(appointment)
    context = {**about(request, appointment, timezone.now()), "form": form}
    status = 400 if form.errors else 200
    return render(request, "booking/appointments/cancel.html", context, status=status)


def about(request, appointment, now):
    """What the appointment's page and those to cancel and swap it share."""
    provider = appointment.provider
    return {
        "appointment": appointment,
        "provider": provider,
        "zone": zones.reader(request, otherwise=provider.time_zone),
        "may_cancel": appointment.client_may_cancel(now),
        "may_swap": appointment.client_may_swap(now),
        "is_late": appointment.is_late_to_cancel(now),
    }


def calendar_file(request, uuid):
    return download(find(request, uuid))
