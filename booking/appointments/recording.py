"""Writes an appointment and its history: the last step of every verb of appointments."""

from datetime import timedelta
from uuid import uuid4

from django.db import IntegrityError, transaction
from psycopg.errors import ExclusionViolation

from ..models import Appointment, AppointmentEvent, Hold
from ..refusals import TimeTaken


def insert(relationship, *, uuid, starts_at, minutes, **fields):
    """Insert an appointment for the pair. Raises TimeTaken if the database says it overlaps.

    `uuid` is the form's. If it's someone else's, it counts for nothing.
    """
    appointment = Appointment(
        uuid=uuid4() if is_taken(uuid) else uuid,
        relationship=relationship,
        provider=relationship.provider,
        client=relationship.client,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=minutes),
        **fields,
    )
    save_in_room(appointment, None)
    return appointment


def is_taken(uuid):
    """Whether another appointment has it, or will have it because a hold does."""
    return any(model.objects.filter(uuid=uuid).exists() for model in (Appointment, Hold))


def save_in_room(appointment, fields):
    """Save; raise TimeTaken if a constraint says that the time isn't free after all."""
    try:
        with transaction.atomic():
            appointment.save(update_fields=fields)
    except IntegrityError as error:
        if isinstance(error.__cause__, ExclusionViolation):
            raise TimeTaken from None
        raise


def move_to(appointment, new, *, by, at, **event):
    """Give an appointment its `new` starts_at, ends_at and place; the MOVED event.

    `event` is what `record` takes. Raises TimeTaken if the database says it overlaps.
    """
    was = {f"was_{name}": getattr(appointment, name) for name in new}
    appointment.starts_at, appointment.ends_at = new["starts_at"], new["ends_at"]
    appointment.place = new["place"]
    appointment.sequence += 1
    save_in_room(appointment, [*new, "sequence"])
    return record(appointment, AppointmentEvent.What.MOVED, by=by, at=at, **was, **event)


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
