"""What messaging's tests have at hand: a quiet Monday, and two people who have booked."""

from datetime import UTC, datetime

import pytest
import time_machine

from accounts.tests.factories import UserFactory
from booking.tests.factories import AppointmentFactory
from providers.tests.factories import ProviderFactory


@pytest.fixture
def clock():
    """Stop the clock on Monday, November 30, 2026, at 8 AM Pacific Time."""
    with time_machine.travel(datetime(2026, 11, 30, 16, 0, tzinfo=UTC), tick=False) as traveller:
        yield traveller


@pytest.fixture
def pair(db, clock):
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
