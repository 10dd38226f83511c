"""Writing an appointment and its history: what every verb of appointments does at its end."""

from datetime import timedelta

from django.db import IntegrityError, transaction

from ..models import Appointment, AppointmentEvent
from ..refusals import TimeTaken


def insert(relationship, *, starts_at, minutes, **fields):
    """Insert an appointment of the pair; the database has the last word: TimeTaken."""
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
    """Save; where a constraint says that the time is not free after all, raise TimeTaken."""
    try:
        with transaction.atomic():
            appointment.save(update_fields=fields)
    except IntegrityError:
        raise TimeTaken from None


def side_of(by, appointment):
    """Which of the two sides a person is on."""
    side = AppointmentEvent.Side
    return side.CLIENT if by == appointment.client else side.PROVIDER


def record(appointment, what, *, by, at, requested_by=None, **fields):
    """Append what happened to the appointment's history; `requested_by` is the side that asked."""
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
