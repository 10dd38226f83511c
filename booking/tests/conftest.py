"""Fixtures for booking's tests: providers with hours, a client, a session."""

from datetime import timedelta

import pytest

from accounts.tests.factories import UserFactory
from booking.tests.factories import AppointmentFactory, FollowUpFactory, RelationshipFactory
from booking.tests.steps import TEN_AM
from providers.models import Provider
from providers.tests.factories import PlanFactory, ProviderFactory


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
    """A client who hasn't booked with anyone yet."""
    return UserFactory(email="jordan@example.com", full_name="Jordan Ellis")


@pytest.fixture
def desk(dana, signed_in):
    """Dana, logged in."""
    return signed_in(dana.user)


@pytest.fixture
def session(dana, jordan):
    """A follow-up of Dana's with Jordan by video, on Wednesday at 10 AM."""
    return FollowUpFactory(
        provider=dana,
        client=jordan,
        kind="session",
        place="virtual",
        starts_at=TEN_AM,
        ends_at=TEN_AM + timedelta(minutes=50),
    )


@pytest.fixture
def first_session(marcus, jordan):
    """Jordan's first session with Marcus, on Wednesday at 10 AM."""
    return AppointmentFactory(provider=marcus, client=jordan, starts_at=TEN_AM)


@pytest.fixture
def call(dana, jordan):
    """Jordan's first call with Dana, on Wednesday at 10 AM."""
    return AppointmentFactory(provider=dana, client=jordan, starts_at=TEN_AM)


@pytest.fixture
def pair(dana, jordan):
    """Jordan is on Dana's client list, and lives in California."""
    jordan.state = "CA"
    jordan.save()
    return RelationshipFactory(provider=dana, client=jordan)
