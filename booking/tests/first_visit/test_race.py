"""Fifty people post for the same time, over HTTP, on the database the suite runs on."""

import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime, timedelta
from threading import Barrier
from uuid import uuid4

import pytest
from django.db import connection, connections, transaction
from django.test import Client
from django.utils import timezone

from accounts.models import Notification
from accounts.tests.factories import UserFactory
from booking.availability.calendar import load_calendars
from booking.first_visit import booking, holds
from booking.first_visit.visitor import Visitor
from booking.locking import locked
from booking.models import Appointment, Hold
from booking.tests.factories import AppointmentFactory
from booking.tests.steps import contend, details_url, enter, provider_and_form
from providers.models import Provider

CONTENDERS = 50

pytestmark = pytest.mark.django_db(transaction=True)


def test_fifty_clients_post_for_one_time_and_one_gets_it():
    provider, form = provider_and_form()
    with transaction.atomic():
        people = [enter(UserFactory()) for _ in range(CONTENDERS)]
    url = details_url(provider)
    pages = contend(
        [lambda p=person: p.post(url, {**form, "uuid": str(uuid4())}) for person in people]
    )
    assert sorted(page.status_code for page in pages) == [302] + [409] * (CONTENDERS - 1)
    for page in pages:
        if page.status_code == 409:
            assert "That time was just taken" in page.text
            assert page.text.count('name="other_at"') >= 3
    made = Appointment.objects.get()
    confirmations = Notification.objects.filter(
        kind__in=["booking.first_visit_booked", "booking.new_client"]
    )
    assert confirmations.count() == 2
    assert made.events.count() == 1


def test_fifty_visitors_hold_one_time_and_one_gets_it():
    provider, form = provider_and_form()
    work = [
        lambda n=n: Client(REMOTE_ADDR=f"192.0.2.{n}").post(
            provider.booking_url, {"at": form["at"], "place": "phone"}
        )
        for n in range(CONTENDERS)
    ]
    pages = contend(work)
    assert sorted(page.status_code for page in pages) == [302] + [409] * (CONTENDERS - 1)
    assert Hold.objects.count() == 1


@pytest.mark.postgres
def test_whoever_comes_after_the_winner_waits_for_nobody():
    provider, form = provider_and_form()
    person = enter(UserFactory())
    at = datetime.fromtimestamp(form["at"], UTC)
    AppointmentFactory(provider=provider, starts_at=at)
    with locked(provider), ThreadPoolExecutor() as others:
        booked = others.submit(apart, person.post, details_url(provider), form)
        held = others.submit(apart, Client().post, provider.booking_url, form)
        assert [each.result(timeout=20).status_code for each in (booked, held)] == [409, 409]


@pytest.mark.postgres
def test_whoever_waited_for_the_winner_in_vain_is_told():
    provider, form = provider_and_form()
    person = enter(UserFactory())
    with ThreadPoolExecutor() as others, locked(provider):
        booked = others.submit(apart, person.post, details_url(provider), form)
        wait_for_the_line()
        at = datetime.fromtimestamp(form["at"], UTC)
        others.submit(apart, AppointmentFactory, provider=provider, starts_at=at).result()
        page = booked.result(timeout=10)
    assert page.status_code == 409
    assert "That time was just taken" in page.text


def apart(work, *args, **kwargs):
    """Do it on a connection of its own."""
    try:
        return work(*args, **kwargs)
    finally:
        connections.close_all()


def wait_for_the_line():
    """Until a backend of PostgreSQL waits for a lock."""
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
    waiting += " AND datname = current_database()"
    for _ in range(100):
        with connection.cursor() as cursor:
            cursor.execute(waiting)
            if cursor.fetchone()[0]:
                return
        time.sleep(0.05)


def test_one_client_presses_in_ten_tabs_and_has_one_appointment():
    provider, form = provider_and_form()
    user = UserFactory()
    tabs = [enter(user) for _ in range(10)]
    pages = contend([lambda t=tab: t.post(details_url(provider), form) for tab in tabs])
    assert {page.status_code for page in pages} == {302}
    assert len({page.url for page in pages}) == 1
    assert Appointment.objects.count() == 1
    assert Notification.objects.filter(kind="booking.first_visit_booked").count() == 1


