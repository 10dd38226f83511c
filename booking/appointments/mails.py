"""What each mail about an appointment says: the time and a link, never who it's with or why."""

from functools import partial
from itertools import takewhile

from accounts import outbox
from accounts.outbox import Mail

from ..calendars import ics
from ..clock.formatting import describe_span
from ..models import Appointment, AppointmentEvent


@outbox.kind("booking.link_missing")
def link_missing(notification):
    event = _read(notification, off=False)
    if not event or event.appointment.link:
        return None
    return _to_provider(
        notification,
        event,
        subject="An appointment has no link yet",
        note="We told your client they’d have it by the day before.",
        button="Add the link",
    )


@outbox.kind("booking.moved")
def moved(notification):
    event = _read(notification, off=False)
    if not event:
        return None
    return _to_client(
        notification,
        event,
        subject="Your appointment was moved",
        heading="You moved your appointment" if event.is_clients_own else "",
        note=UPDATES_IT,
        invite=True,
        moved=True,
    )


@outbox.kind("booking.canceled")
def canceled(notification):
    event = _read(notification, off=True)
    if not event:
        return None
    heading = "Your provider canceled your appointment"
    if event.by_id == event.appointment.client_id:
        heading = "You canceled your appointment"
    elif event.on_behalf_of == AppointmentEvent.Side.CLIENT:
        heading = "Your appointment is canceled, as you asked"
    return _to_client(
        notification,
        event,
        subject="Your appointment is canceled",
        heading=heading,
        note=f"{REMOVES_IT} Sign in to see what comes next.",
        invite=True,
    )


@outbox.kind("booking.news")
def news(notification):
    event = _event(notification)
    if not event or not _still_news(event):
        return None
    note = "Sign in to see what comes next."
    if event.what == AppointmentEvent.What.LINK_SET:
        note = "The instructions to join have changed. Sign in to see them."
    elif event.what == AppointmentEvent.What.FEE_WAIVED:
        note = "It’s good news, and there’s nothing you need to do. Sign in to see it."
    return _to_client(notification, event, subject="News about your appointment", note=note)


def _still_news(event):
    """Whether it holds, and nothing newer says the same."""
    what, appointment = AppointmentEvent.What, event.appointment
    if event.what == what.LINK_SET:
        newer = appointment.events.filter(what=what.LINK_SET, pk__gt=event.pk)
        return appointment.is_scheduled and appointment.is_virtual and not newer.exists()
    if event.what == what.OUTCOME:
        return appointment.call_outcome == event.outcome
    return True


def _tell(notification, *, to, off=False, **words):
    event = _read(notification, off=off)
    return event and to(notification, event, **words)


def _to_client(notification, event, **words):
    appointment = event.appointment
    zone = appointment.client.time_zone or appointment.provider.time_zone
    words = {"button": "See your appointment", "link": appointment.get_absolute_url(), **words}
    return _mail(notification, event, zone, **words)


def _to_provider(notification, event, **words):
    appointment = event.appointment
    words = {"button": "See the appointment", "link": appointment.workspace_url, **words}
    return _mail(notification, event, appointment.provider.time_zone, **words)


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


def _mail(notification, event, zone, *, link, invite=False, moved=False, **words):
    """`invite` adds a calendar file, and `moved` the time before, or that it's the same."""
    appointment = event.appointment
    if moved and (was := _was(event, notification, zone)):
        words["was"] = ", ".join(was)
    elif moved:
        words["note"] = "The time is the same as before. Sign in to see what changed."
    if invite:
        content = ics.appointment_file(appointment, address=notification.address, path=link)
        method = "CANCEL" if appointment.is_canceled else "REQUEST"
        words["attachments"] = (("appointment.ics", content, f"text/calendar; method={method}"),)
    when = _when(appointment.starts_at, appointment.ends_at, zone)
    return Mail(when=when, link=link, **words)


