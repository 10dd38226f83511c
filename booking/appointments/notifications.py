"""Who is told what about an appointment. Mail names the time and a link: never with whom or why."""

from datetime import timedelta
from functools import partial
from itertools import takewhile
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils import timezone

from accounts import outbox, zones
from accounts.outbox import Mail

from ..calendars import ics
from ..clock import labels
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
    if event.on_behalf_of == AppointmentEvent.Side.CLIENT:
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
    outbox.enqueue("booking.own_moved", event=key, to=event.appointment.provider.user)
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


@outbox.kind("booking.link_missing")
def link_missing(notification):
    event = _read(notification, off=False)
    if not event or event.appointment.link:
        return None
    return _to_provider(notification, "An appointment has no link yet")


@outbox.kind("booking.news")
def news(notification):
    event = _event(notification)
    if not event or not _still_news(event):
        return None
    appointment = event.appointment
    zone = appointment.client.time_zone or appointment.provider.time_zone
    page = appointment.get_absolute_url()
    mail = _mail(notification, event, "News about your appointment", zone, page, invite=False)
    mail.context["what"] = event.what
    return mail


def _still_news(event):
    """Whether it holds, and nothing newer says the same."""
    what, appointment = AppointmentEvent.What, event.appointment
    if event.what == what.LINK_SET:
        newer = appointment.events.filter(what=what.LINK_SET, pk__gt=event.pk)
        return appointment.is_active and appointment.is_virtual and not newer.exists()
    if event.what == what.OUTCOME:
        return appointment.call_outcome == event.outcome
    return True


def _to_client(notification, subject, *, invite=False, off=False):
    event = _read(notification, off=off)
    if not event:
        return None
    client = event.appointment.client
    zone = client.time_zone or event.appointment.provider.time_zone
    return _mail(notification, event, subject, zone, event.appointment.get_absolute_url(), invite)


def _to_provider(notification, subject, *, invite=False, off=False):
    event = _read(notification, off=off)
    if not event:
        return None
    page = reverse("booking:workspace_appointment", args=[event.appointment.uuid])
    return _mail(notification, event, subject, event.appointment.provider.time_zone, page, invite)


def _read(notification, *, off):
    """The event as it is now, or None where a later one has overtaken it."""
    event = _event(notification)
    if not event or event.appointment.sequence != event.sequence:
        return None
    expected = Appointment.Status.CANCELED if off else Appointment.Status.SCHEDULED
    return event if event.appointment.status == expected else None


def _event(notification):
    events = AppointmentEvent.objects.select_related("appointment__provider", "appointment__client")
    return events.filter(uuid=notification.event).first()


def _mail(notification, event, subject, zone, page, invite):
    appointment = event.appointment
    attachments = ()
    if invite:
        content = ics.appointment_file(appointment, address=notification.address, path=page)
        method = "CANCEL" if appointment.is_canceled else "REQUEST"
        attachments = (("appointment.ics", content, f"text/calendar; method={method}"),)
    return Mail(
        subject=subject,
        context={
            **_when(appointment.starts_at, appointment.ends_at, zone),
            "was": _was(event, notification, zone),
            "zone": zones.label(zone),
            "page": page,
            "by_client": event.by_id == appointment.client_id,
            "for_client": event.on_behalf_of == AppointmentEvent.Side.CLIENT,
        },
        attachments=attachments,
    )


def _was(event, notification, zone):
    """The time before a move as its reader knew it, in words, or None where it stayed the same.

    A second move soon after a first overtakes that one's mail: then the reader knew an older time.
    """
    moved = AppointmentEvent.What.MOVED
    if event.what != moved:
        return None
    before = event.appointment.events.filter(what=moved, pk__lt=event.pk).order_by("-pk")
    mailed = outbox.sent_to(notification.recipient, [str(each.uuid) for each in before])
    not_mailed = [event, *takewhile(lambda each: str(each.uuid) not in mailed, before)]
    was = not_mailed[-1].was_starts_at, not_mailed[-1].was_ends_at
    return None if was == (event.starts_at, event.ends_at) else _when(*was, zone)


def _when(starts_at, ends_at, zone):
    """A stretch of time in words, in a zone (by name)."""
    first, last = (labels.local(at, ZoneInfo(zone)) for at in (starts_at, ends_at))
    day = labels.dated(labels.long_day(first), first, now=timezone.now())
    return {"day": day, "time": labels.span(first, last)}


ON, OFF = {"invite": True}, {"invite": True, "off": True}  # with a calendar file: add, take out
KINDS = [
    ("first_visit_booked", _to_client, "Your appointment is booked", ON),
    ("scheduled", _to_client, "An appointment was scheduled", ON),
    ("moved", _to_client, "Your appointment was moved", ON),
    ("canceled", _to_client, "Your appointment is canceled", OFF),
    ("reminder_day", _to_client, "Your appointment is tomorrow", {}),
    ("reminder_hours", _to_client, "Your appointment is in two hours", {}),
    ("new_client", _to_provider, "A new appointment was booked", ON),
    ("own_scheduled", _to_provider, "You scheduled an appointment", ON),
    ("own_moved", _to_provider, "You moved an appointment", ON),
    ("own_canceled", _to_provider, "You canceled an appointment", OFF),
    ("client_canceled", _to_provider, "An appointment was canceled", OFF),
    ("outcome_missing", _to_provider, "How did the appointment go?", {}),
]
for name, compose, subject, how in KINDS:
    outbox.kind(f"booking.{name}")(partial(compose, subject=subject, **how))
