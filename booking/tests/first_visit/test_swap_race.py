"""Swaps against each other, against cancellations and against new clients, at the same moment."""

from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime, timedelta
from threading import Barrier
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone

from accounts.models import Notification
from accounts.tests.factories import UserFactory
from booking.appointments import scheduling
from booking.first_visit import swapping
from booking.models import Appointment, AppointmentEvent, Hold
from booking.tests.factories import AppointmentFactory
from booking.tests.steps import contend, details_url, enter, provider_and_form
from providers.models import Provider

pytestmark = pytest.mark.django_db(transaction=True)

HOUR = timedelta(hours=1)


@pytest.fixture
def target():
    """A provider, the form for one of their free times, and that time."""
    provider, form = provider_and_form()
    return provider, form, datetime.fromtimestamp(form["at"], UTC)


def booked(provider, starts_at):
    return AppointmentFactory(provider=provider, starts_at=starts_at)


def swap(appointment, starts_at):
    form = {"at": int(starts_at.timestamp()), "place": "phone", "version": 0}
    url = f"{appointment.get_absolute_url()}swap/"
    return lambda: enter(appointment.client).post(url, form)


def cancel(appointment):
    url = f"{appointment.get_absolute_url()}cancel/"
    return lambda: enter(appointment.client).post(url, {"version": "0"})


def book(provider, form):
    return lambda: enter(UserFactory()).post(details_url(provider), {**form, "uuid": str(uuid4())})


def statuses(pages):
    return sorted(page.status_code for page in pages)


def moves():
    return AppointmentEvent.objects.filter(what="moved").count()


@contextmanager
def no_lock(provider, client, visitor=None, *, starts_at=None):
    """`in_line` without its locks. On SQLite a transaction is a lock too, so it goes as well."""
    with nullcontext() if connection.vendor == "sqlite" else transaction.atomic():
        yield Provider.objects.get(pk=provider.pk), timezone.now()


@pytest.fixture
def unlocked(monkeypatch):
    """For positive controls: no lock, and two who check go on together, at this barrier."""
    barrier = Barrier(2)
    check = swapping.check_not_busy

    def check_together(*args, **kwargs):
        check(*args, **kwargs)
        barrier.wait(timeout=10)

    monkeypatch.setattr(swapping, "check_not_busy", check_together)
    monkeypatch.setattr(swapping, "in_line", no_lock)
    return barrier


def two_swaps(provider, at):
    """Two clients swap to one time: the appointments, their old times, and what both were shown."""
    old = [at + 2 * HOUR, at + 3 * HOUR]
    made = [booked(provider, each) for each in old]
    return made, old, contend([swap(each, at) for each in made])


def test_two_swaps_to_one_time_have_one_winner_and_the_loser_keeps_theirs(target):
    provider, _, at = target
    made, old, pages = two_swaps(provider, at)
    assert statuses(pages) == [302, 409]
    for appointment, was, page in zip(made, old, pages, strict=True):
        appointment.refresh_from_db()
        if page.status_code == 302:
            assert (appointment.starts_at, appointment.sequence) == (at, 1)
        else:
            assert (appointment.starts_at, appointment.sequence) == (was, 0)
            assert "was just taken" in page.text
            assert "You still have" in page.text
            assert len(page.context["nearest"]) == 3
    assert moves() == 1
    told = Notification.objects.filter(kind__in=["booking.moved", "booking.client_moved"])
    assert told.count() == 2


def test_without_the_lock_both_have_it_or_the_database_says_no(target, unlocked):
    """The positive control. PostgreSQL's constraint has the last word where the lock is off."""
    provider, _, at = target
    _, _, pages = two_swaps(provider, at)
    if connection.vendor == "sqlite":
        assert statuses(pages) == [302, 302]
        assert Appointment.objects.filter(starts_at=at).count() == 2
    else:
        assert statuses(pages) == [302, 409]


def test_one_client_in_ten_tabs_moves_once(target):
    provider, _, at = target
    appointment = booked(provider, at + 2 * HOUR)
    assert statuses(contend([swap(appointment, at)] * 10)) == [302] * 10
    assert moves() == 1
    assert Notification.objects.filter(kind="booking.moved").count() == 1


def test_a_swap_against_a_cancellation_leaves_one_of_the_two(target):
    provider, _, at = target
    appointment = booked(provider, at + 2 * HOUR)
    contend([swap(appointment, at), cancel(appointment)])
    appointment.refresh_from_db()
    assert appointment.sequence == 1
    assert appointment.is_canceled == (moves() == 0)
    assert appointment.starts_at == (at + 2 * HOUR if appointment.is_canceled else at)


def test_without_the_lock_it_is_canceled_and_moved(target, unlocked, monkeypatch):
    """The positive control."""
    provider, _, at = target
    appointment = booked(provider, at + 2 * HOUR)
    check = scheduling.rules.check_cancelable

    def check_together(*args, **kwargs):
        check(*args, **kwargs)
        unlocked.wait(timeout=10)

    monkeypatch.setattr(scheduling.rules, "check_cancelable", check_together)
    monkeypatch.setattr(scheduling, "locked", no_lock)
    contend([swap(appointment, at), cancel(appointment)])
    assert moves() == 1
    assert appointment.events.filter(what="canceled").count() == 1


def test_a_swap_against_bookings_of_its_time_leaves_one_there(target):
    provider, form, at = target
    appointment = booked(provider, at + 2 * HOUR)
    pages = contend([swap(appointment, at), *[book(provider, form)] * 5])
    assert statuses(pages) == [302] + [409] * 5
    assert Appointment.objects.filter(starts_at=at).count() == 1
    assert Appointment.objects.filter(client=appointment.client).count() == 1


def test_a_swap_against_a_visitors_hold_leaves_one_of_the_two(target):
    provider, form, at = target
    appointment = booked(provider, at + 2 * HOUR)
    hold = {"at": form["at"], "place": "phone"}
    pages = contend([swap(appointment, at), lambda: Client().post(provider.booking_url, hold)])
    assert statuses(pages) == [302, 409]
    assert Hold.objects.count() + moves() == 1


def test_without_the_hold_the_swap_gets_the_time(target):
    """The positive control: what keeps the swap out above is the hold."""
    provider, form, at = target
    appointment = booked(provider, at + 2 * HOUR)
    Client().post(provider.booking_url, {"at": form["at"], "place": "phone"})
    assert swap(appointment, at)().status_code == 409
    Hold.objects.all().delete()
    assert swap(appointment, at)().status_code == 302


def test_two_who_want_each_others_time_keep_their_own(target):
    provider, _, at = target
    first, second = booked(provider, at), booked(provider, at + HOUR)
    pages = contend([swap(first, at + HOUR), swap(second, at)])
    assert statuses(pages) == [409, 409]
    assert moves() == 0
