"""What requests and offers look like in the conversation: what they're about, how they stand."""

from collections import defaultdict
from datetime import timedelta
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils import timezone

from accounts import zones
from booking.appointments.forms import WHAT
from booking.clock import formatting, labels
from booking.first_visit.week import BANDS
from booking.models import AppointmentEvent

from .models import ChangeRequest, Proposal, ProposedTime

PARTS = {key: f"{key}s" for key, _, _ in BANDS}
OVERDUE = timedelta(hours=72)  # then support can be asked to help
WAITING, OFFERED, OPEN = "waiting", "offered", "open"


def cards_of(messages, user, zone):
    """The cards of the messages that have one, by the message's id; in up to three queries more."""
    asked = [each for each in messages if hasattr(each, "request")]
    made = [each for each in messages if hasattr(each, "proposal")]
    now = timezone.now()
    appointments = {each.request.appointment_id for each in asked}
    appointments |= {each.proposal.instead_of_id for each in made}
    appointments |= {each.proposal.appointment_id for each in made}
    appointments.discard(None)
    times = times_of(appointments) if appointments else {}
    starts = defaultdict(list)
    for each in ProposedTime.objects.filter(proposal__in=[each.pk for each in made]):
        starts[each.proposal_id].append(each.starts_at)
    offers = Proposal.objects.open(now).filter(instead_of__in=appointments)
    offered = set(offers.values_list("instead_of", flat=True)) if asked else set()
    cards = {
        each.pk: request_card(each.request, each, user, zone, now, times, offered) for each in asked
    }
    for each in made:
        cards[each.pk] = offer_card(each.proposal, each, user, zone, now, times, starts[each.pk])
    return cards


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
    pair = message.conversation.relationship
    after = times.get((appointment.pk, request.sequence + 1))
    is_mine = message.author_id == user.pk
    state = state_of(request, appointment, after, now, appointment.pk in offered)
    tz = ZoneInfo(zone)
    return {
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
        "is_overdue": state == WAITING and message.sent_at < now - OVERDUE,
        "support_url": f"{reverse('support:contact')}?waiting={pair.uuid}",
    }


def offer_card(offer, message, user, zone, now, times, starts):
    """An offer the way the page shows it to one of the two, with times in their zone."""
    instead = offer.instead_of
    was = instead and times.get((instead.pk, offer.sequence), instead)
    state = state_of_offer(offer, now)
    made = 0 if offer.sequence is None else offer.sequence + 1  # by accepting it
    chosen = times.get((offer.appointment_id, made), offer.appointment)
    length = timedelta(minutes=offer.minutes)
    return {
        "offer": offer,
        "is_mine": message.author_id == user.pk,
        "state": state,
        "is_open": state == OPEN,
        "count": labels.count(len(starts), "time") if len(starts) > 1 else "a time",
        "what": what_of(offer),
        "was": was and formatting.format_datetime(was.starts_at, zone),
        "times": [time_of(start, start + length, zone, now) for start in starts],
        "until": formatting.format_datetime(offer.until, zone),
        "chosen": chosen and formatting.format_datetime(chosen.starts_at, zone),
    }


def time_of(starts_at, ends_at, zone, now):
    """One offered time: its value, its words, the light of its part of the day, if it's over."""
    words = formatting.describe_span(starts_at, ends_at, zone)
    hour = labels.local(starts_at, ZoneInfo(zone)).hour
    light = [key for key, _, begins in BANDS if begins <= hour][-1]
    start = int(starts_at.timestamp())
    return {**words, "value": start, "light": light, "is_over": starts_at <= now}


def what_of(offer):
    """ "phone call, 15 minutes" or "virtual session, 50 minutes"."""
    return f"{WHAT[offer.place].lower()}, {offer.minutes} minutes"


def state_of_offer(offer, now):
    """What the offer says of itself, else whether it ended, or its appointment changed."""
    if offer.outcome:
        return offer.outcome
    instead = offer.instead_of
    if instead and (
        instead.sequence != offer.sequence or not instead.is_scheduled or instead.starts_at <= now
    ):
        return "changed"
    return OPEN if offer.until > now else "ended"


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
