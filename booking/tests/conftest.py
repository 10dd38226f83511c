"""What booking's tests have at hand: a provider with hours, and a way to book."""

from datetime import UTC, datetime, timedelta

import pytest

from accounts.tests.factories import UserFactory
from booking.availability.calendar import load_calendars
from booking.models import Hold, Place
from booking.tests.factories import AppointmentFactory
from providers.models import Plan, Provider
from providers.tests.factories import PlanFactory, ProviderFactory

TEN_AM = datetime(2026, 12, 2, 18, tzinfo=UTC)  # that week's Wednesday, in Pacific Time


@pytest.fixture
def plan(db):
    """A plan that the providers of these tests take."""
    return PlanFactory(carrier="Aetna", name="Test PPO")


@pytest.fixture
def dana(monday, plan):
    """Starts with calls; Monday to Friday, 9 to 5, Pacific Time."""
    return ProviderFactory(name="Dana Whitfield", hours=True, plans=[plan])


@pytest.fixture
def marcus(monday, plan):
    """Starts with virtual sessions of 50 minutes; the same hours."""
    return ProviderFactory(
        name="Marcus Okafor",
        first_visit=Provider.FirstVisit.SESSION,
        hours=True,
        plans=[plan],
        office_address="411 30th Street",
        office_city="Oakland",
        office_state="CA",
        late_cancellation="A late cancellation costs $90.",
    )


@pytest.fixture
def jordan(db):
    """A client who knows nobody yet."""
    return UserFactory(email="jordan@example.com", full_name="Jordan Ellis")


@pytest.fixture
def desk(dana, signed_in):
    """Dana, logged in."""
    return signed_in(dana.user)


@pytest.fixture
def session(dana, jordan):
    """A follow-up of Dana's with Jordan by video, on Wednesday at 10 AM."""
    return AppointmentFactory(
        provider=dana,
        client=jordan,
        kind="session",
        place="virtual",
        first_visit=False,
        starts_at=TEN_AM,
        ends_at=TEN_AM + timedelta(minutes=50),
    )


def url_of(appointment, path=""):
    """A page of the appointment from the provider's side."""
    return f"/workspace/appointments/{appointment.uuid}/{path}"


def moved(**changes):
    """The form that moves that session to Thursday at 11 AM, as Jordan asked."""
    data = {"sequence": "0", "place": "virtual", "date": "2026-12-03", "starts": "11:00"}
    return {**data, "minutes": "50", "behalf": "client", "reason": "A trip.", **changes}


def first_start(provider, place=None):
    """The provider's next free start, in epoch seconds."""
    from django.utils import timezone

    calendar = load_calendars([provider], now=timezone.now())[provider.pk]
    return next(iter(calendar.starts(place or calendar.places()[0])))


def answers(provider, hold=None, **changes):
    """What a new client types into the details form."""
    call = provider.starts_with_call
    data = {
        "at": first_start(provider),
        "place": Place.PHONE if call else Place.VIRTUAL,
        "uuid": "0d8f6a6c-6d2b-4a53-9a3b-6a3b8ad6ad01",
        "full_name": "Jordan Ellis",
        "date_of_birth": "04/27/1990",
        "phone": "(916) 555-0142",
        "client_state": "CA",
        "coverage": "plan",
        "plan": Plan.objects.filter(providers=provider).first().slug,
        "member_id": "W1234",
        "copay": "25",
        "note": "I can’t sleep.",
    }
    if call:
        data["voicemail_ok"] = "yes"
    if hold:
        data.update({"uuid": str(hold.uuid), "at": int(hold.starts_at.timestamp())})
    return {**data, **changes}


def details_url(provider):
    """Where the details are typed."""
    return f"{provider.booking_url}details/"


def hold_of(provider):
    """The one hold that stands with the provider."""
    return Hold.objects.get(provider=provider)
