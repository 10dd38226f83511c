"""When the database goes away in the middle: nothing is left half done, and no page lies."""

import pytest
from django.db import OperationalError, connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.test import Client

from accounts.models import Notification
from accounts.tests.factories import UserFactory
from booking.appointments import recording
from booking.first_visit import booking
from booking.models import Appointment, Coverage, Relationship
from booking.tests.steps import answers, details_url
from providers.tests.factories import PlanFactory, ProviderFactory

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def provider():
    """A provider who can be booked on any day."""
    made = ProviderFactory(name="Dana Whitfield", plans=[PlanFactory()])
    for weekday in range(7):
        made.working_hours.create(weekday=weekday, from_minute=9 * 60, to_minute=17 * 60)
    return made


@pytest.fixture
def jordans():
    """A new client's test client, which shows error pages the way people see them."""
    person = Client(raise_request_exception=False)
    person.force_login(UserFactory())
    return person


def test_a_lost_reply_to_commit_is_told_as_unknown_and_the_second_try_shows_the_booking(
    provider, jordans, monkeypatch
):
    """The row was saved, though the application saw an error (FIELD-NOTES)."""
    form = answers(provider)
    commit = BaseDatabaseWrapper._commit

    def commit_and_lose_the_reply(self):
        commit(self)
        if Appointment.objects.exists():
            monkeypatch.setattr(BaseDatabaseWrapper, "_commit", commit)
            raise OperationalError("server closed the connection unexpectedly")

    monkeypatch.setattr(BaseDatabaseWrapper, "_commit", commit_and_lose_the_reply)
    page = jordans.post(details_url(provider), form)
    assert page.status_code == 503
    assert "We don’t know whether what you sent was saved" in page.text
    assert page["Retry-After"]
    page = jordans.post(details_url(provider), form, follow=True)
    assert "Your phone call is booked" in page.text
    assert Appointment.objects.count() == 1
    assert Notification.objects.filter(kind="booking.first_visit_booked").count() == 1


@pytest.mark.postgres
def test_a_backend_that_is_killed_in_the_middle_leaves_nothing_half_done(
    provider, jordans, monkeypatch
):
    form = answers(provider)
    record = recording.record

    def killed(*args, **kwargs):
        monkeypatch.setattr(booking, "record", record)
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")

    monkeypatch.setattr(booking, "record", killed)
    page = jordans.post(details_url(provider), form)
    assert page.status_code == 503
    connection.close()
    for model in (Appointment, Relationship, Coverage, Notification):
        assert not model.objects.exists(), model
    page = jordans.post(details_url(provider), form, follow=True)
    assert "Your phone call is booked" in page.text


def test_a_crash_in_the_middle_leaves_nothing_half_done(provider, jordans, monkeypatch):
    form = answers(provider)

    def crash(*args, **kwargs):
        raise RuntimeError

    monkeypatch.setattr(booking.notifications, "notify_scheduled", crash)
    assert jordans.post(details_url(provider), form).status_code == 500
    for model in (Appointment, Relationship, Coverage, Notification):
        assert not model.objects.exists(), model
