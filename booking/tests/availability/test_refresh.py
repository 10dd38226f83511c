"""The next openings of many providers, refreshed together and by one process at a time."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from booking import tasks
from booking.availability.calendar import lapsed_openings
from providers.models import Provider
from providers.tests.factories import ProviderFactory


@pytest.fixture
def lapsed(monday, plan):
    """Three providers whose next opening has passed."""
    made = [ProviderFactory(hours=True, plans=[plan]) for _ in range(3)]
    Provider.objects.update(next_opening_at=timezone.now() - timedelta(hours=1))
    return made


@pytest.fixture
def another():
    """A cursor of another process: its transaction goes on until the test ends."""
    other = connection.copy()
    other.set_autocommit(False)
    yield other.cursor()
    other.rollback()
    other.close()


def left():
    """Those who still wait, in order."""
    return list(lapsed_openings(timezone.now()).order_by("pk"))


def test_a_batch_costs_the_same_for_one_provider_and_three(lapsed):
    counted = []
    for providers in (lapsed[:1], lapsed):
        ids = [each.pk for each in providers]
        Provider.objects.filter(pk__in=ids).update(next_opening_at=timezone.now())
        Provider.objects.exclude(pk__in=ids).update(published=False)
        Provider.objects.filter(pk__in=ids).update(published=True)
        with CaptureQueriesContext(connection) as queries:
            tasks.refresh_openings()
        counted.append(len(queries))
        assert not left()
    assert counted[0] == counted[1]


def test_more_than_a_batch_is_refreshed(lapsed, monkeypatch):
    monkeypatch.setattr(tasks, "TOGETHER", 2)
    tasks.refresh_openings()
    assert not left()


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_two_runs_at_once_one_does_the_work(lapsed, another):
    another.execute("SELECT pg_advisory_xact_lock(%s)", [tasks.REFRESHING])
    tasks.refresh_openings()
    assert left() == lapsed
    another.connection.rollback()
    tasks.refresh_openings()
    assert not left()
    another.execute("SELECT pg_try_advisory_xact_lock(%s)", [tasks.REFRESHING])
    assert another.fetchone() == (True,)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_who_is_being_booked_costs_the_others_no_wait(lapsed, another):
    booked = lapsed[1]
    query = "SELECT 1 FROM providers_provider WHERE id = %s FOR NO KEY UPDATE"
    another.execute(query, [booked.pk])
    tasks.refresh_openings()
    assert left() == [booked]
    another.connection.rollback()
    tasks.refresh_openings()
    assert not left()
