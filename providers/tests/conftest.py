"""Fixtures for providers' tests: Dana, and their browser."""

import pytest

from providers.tests.factories import PlanFactory, ProviderFactory, SpecialtyFactory


@pytest.fixture
def dana(db):
    """Starts with calls; Monday to Friday, 9 to 5, Pacific Time."""
    return ProviderFactory(
        name="Dana Whitfield",
        hours=True,
        plans=[PlanFactory(carrier="Aetna", name="Test PPO")],
        specialties=[SpecialtyFactory(name="Worry")],
    )


@pytest.fixture
def danas(dana, signed_in):
    return signed_in(dana.user)
