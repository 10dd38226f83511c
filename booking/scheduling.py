"""The verbs that touch time. Each is one transaction under one lock, as invariants 1 to 4 say."""

import threading
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from accounts.models import User
from providers.models import Plan, Provider

from . import availability, notifications
from .models import Appointment, AppointmentEvent, Coverage, Hold, Relationship
from .refusals import TimeTaken, TooLate
from .rules import check_details, check_free, check_open_to, check_pace

_process_lock = threading.RLock()


@dataclass(frozen=True)
class Details:
    """What a new client tells for a first visit; checked by BookForm, trusted to be clean here."""

    full_name: str
    date_of_birth: date
    phone: str
    client_state: str
    coverage: str
    time_zone: str
    plan: Plan | None = None
    member_id: str = ""
    copay: int | None = None
    voicemail_ok: bool | None = None
    note: str = ""


@contextmanager
def locked(provider, client=None):
    """One transaction that owns the time of a provider, and of a client; yields (provider, now).

    Rows are locked in one order, provider then client, without blocking inserts that refer to them;
    the clock is read after the wait, and holds that ended by then are dropped. SQLite has no row
    locks: there its write transactions queue behind a lock in the process, which is the only one.
    """
    queue = _process_lock if connection.vendor == "sqlite" else nullcontext()
    with queue, transaction.atomic():
        fresh = Provider.objects.select_for_update(no_key=True).get(pk=provider.pk)
        if client:
            User.objects.select_for_update(no_key=True).get(pk=client.pk)
        now = timezone.now()
        Hold.objects.filter(provider=fresh, until__lte=now).delete()
        yield fresh, now


def book_first_visit(provider, *, client, uuid, starts_at, place, details, visitor=None):
    """Book the provider's kind of first visit; a repeat of the uuid returns what it made.

    `starts_at` is aware; `visitor` is who may hold the time (by default the client). Raises a
    Refused: OwnPage, NotAccepting, AlreadyAClient, TooYoung, NotLicensed, PlanNotTaken,
    NoTelehealth, TimeTaken, NotOffered, ClientBusy or TooManyBookings.
    """
    with locked(provider, client) as (provider, now):
        made = Appointment.objects.filter(uuid=uuid, client=client, provider=provider).first()
        if made:
            return made
        check_open_to(provider, client=client)
        check_free(provider, client, visitor, starts_at=starts_at, place=place, now=now)
        check_details(provider, place=place, details=details, starts_at=starts_at, now=now)
        check_pace(client, now=now)
        remember(client, details)
        relationship, _ = Relationship.objects.get_or_create(provider=provider, client=client)
        Coverage.objects.update_or_create(
            relationship=relationship,
            defaults={
                "kind": details.coverage,
                "plan": details.plan,
                "member_id": details.member_id,
                "copay": details.copay,
            },
        )
        appointment = write_appointment(
            relationship, uuid=uuid, starts_at=starts_at, place=place, details=details
        )
        Hold.objects.filter(provider=provider, user=client).delete()
        if visitor:
            Hold.objects.filter(provider=provider).of(visitor).delete()
        event = record(appointment, AppointmentEvent.What.SCHEDULED, by=client, at=now)
        availability.refresh([provider], now=now)
        notifications.tell_scheduled(event, now=now)
    return appointment


def cancel(appointment, *, by, reason=""):
    """Cancel a first visit on the client's own behalf before it starts; a repeat changes nothing.

    The time is free at once, and both are told. Raises TooLate.
    """
    with locked(appointment.provider, appointment.client) as (provider, now):
        appointment = Appointment.objects.get(pk=appointment.pk)
        if appointment.is_canceled:
            return appointment
        if by != appointment.client or not appointment.client_may_cancel(now):
            raise TooLate
        appointment.status = Appointment.Status.CANCELED
        appointment.sequence += 1
        appointment.save(update_fields=["status", "sequence"])
        event = record(appointment, AppointmentEvent.What.CANCELED, by=by, at=now, reason=reason)
        availability.refresh([provider], now=now)
        notifications.tell_canceled(event)
    return appointment


def remember(client, details):
    """Keep what the client told about themselves, for the next form."""
    client.full_name = details.full_name
    client.date_of_birth = details.date_of_birth
    client.phone = details.phone
    client.state = details.client_state
    client.time_zone = client.time_zone or details.time_zone
    client.save(update_fields=["full_name", "date_of_birth", "phone", "state", "time_zone"])


def write_appointment(relationship, *, uuid, starts_at, place, details):
    """Insert the appointment; the database's constraints have the last word: TimeTaken."""
    provider = relationship.provider
    try:
        with transaction.atomic():
            return Appointment.objects.create(
                uuid=uuid,
                relationship=relationship,
                provider=provider,
                client=relationship.client,
                kind=provider.first_visit,
                first_visit=True,
                place=place,
                starts_at=starts_at,
                ends_at=starts_at + timedelta(minutes=provider.first_visit_minutes),
                client_state=details.client_state,
                voicemail_ok=details.voicemail_ok,
                client_note=details.note,
            )
    except IntegrityError:
        raise TimeTaken from None


def record(appointment, what, *, by, at, reason=""):
    """Append what happened to the appointment's history."""
    side = AppointmentEvent.Side
    return AppointmentEvent.objects.create(
        appointment=appointment,
        what=what,
        by=by,
        on_behalf_of=side.CLIENT if by == appointment.client else side.PROVIDER,
        at=at,
        sequence=appointment.sequence,
        starts_at=appointment.starts_at,
        ends_at=appointment.ends_at,
        reason=reason,
    )
