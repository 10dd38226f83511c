"""The verbs of a change request: ask and withdraw, for a client; move, cancel, decline it."""

from django.db import transaction
from django.utils import timezone

from accounts.refusals import Stale
from booking.appointments import scheduling
from booking.locking import locked
from booking.models import AppointmentEvent
from booking.refusals import Refused

from . import drafts, notifications, writing
from .models import ChangeRequest, Message


class AlreadyAsked(Refused):
    """The appointment has an open request; one at a time, so that it's clear what to answer."""

    status = 409

    def __init__(self):
        super().__init__(
            "You’ve already asked to change this appointment. Withdraw that request first, or "
            "write a message."
        )


class TooLate(Refused):
    """The appointment has begun."""

    status = 409

    def __init__(self):
        super().__init__("This appointment has already begun, so it can’t be changed anymore.")


class NotWaiting(Refused):
    """The request was withdrawn or answered, or its appointment changed or began."""

    status = 409

    def __init__(self):
        super().__init__("This request isn’t open anymore. Here’s how it stands now.")


def ask(
    pair, *, by, uuid, appointment, sequence, wants, wishes=(), weekday=None, part="", words=""
):
    """Ask the provider to move or cancel an appointment; a repeat returns the first request.

    `sequence` is the one on the client's page, `wishes` are starts in epoch seconds, `weekday` (0
    is Monday) and `part` of the day are in the client's zone. Nothing is held or changed. Raises
    NotYours, Stale, TooLate or AlreadyAsked, and what writing.send raises.
    """
    if by != pair.client or appointment.relationship_id != pair.pk:
        raise writing.NotYours
    with transaction.atomic():
        drafts.own_turn(pair, by)
        made = ChangeRequest.objects.for_user(by).filter(message__uuid=uuid).first()
        if made:
            return made
        now = timezone.now()
        appointment.refresh_from_db()
        if appointment.sequence != sequence or not appointment.is_scheduled:
            raise Stale("This appointment")
        if appointment.starts_at <= now:
            raise TooLate
        if appointment.change_requests.open(now).exists():
            raise AlreadyAsked
        message = writing.send(pair, by=by, uuid=uuid, body=words, topic=Message.Topic.CHANGE)
        request = ChangeRequest.objects.create(
            message=message,
            appointment=appointment,
            sequence=sequence,
            wants=wants,
            wishes=sorted(wishes),
            weekday=weekday,
            part=part,
        )
        notifications.notify_request(request)
    return request


def withdraw(request, *, by):
    """Take a request back; a repeat changes nothing. Raises NotWaiting."""
    with transaction.atomic():
        drafts.own_turn(pair_of(request), by)
        fresh = ChangeRequest.objects.get(pk=request.pk)
        if fresh.withdrawn_at:
            return
        check_open(fresh)
        settle(fresh, "withdrawn_at")


def decline(request, *, by, uuid, words):
    """Say no, with a message that says why; a repeat changes nothing. Raises NotWaiting."""
    pair = pair_of(request)
    with transaction.atomic():
        drafts.own_turn(pair, by)
        fresh = ChangeRequest.objects.get(pk=request.pk)
        if fresh.declined_at:
            return
        check_open(fresh)
        writing.send(pair, by=by, uuid=uuid, body=words, topic=Message.Topic.CHANGE)
        settle(fresh, "declined_at")


def move(request, *, by, starts_at):
    """Move the appointment to one of the wishes, as the client asked, and return it.

    Raises NotWaiting and what reschedule raises.
    """
    appointment = request.appointment
    with locked(appointment.provider, appointment.client):
        drafts.own_turn(pair_of(request), by)
        check_open(request)
        return scheduling.reschedule(
            appointment,
            by=by,
            starts_at=starts_at,
            minutes=appointment.minutes,
            place=appointment.place,
            sequence=request.sequence,
            requested_by=AppointmentEvent.Side.CLIENT,
        )


def cancel(request, *, by, waive_fee=False):
    """Cancel the appointment, as the client asked; late only if it was when they asked.

    Raises NotWaiting and what scheduling.cancel raises.
    """
    appointment = request.appointment
    with locked(appointment.provider, appointment.client):
        drafts.own_turn(pair_of(request), by)
        check_open(request)
        return scheduling.cancel(
            appointment,
            by=by,
            sequence=request.sequence,
            requested_by=AppointmentEvent.Side.CLIENT,
            waive_fee=waive_fee,
            asked_at=request.message.sent_at,
        )


def pair_of(request):
    return request.message.conversation.relationship


def check_open(request):
    """Raise NotWaiting; the caller has its turn."""
    if not ChangeRequest.objects.open(timezone.now()).filter(pk=request.pk).exists():
        raise NotWaiting


def settle(request, field):
    """Note when it ended; pages that show it learn of that from `changes`."""
    setattr(request, field, timezone.now())
    request.save(update_fields=[field])
    request.message.conversation.note_change()
