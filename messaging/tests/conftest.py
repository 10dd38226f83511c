"""Fixtures for messaging's tests: two people with a booking."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.tests.factories import UserFactory
from booking.models import WorkingHours
from booking.tests.factories import AppointmentFactory, FollowUpFactory
from providers.tests.factories import ProviderFactory


@pytest.fixture
def pair(db, monday):
    """Jordan has booked a call with Dana, on Wednesday at 8 AM Pacific Time."""
    dana = ProviderFactory(name="Dana Whitfield", credentials="PsyD")
    jordan = UserFactory(full_name="Jordan Ellis", email="jordan@example.com")
    return AppointmentFactory(provider=dana, client=jordan).relationship


@pytest.fixture
def dana(pair, signed_in):
    """Dana's browser."""
    return signed_in(pair.provider.user)


@pytest.fixture
def jordan(pair, signed_in):
    """Jordan's browser."""
    return signed_in(pair.client)


@pytest.fixture
def url(pair):
    """Where the two write to each other."""
    return f"/messages/{pair.uuid}/"


@pytest.fixture
def session(pair):
    """Jordan's follow-up with Dana, on Thursday at 10 AM Pacific; Dana works Monday to Friday."""
    WorkingHours.objects.bulk_create(
        WorkingHours(provider=pair.provider, weekday=day, from_minute=540, to_minute=1020)
        for day in range(5)
    )
    return FollowUpFactory(
        provider=pair.provider,
        client=pair.client,
        kind="session",
        place="virtual",
        starts_at=timezone.now() + timedelta(days=3, hours=2),
        ends_at=timezone.now() + timedelta(days=3, hours=2, minutes=50),
    )
