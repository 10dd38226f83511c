"""What a change request looks like in the conversation: what it asks for, and how it stands."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils import timezone

from accounts import zones
from booking.clock import formatting, labels
from booking.first_visit.week import BANDS
from booking.models import AppointmentEvent

from .models import ChangeRequest, Proposal

PARTS = {key: f"{key}s" for key, _, _ in BANDS}
OVERDUE = timedelta(hours=72)  # then support can be asked to help
WAITING, OFFERED = "waiting", "offered"


def cards_of(messages, user, zone):
    """The cards of the messages that have one, by the message's id; in two queries more."""
    found = [each for each in messages if hasattr(each, "request")]
    if not found:
        return {}
    now, times = timezone.now(), times_of([each.request.appointment_id for each in found])
    appointments = [each.request.appointment_id for each in found]
    offers = Proposal.objects.open(now).filter(instead_of__in=appointments)
    offered = set(offers.values_list("instead_of", flat=True))
    return {
        each.pk: request_card(each.request, each, user, zone, now, times, offered) for each in found
    }


def times_of(appointments):
    """(appointment, sequence) -> its last event with that sequence, for ids of appointments."""
    what = AppointmentEvent.What
    events = AppointmentEvent.objects.filter(
        appointment__in=appointments, what__in=[what.SCHEDULED, what.MOVED, what.CANCELED]
    )
    return {(each.appointment_id, each.sequence): each for each in events}


def request_card(request, message, user, zone, now, times, offered):
    """A change request the way the page shows it to one of the two, with times in their zone."""
    appointment = request.appointment
    was = times.get((appointment.pk, request.sequence), appointment)
    after = times.get((appointment.pk, request.sequence + 1))
    is_mine = message.author_id == user.pk
    state = state_of(request, appointment, after, now, appointment.pk in offered)
    tz = ZoneInfo(zone)
    return {
        "kind": "request",
        "request": request,
        "is_mine": is_mine,
        "is_cancel": request.wants == ChangeRequest.Wants.CANCEL,
        "noun": "phone call" if appointment.is_call else "session",
        "state": state,
        "is_open": state in (WAITING, OFFERED),
        "was": formatting.format_datetime(was.starts_at, zone),
        "wishes": [
            (start, labels.long_time(labels.local(start, tz), now=now)) for start in request.wishes
        ],
        "days": days_of(request),
        "days_zone": "" if is_mine else zones.label(appointment.client.time_zone or zone),
        "outcome": outcome_of(after, zone),
        "is_late": appointment.is_late_to_cancel(message.sent_at),
        "notice_hours": appointment.provider.cancellation_window_hours,
        "move_url": move_url(appointment),
        "is_overdue": state == WAITING and message.sent_at < now - OVERDUE,
        "support_url": f"{reverse('support:contact')}?waiting={message.uuid}",
    }


def move_url(appointment):
    """Where the provider moves it by hand, as the client asked."""
    return f"{reverse('booking:move', args=[appointment.uuid])}?requested_by=client"


def state_of(request, appointment, after, now, is_offered):
    """Derived: what the request says of itself, else what became of the appointment."""
    if request.withdrawn_at:
        return "withdrawn"
    if request.declined_at:
        return "declined"
    if after:
        return "done"
    if not appointment.is_scheduled or appointment.starts_at <= now:
        return "over"
    return OFFERED if is_offered else WAITING


def outcome_of(after, zone):
    """What the next change of the appointment was: "Moved to Friday, December 11, 9:00 AM."."""
    if after is None:
        return ""
    if after.what == AppointmentEvent.What.CANCELED:
        return "Canceled."
    return f"Moved to {formatting.format_datetime(after.starts_at, zone)}."


def days_of(request):
    """ "Monday evenings", "Fridays", "Mornings, any day"; "" where the client didn't say."""
    day = "" if request.weekday is None else labels.DAYS[request.weekday]
    part = PARTS.get(request.part, "")
    if day:
        return f"{day} {part}" if part else f"{day}s"
    return f"{part.capitalize()}, any day" if part else ""