def test_one_client_books_two_providers_at_one_time_and_gets_one():
    first, form = provider_and_form()
    second, other_form = provider_and_form(name="Marcus Okafor")
    user = UserFactory()
    pages = contend(
        [
            lambda: enter(user).post(details_url(first), form),
            lambda: enter(user).post(
                details_url(second), {**other_form, "at": form["at"], "uuid": str(uuid4())}
            ),
        ]
    )
    assert sorted(page.status_code for page in pages) == [302, 409]
    assert Appointment.objects.count() == 1


def test_canceling_and_booking_the_same_time_leave_one_appointment_at_most():
    provider, form = provider_and_form()
    first, second = UserFactory(), UserFactory()
    url = enter(first).post(details_url(provider), form).url
    contend(
        [
            lambda: enter(first).post(f"{url}cancel/", {"version": "0"}),
            lambda: enter(second).post(details_url(provider), {**form, "uuid": str(uuid4())}),
        ]
    )
    assert Appointment.objects.get(client=first).is_canceled
    assert Appointment.objects.not_canceled().count() <= 1


@contextmanager
def no_lock(provider, client, visitor, *, starts_at):
    """`in_line` without its locks. On SQLite a transaction is a lock too, so it goes as well."""
    with nullcontext() if connection.vendor == "sqlite" else transaction.atomic():
        yield Provider.objects.get(pk=provider.pk), timezone.now()


def test_without_the_lock_the_race_books_twice(monkeypatch):
    """The positive control: the race above would notice a double booking if there were one."""
    provider, form = provider_and_form()
    monkeypatch.setattr(booking, "in_line", no_lock)
    barrier = Barrier(2)
    check = booking.check_free

    def check_together(*args, **kwargs):
        check(*args, **kwargs)
        barrier.wait(timeout=10)

    monkeypatch.setattr(booking, "check_free", check_together)
    drop_last_word()
    people = [enter(UserFactory()) for _ in range(2)]
    pages = contend(
        [
            lambda p=person: p.post(details_url(provider), {**form, "uuid": str(uuid4())})
            for person in people
        ]
    )
    assert [page.status_code for page in pages] == [302, 302]
    assert Appointment.objects.count() == 2
    restore_last_word()


EXCLUSIONS = ("appointment_no_overlap_of_provider", "appointment_no_overlap_of_client")


def drop_last_word():
    """Drop PostgreSQL's exclusion constraints."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            for name in EXCLUSIONS:
                cursor.execute(f"ALTER TABLE booking_appointment DROP CONSTRAINT {name}")


def restore_last_word():
    """Put PostgreSQL's exclusion constraints back, on an empty table."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("TRUNCATE booking_appointment CASCADE")
        with connection.schema_editor() as editor:
            for constraint in Appointment._meta.constraints:
                if constraint.name in EXCLUSIONS:
                    editor.add_constraint(Appointment, constraint)


def test_on_sqlite_people_wait_for_the_process_and_not_for_the_file():
    """SQLite itself has no queue: whoever waits longest there may lose, and after 20 s has to."""
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL has row locks")
    provider, form = provider_and_form()
    at = datetime.fromtimestamp(form["at"], UTC)

    def hold_without_patience():
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA busy_timeout = 0")
        return holds.hold(provider, visitor=Visitor(token=uuid4()), starts_at=at, place="phone")

    results = contend([hold_without_patience] * 10)
    assert sorted(type(each).__name__ for each in results) == ["Hold"] + ["TimeTaken"] * 9


@pytest.mark.postgres
def test_postgresql_has_the_last_word_where_the_lock_is_off(monkeypatch):
    provider, form = provider_and_form()
    monkeypatch.setattr(booking, "in_line", no_lock)
    monkeypatch.setattr(booking, "check_free", lambda *args, **kwargs: None)
    people = [enter(UserFactory()) for _ in range(2)]
    pages = [
        person.post(details_url(provider), {**form, "uuid": str(uuid4())}) for person in people
    ]
    assert [page.status_code for page in pages] == [302, 409]
    assert Appointment.objects.count() == 1


def test_the_next_opening_moves_with_each_booking_and_cancellation():
    provider, form = provider_and_form()
    calendar = load_calendars([provider], now=timezone.now())[provider.pk]
    first, second = list(calendar.starts("phone"))[:2]
    person = enter(UserFactory())
    url = person.post(details_url(provider), {**form, "at": first}).url
    provider.refresh_from_db()
    assert provider.next_opening_at.timestamp() == second
    person.post(f"{url}cancel/", {"version": "0"})
    provider.refresh_from_db()
    assert (
        timedelta(0)
        <= timedelta(seconds=provider.next_opening_at.timestamp() - first)
        < (timedelta(minutes=16))
    )
