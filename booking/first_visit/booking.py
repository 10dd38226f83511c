"""Books a first visit: one transaction under the lock, as invariants 1 to 3 require."""

from dataclasses import dataclass
from datetime import date

from providers.models import Plan

from ..appointments import notifications
from ..appointments.recording import insert, record
from ..availability.calendar import refresh_next_openings
from ..models import Appointment, AppointmentEvent, Hold, Relationship
from ..relationships.coverage import cover
from .line import in_line
from .rules import check_details, check_free, check_open_to, check_pace
from .visitor import Visitor


@dataclass(frozen=True)
class Details:
    """What a new client tells us for a first visit. BookForm has cleaned it; nothing here does."""

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


def book_first_visit(provider, *, client, uuid, starts_at, place, details, visitor=None):
    """Book the provider's kind of first visit; a repeat with the same uuid returns the first one.

    `starts_at` is aware; `visitor` is who may hold the time (by default the client). Raises a
    Refused: OwnPage, NotAccepting, AlreadyAClient, TooYoung, NotLicensed, PlanNotTaken,
    NoTelehealth, TimeTaken, NotOffered, ClientBusy or TooManyBookings.
    """
    visitor = visitor or Visitor(user=client)
    with in_line(provider, client, visitor, starts_at=starts_at) as (provider, now):
        made = Appointment.objects.filter(uuid=uuid, client=client, provider=provider).first()
        if made:
            return made
        check_open_to(provider, client=client)
        check_free(provider, client, visitor, starts_at=starts_at, place=place, now=now)
        check_details(provider, place=place, details=details, starts_at=starts_at, now=now)
        check_pace(client, now=now)
        remember(client, details)
        relationship, _ = Relationship.objects.get_or_create(provider=provider, client=client)
        cover(relationship, details)
        Hold.objects.filter(provider=provider).of(visitor).delete()
        appointment = insert(
            relationship,
            uuid=uuid,
            kind=provider.first_visit,
            first_visit=True,
            place=place,
            starts_at=starts_at,
            minutes=provider.first_visit_minutes,
            client_state=details.client_state,
            voicemail_ok=details.voicemail_ok,
            client_note=details.note,
        )
        event = record(appointment, AppointmentEvent.What.SCHEDULED, by=client, at=now)
        refresh_next_openings([provider], now=now)
        notifications.notify_scheduled(event, now=now)
    return appointment


def remember(client, details):
    """Save what the client told us about themselves, for the next form."""
    client.full_name = details.full_name
    client.date_of_birth = details.date_of_birth
    client.phone = details.phone
    client.state = details.client_state
    client.time_zone = client.time_zone or details.time_zone
    client.save(update_fields=["full_name", "date_of_birth", "phone", "state", "time_zone"])
