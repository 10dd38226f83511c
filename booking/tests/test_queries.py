"""A page about one thing makes the same number of queries, however much belongs to that thing."""

import pytest
from django.conf import settings
from django.utils import timezone

from booking.appointments.recording import record
from booking.tests.factories import AppointmentFactory
from booking.tests.steps import details_url, first_start
from providers.tests.factories import LicenseFactory, PlanFactory


@pytest.fixture
def made(dana, jordan):
    return AppointmentFactory(provider=dana, client=jordan)


def grow(provider, appointment):
    for state in ("NV", "OR"):
        LicenseFactory(provider=provider, state=state)
        provider.plans.add(PlanFactory())
        record(appointment, "link_set", by=provider.user, at=timezone.now())


@pytest.mark.parametrize(
    ("page", "whose", "queries"),
    [
        ("/appointments/{uuid}/", "client", 6),
        ("/appointments/{uuid}/cancel/", "client", 5),
        # A production site checks whether they're a provider, who needs a second factor.
        ("/appointments/{uuid}/calendar.ics", "client", 4 if settings.DEMO else 5),
        ("/workspace/appointments/{uuid}/", "provider", 8),
        ("/workspace/appointments/{uuid}/calendar.ics", "provider", 5),
    ],
)
def test_pages_of_an_appointment(
    dana, jordan, made, signed_in, django_assert_num_queries, page, whose, queries
):
    person = signed_in(jordan if whose == "client" else dana.user)
    person.get("/account/")  # marks the session as in use, which costs queries only once
    for _ in range(2):
        with django_assert_num_queries(queries):
            assert person.get(page.format(uuid=made.uuid)).status_code == 200
        if not dana.plans.filter(carrier="Acme Health").exists():
            grow(dana, made)


def test_the_details_page(marcus, made, desk, django_assert_num_queries):
    desk.post(marcus.booking_url, {"at": first_start(marcus), "place": "virtual"})
    for _ in range(2):
        with django_assert_num_queries(11):
            assert desk.get(details_url(marcus)).status_code == 200
        if not marcus.plans.filter(carrier="Acme Health").exists():
            grow(marcus, made)