def _was(event, notification, zone):
    """The time before a move as its reader knew it, as _when, or None where it stayed the same.

    The mail of a second move may overtake that of a first: then the reader knew an older time.
    """
    moved = AppointmentEvent.What.MOVED
    before = event.appointment.events.filter(what=moved, pk__lt=event.pk).order_by("-pk")
    mailed = outbox.sent_to(notification.recipient, [str(each.uuid) for each in before])
    not_mailed = [event, *takewhile(lambda each: str(each.uuid) not in mailed, before)]
    was = not_mailed[-1].was_starts_at, not_mailed[-1].was_ends_at
    return None if was == (event.starts_at, event.ends_at) else _when(*was, zone)


def _when(starts_at, ends_at, zone):
    """A stretch of time in two lines, the day and the time, in a zone (by name)."""
    words = describe_span(starts_at, ends_at, zone)
    return words["day"], f"{words['span']}, {words['zone']}"


def _kind(name, to, subject, note, **how):
    outbox.kind(f"booking.{name}")(partial(_tell, to=to, subject=subject, note=note, **how))


ADDS_IT = "The calendar file adds it to your calendar"
UPDATES_IT = "The calendar file updates your calendar."
REMOVES_IT = "The calendar file removes it from your calendar."
OFFER_ACCEPTED = "A time you offered was accepted"
OTHERS_FREE = "Any other times in that offer are free again."
FREE_AGAIN = f"The time is free again for new clients. {REMOVES_IT}"
_kind(
    "first_visit_booked",
    _to_client,
    "Your appointment is booked",
    f"{ADDS_IT} as “Appointment”. Sign in to see who it’s with, how to join and how to cancel.",
    invite=True,
)
_kind(
    "scheduled",
    _to_client,
    "An appointment was scheduled",
    f"{ADDS_IT} as “Appointment”. Sign in to see who it’s with and how to join.",
    heading="Your provider scheduled an appointment",
    invite=True,
)
_kind(
    "accepted",
    _to_client,
    "Your appointment is scheduled",
    f"{ADDS_IT} as “Appointment”. Sign in to see who it’s with and how to join.",
    heading="You accepted a time your provider offered",
    invite=True,
)
_kind(
    "reminder_day",
    _to_client,
    "Your appointment is tomorrow",
    "You don’t need to confirm it. Sign in to see how to join and how late you can cancel.",
)
_kind(
    "reminder_hours",
    _to_client,
    "Your appointment is in two hours",
    "You don’t need to confirm it. Sign in to see how to join.",
)
_kind(
    "new_client",
    _to_provider,
    "A new appointment was booked",
    "Sign in to see who it is and what they shared with you.",
    heading="A new client booked with you",
    invite=True,
)
_kind("own_scheduled", _to_provider, "You scheduled an appointment", f"{ADDS_IT}.", invite=True)
_kind("offer_accepted", _to_provider, OFFER_ACCEPTED, f"{OTHERS_FREE} {ADDS_IT}.", invite=True)
_kind(
    "offer_moved",
    _to_provider,
    OFFER_ACCEPTED,
    f"{OTHERS_FREE} {UPDATES_IT}",
    invite=True,
    moved=True,
)
_kind(
    "client_moved",
    _to_provider,
    "An appointment was moved",
    f"The old time is free again for new clients. {UPDATES_IT}",
    invite=True,
    moved=True,
)
_kind("own_moved", _to_provider, "You moved an appointment", UPDATES_IT, invite=True, moved=True)
_kind(
    "own_canceled", _to_provider, "You canceled an appointment", FREE_AGAIN, invite=True, off=True
)
_kind(
    "client_canceled",
    _to_provider,
    "An appointment was canceled",
    FREE_AGAIN,
    invite=True,
    off=True,
)
_kind(
    "outcome_missing",
    _to_provider,
    "How did the appointment go?",
    "Please record whether it happened.",
    button="Record it",
)
