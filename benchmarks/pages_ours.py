"""Our side of pages.py: a provider with that many appointments, and their free times' page."""

import logging
import os
from datetime import datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from .goes import answer
from .pages import MANY, ROOM, next_monday, visits

DATABASE = ROOM / "ours.sqlite3"
ZONE = ZoneInfo("America/Los_Angeles")
CLIENTS = 50


def set_up():
    """A new database like the demo's."""
    DATABASE.unlink(missing_ok=True)
    os.environ["DATABASE_URL"] = f"sqlite:///{DATABASE}"
    os.environ["DJANGO_SETTINGS_MODULE"] = "headway.settings"
    import django

    logging.disable(logging.WARNING)
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)


def provider_with(number):
    """A provider who works Monday to Friday, 9 to 5, with that many appointments."""
    from accounts.tests.factories import UserFactory
    from booking.models import Appointment
    from booking.tests.factories import RelationshipFactory
    from providers.tests.factories import ProviderFactory

    provider = ProviderFactory(first_visit="session", session_minutes=50, hours=True)
    people = [RelationshipFactory(provider=provider, client=UserFactory()) for _ in range(CLIENTS)]
    starts = [
        datetime(day.year, day.month, day.day, hour, tzinfo=ZONE) for day, hour in visits(number)
    ]
    Appointment.objects.bulk_create(
        Appointment(
            provider=provider,
            client=people[n % CLIENTS].client,
            relationship=people[n % CLIENTS],
            kind="session",
            place="virtual",
            starts_at=start,
            ends_at=start + timedelta(minutes=50),
        )
        for n, start in enumerate(starts)
    )
    return provider


def ask(http, provider, headers=None):
    """The week's page with all its free times; for htmx, just the times."""
    week = {"week": next_monday().isoformat()}
    found = http.get(provider.booking_url, week, headers=headers)
    assert found.status_code == 200 and b'class="slot"' in found.content, found.status_code


def main():
    set_up()
    from django.test import Client

    http, works = Client(SERVER_NAME="localhost"), {}
    for number in (0, MANY):
        provider = provider_with(number)
        works[f"page-{number}"] = partial(ask, http, provider)
        works[f"part-{number}"] = partial(ask, http, provider, {"HX-Request": "true"})
    answer(works)


if __name__ == "__main__":
    main()
