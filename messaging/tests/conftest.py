"""Fixtures for messaging's tests: two people with a booking."""

import pytest

from accounts.tests.factories import UserFactory
from booking.tests.factories import AppointmentFactory
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
