"""Writes an appointment and its history: the last step of every verb of appointments."""

from datetime import timedelta

from django.db import IntegrityError, transaction

from ..models import Appointment, AppointmentEvent
from ..refusals import TimeTaken


def insert(relationship, *, starts_at, minutes, **fields):
    """Insert an appointment for the pair. Raises TimeTaken if the database says it overlaps."""
    appointment = Appointment(
        relationship=relationship,
        provider=relationship.provider,
        client=relationship.client,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=minutes),
        **fields,
    )
    save_in_room(appointment, None)
    return appointment


def save_in_room(appointment, fields):
    """Save; raise TimeTaken if a constraint says that the time isn't free after all."""
    try:
        with transaction.atomic():
            appointment.save(update_fields=fields)
    except IntegrityError:
        raise TimeTaken from None


def side_of(by, appointment):
    side = AppointmentEvent.Side
    return side.CLIENT if by == appointment.client else side.PROVIDER


def record(appointment, what, *, by, at, requested_by=None, **fields):
    """Add to an appointment's history; `requested_by` is the side that asked (default: `by`'s)."""
    return AppointmentEvent.objects.create(
        appointment=appointment,
        what=what,
        by=by,
        on_behalf_of=requested_by or side_of(by, appointment),
        at=at,
        sequence=appointment.sequence,
        starts_at=appointment.starts_at,
        ends_at=appointment.ends_at,
        place=appointment.place,
        **fields,
    )
