"""Who hears what about an appointment, and when; mails.py has the words."""

from datetime import timedelta

from django.db.models import Q

from accounts import outbox, pruning

from ..models import Appointment, AppointmentEvent

REMINDERS = {
    "booking.reminder_day": timedelta(hours=24),
    "booking.reminder_hours": timedelta(hours=2),
}
LINK_BY = timedelta(hours=24)  # before it starts
OUTCOME_BY = timedelta(hours=48)  # after it ended
LINK_RESTS = timedelta(minutes=5)  # so that a typo in a link, mended at once, is mailed once


def notify_scheduled(event, *, now):
    """Owe both sides a confirmation, and what is ahead of it (see _ahead)."""
    appointment = event.appointment
    key = str(event.uuid)
    if event.accepts_offer:
        outbox.enqueue("booking.accepted", event=key, to=appointment.client)
        outbox.enqueue("booking.offer_accepted", event=key, to=appointment.provider.user)
    elif event.on_behalf_of == AppointmentEvent.Side.CLIENT:
        outbox.enqueue("booking.first_visit_booked", event=key, to=appointment.client)
        outbox.enqueue("booking.new_client", event=key, to=appointment.provider.user)
    else:
        outbox.enqueue("booking.scheduled", event=key, to=appointment.client)
        outbox.enqueue("booking.own_scheduled", event=key, to=appointment.provider.user)
    _ahead(event, now)


def notify_moved(event, *, now):
    """Owe both sides the new time, and what is ahead of it; the old reminders drop themselves."""
    key = str(event.uuid)
    outbox.enqueue("booking.moved", event=key, to=event.appointment.client)
    own = "booking.own_moved"
    if event.accepts_offer:
        own = "booking.offer_moved"
    elif event.is_clients_own:
        own = "booking.client_moved"
    outbox.enqueue(own, event=key, to=event.appointment.provider.user)
    _ahead(event, now)


def notify_canceled(event):
    """Owe both sides the news that the appointment is off."""
    key = str(event.uuid)
    by_client = event.by_id == event.appointment.client_id
    own = "booking.client_canceled" if by_client else "booking.own_canceled"
    outbox.enqueue("booking.canceled", event=key, to=event.appointment.client)
    outbox.enqueue(own, event=key, to=event.appointment.provider.user)


def notify_outcome(event):
    """Owe the client a word where the provider found that the call was not a fit."""
    if event.appointment.call_outcome == Appointment.CallOutcome.NOT_A_FIT:
        outbox.enqueue("booking.news", event=str(event.uuid), to=event.appointment.client)


def notify_link_set(event, *, now):
    """Owe the client the news of how to join: in a while, or at once where it is time to join."""
    appointment = event.appointment
    due_at = now if now >= appointment.joinable_at else now + LINK_RESTS
    outbox.enqueue(
        "booking.news",
        event=str(event.uuid),
        to=appointment.client,
        due_at=due_at,
        expires_at=appointment.ends_at,
    )


def notify_fee_waived(event):
    """Owe the client the news that their provider forgave them a late cancellation."""
    outbox.enqueue("booking.news", event=str(event.uuid), to=event.appointment.client)


def _ahead(event, now):
    """Owe the client the reminders still ahead, the provider a missing link and outcome."""
    appointment = event.appointment
    key = str(event.uuid)
    for kind, before in REMINDERS.items():
        due_at = appointment.starts_at - before
        if due_at > now:
            outbox.enqueue(
                kind,
                event=key,
                to=appointment.client,
                due_at=due_at,
                expires_at=appointment.starts_at,
            )
    provider = appointment.provider.user
    if appointment.is_virtual:
        outbox.enqueue(
            "booking.link_missing",
            event=key,
            to=provider,
            due_at=appointment.starts_at - LINK_BY,
            expires_at=appointment.starts_at,
        )
    outbox.enqueue(
        "booking.outcome_missing", event=key, to=provider, due_at=appointment.ends_at + OUTCOME_BY
    )


@pruning.still_read("booking")
def not_over(events, since):
    """The mail of appointments that aren't over: a move names the time that was last mailed."""
    kept = AppointmentEvent.objects.filter(uuid__in=events, appointment__ends_at__gt=since)
    return {str(uuid) for uuid in kept.values_list("uuid", flat=True)}


def unreached(events):
    """The people (User ids) that mail about one of these events never reached."""
    failed = outbox.failed().filter(event__in=[str(event.uuid) for event in events])
    return set(failed.values_list("recipient", flat=True))


def with_failed_mail(provider):
    """The provider's appointments that a mail to either side failed about. One query more."""
    people = Q(recipient=provider.user) | Q(recipient__in=provider.relationships.values("client"))
    failed = outbox.failed().filter(people, kind__startswith="booking.")
    events = list(failed.values_list("event", flat=True))
    return Appointment.objects.filter(provider=provider, events__uuid__in=events).distinct()
