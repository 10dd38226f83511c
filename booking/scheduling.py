"""The verbs that touch time. Each is one transaction under one lock, as invariants 1 to 4 say."""

import threading
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from accounts.models import User
from providers.models import Plan, Provider

from . import availability, notifications
from .models import Appointment, AppointmentEvent, Coverage, Hold, Place, Relationship
from .refusals import (
    AlreadyAClient,
    ClientBusy,
    HoldOver,
    NotAccepting,
    NoTelehealth,
    NotLicensed,
    OwnPage,
    PlanNotTaken,
    TimeTaken,
    TooLate,
    TooManyHolds,
    TooYoung,
)

HOLD = timedelta(minutes=10)
HOLDS_AN_ADDRESS = 3
HOLDS_A_PROVIDER = 3
ADULT = 18

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


def hold(provider, *, visitor, starts_at, place):
    """Keep a time for a visitor for ten minutes and return the Hold; it replaces their last one.

    `starts_at` is aware. Raises NotAccepting, OwnPage, AlreadyAClient, TimeTaken, TooManyHolds.
    """
    with locked(provider) as (provider, now):
        check_open_to(provider, client=visitor.user)
        if not availability.is_free(provider, starts_at, place, now=now, visitor=visitor):
            raise TimeTaken
        check_hold_caps(provider, visitor, now=now)
        Hold.objects.filter(provider=provider).of(visitor).delete()
        kept = Hold.objects.create(
            provider=provider,
            starts_at=starts_at,
            ends_at=starts_at + timedelta(minutes=provider.first_visit_minutes),
            place=place,
            until=now + HOLD,
            user=visitor.user,
            token=visitor.token,
            address=visitor.address,
        )
        availability.refresh([provider], now=now)
    return kept


def extend(provider, *, visitor):
    """Keep the visitor's held time for ten more minutes from now, once; else raise HoldOver."""
    with locked(provider) as (provider, now):
        kept = Hold.objects.filter(provider=provider, extended=False).of(visitor).first()
        if not kept:
            raise HoldOver
        kept.until, kept.extended = now + HOLD, True
        kept.save(update_fields=["until", "extended"])
    return kept


def book_first_visit(provider, *, client, uuid, starts_at, place, details, visitor=None):
    """Book the provider's kind of first visit; a repeat of the uuid returns what it made.

    `starts_at` is aware; `visitor` is who may hold the time (by default the client). Raises a
    Refused: OwnPage, NotAccepting, AlreadyAClient, TooYoung, NotLicensed, PlanNotTaken,
    NoTelehealth, TimeTaken or ClientBusy.
    """
    with locked(provider, client) as (provider, now):
        made = Appointment.objects.filter(uuid=uuid, client=client, provider=provider).first()
        if made:
            return made
        check_open_to(provider, client=client)
        check_free(provider, client, visitor, starts_at=starts_at, place=place, now=now)
        check_details(provider, place=place, details=details, starts_at=starts_at, now=now)
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


def check_open_to(provider, *, client):
    """Raise NotAccepting, OwnPage or AlreadyAClient where a first visit is out of the question."""
    if client and provider.user_id == client.pk:
        raise OwnPage
    if client and (binding := Relationship.objects.binding(provider, client)):
        raise AlreadyAClient(binding)
    if not (provider.published and provider.accepting_new_clients):
        raise NotAccepting(provider)


def check_details(provider, *, place, details, starts_at, now):
    """Raise TooYoung, NotLicensed, PlanNotTaken or NoTelehealth (invariant 3)."""
    today = now.astimezone(ZoneInfo(details.time_zone)).date()
    born = details.date_of_birth
    if today.year - born.year - ((today.month, today.day) < (born.month, born.day)) < ADULT:
        raise TooYoung
    if place != Place.IN_PERSON:
        day = starts_at.astimezone(provider.zone).date()
        licensed = list(provider.licenses.filter(expires__gte=day).values_list("state", flat=True))
        if details.client_state not in licensed:
            raise NotLicensed(provider, details.client_state, licensed)
    if details.plan:
        if not provider.plans.filter(pk=details.plan.pk).exists():
            raise PlanNotTaken(provider, details.plan)
        if place == Place.VIRTUAL and not details.plan.covers_telehealth:
            raise NoTelehealth(details.plan)


def check_free(provider, client, visitor, *, starts_at, place, now):
    """Raise TimeTaken or ClientBusy. Who still holds the very time has kept the notice already."""
    holds = Hold.objects.filter(provider=provider, starts_at=starts_at, place=place)
    noticed = visitor is not None and holds.of(visitor).exists()
    if not availability.is_free(
        provider, starts_at, place, now=now, visitor=visitor, noticed=noticed
    ):
        raise TimeTaken
    ends_at = starts_at + timedelta(minutes=provider.first_visit_minutes)
    if client.appointments.active().filter(starts_at__lt=ends_at, ends_at__gt=starts_at).exists():
        raise ClientBusy


def check_hold_caps(provider, visitor, *, now):
    """Raise TooManyHolds: three from one address, a quarter of a provider's open times in all."""
    others = Hold.objects.standing(now).exclude(
        pk__in=Hold.objects.filter(provider=provider).of(visitor).values("pk")
    )
    from_here = others.filter(address=visitor.address).count() if visitor.address else 0
    if from_here >= HOLDS_AN_ADDRESS:
        raise TooManyHolds
    with_provider = others.filter(provider=provider).count()
    if with_provider < HOLDS_A_PROVIDER:  # always allowed, so nobody counts the open times
        return
    calendar = availability.load([provider], now=now, visitor=visitor)[provider.pk]
    open_times = len({start for place in calendar.places() for start in calendar.starts(place)})
    if with_provider >= open_times // 4:
        raise TooManyHolds


def remember(client, details):
    """Keep what the client told about themselves, for the next form."""
    client.full_name = details.full_name
    client.date_of_birth = details.date_of_birth
    client.phone = details.phone
    client.state = details.client_state
    client.time_zone = details.time_zone
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
                client_phone=details.phone,
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
