"""Offers against each other, against new clients and against moves, at the same moment."""

from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime, timedelta
from threading import Barrier
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.utils import timezone

from accounts.models import Notification
from accounts.refusals import Stale
from accounts.tests.factories import UserFactory
from booking.appointments import offers, rules, scheduling
from booking.appointments.refusals import NoRoom
from booking.models import Appointment, AppointmentEvent, Hold
from booking.refusals import Refused
from booking.tests.factories import FollowUpFactory, RelationshipFactory
from booking.tests.steps import (
    accept,
    accept_move,
    contend,
    details_url,
    enter,
    offer,
    provider_and_form,
)
from providers.models import Provider

pytestmark = pytest.mark.django_db(transaction=True)

HOUR = timedelta(hours=1)


@pytest.fixture
def place_and_time():
    """A provider, the form for one of their free times, and that time."""
    provider, form = provider_and_form()
    return provider, form, datetime.fromtimestamp(form["at"], UTC)


def on_the_list(provider):
    return RelationshipFactory(provider=provider, client=UserFactory())


def answer_or_refusal(work):
    """The callable's result, or the refusal it raised."""
    try:
        return work()
    except Refused as no:
        return no


def book(provider, form):
    return enter(UserFactory()).post(details_url(provider), {**form, "uuid": str(uuid4())})


@contextmanager
def no_lock(provider, client=None):
    """`locked` without its locks. On SQLite a transaction is a lock too, so it goes as well."""
    with nullcontext() if connection.vendor == "sqlite" else transaction.atomic():
        yield Provider.objects.get(pk=provider.pk), timezone.now()


def unlock(monkeypatch, rule):
    """For a positive control: no lock, and two who check the rule go on together."""
    check, barrier = getattr(rules, rule), Barrier(2)

    def check_together(*args, **kwargs):
        check(*args, **kwargs)
        barrier.wait(timeout=10)

    monkeypatch.setattr(rules, rule, check_together)
    for module in (offers, scheduling):
        monkeypatch.setattr(module, "locked", no_lock)


def offers_of_one_time(provider, starts_at):
    pairs = [on_the_list(provider) for _ in range(2)]
    return contend(
        [lambda p=pair: answer_or_refusal(lambda: offer(p, starts_at)) for pair in pairs]
    )


def test_two_offers_of_one_time_have_one_winner(place_and_time):
    provider, _, at = place_and_time
    results = offers_of_one_time(provider, at)
    assert sum(isinstance(each, NoRoom) for each in results) == 1
    assert Hold.objects.get().offer in results


def test_without_the_lock_one_time_is_offered_twice(place_and_time, monkeypatch):
    provider, _, at = place_and_time
    unlock(monkeypatch, "check_room")
    offers_of_one_time(provider, at)
    assert Hold.objects.count() == 2


def test_accepting_wins_against_everyone_who_wants_the_time(place_and_time):
    provider, form, at = place_and_time
    pair = on_the_list(provider)
    uuid = offer(pair, at, at + HOUR)
    work = [lambda: accept(pair, at, offer=uuid), *[lambda: book(provider, form)] * 5]
    made, *pages = contend(work)
    assert [page.status_code for page in pages] == [409] * 5
    assert Appointment.objects.get() == made
    assert not Hold.objects.exists()


def test_without_the_hold_someone_else_gets_the_time(place_and_time):
    """The positive control: what keeps the others out above is the hold."""
    provider, form, at = place_and_time
    pair = on_the_list(provider)
    uuid = offer(pair, at)
    offers.release(provider, offer=uuid)
    assert book(provider, form).status_code == 302
    assert isinstance(answer_or_refusal(lambda: accept(pair, at, offer=uuid)), NoRoom)


def test_an_offer_against_a_booking_of_its_time_leaves_one_of_the_two(place_and_time):
    provider, form, at = place_and_time
    pair = on_the_list(provider)
    page, held = contend(
        [lambda: book(provider, form), lambda: answer_or_refusal(lambda: offer(pair, at))]
    )
    assert (page.status_code == 302) == isinstance(held, NoRoom)
    assert Appointment.objects.count() + Hold.objects.exclude(offer=None).count() == 1


def accepted_twice(pair, times, uuid):
    return contend([lambda at=at: accept(pair, at, offer=uuid) for at in times])


def test_two_tabs_that_accept_two_times_have_one_appointment(place_and_time):
    provider, _, at = place_and_time
    pair, times = on_the_list(provider), (at, at + HOUR)
    uuid = offer(pair, *times)
    first, second = accepted_twice(pair, times, uuid)
    assert first == second == Appointment.objects.get()
    assert not Hold.objects.exists()
    accepted = Notification.objects.filter(kind__in=["booking.accepted", "booking.offer_accepted"])
    assert accepted.count() == 2


def test_without_the_lock_two_tabs_do_not_meet(place_and_time, monkeypatch):
    provider, _, at = place_and_time
    pair, times = on_the_list(provider), (at, at + HOUR)
    uuid = offer(pair, *times)
    unlock(monkeypatch, "check_room")
    first, second = accepted_twice(pair, times, uuid)
    assert first != second


def accepted_against_a_move(session, at, uuid):
    move = {"minutes": 50, "place": "virtual", "sequence": 0, "anyway": True}
    move |= {"by": session.provider.user, "requested_by": "provider"}
    return contend(
        [
            lambda: answer_or_refusal(lambda: accept_move(session, at, offer=uuid)),
            lambda: answer_or_refusal(
                lambda: scheduling.reschedule(session, starts_at=at + 3 * HOUR, **move)
            ),
        ]
    )


def moves_of(session):
    return session.events.filter(what=AppointmentEvent.What.MOVED).count()


@pytest.fixture
def session(place_and_time):
    provider, _, at = place_and_time
    at -= 24 * HOUR
    kind = {"kind": "session", "place": "virtual", "ends_at": at + timedelta(minutes=50)}
    return FollowUpFactory(provider=provider, starts_at=at, **kind)


def test_accepting_against_a_move_moves_once_and_ends_the_offer(session):
    at = session.starts_at + 24 * HOUR
    uuid = offer(session.relationship, at, at + HOUR, instead_of=session)
    results = accepted_against_a_move(session, at, uuid)
    assert [type(each) for each in results if isinstance(each, Refused)] == [Stale]
    (moved,) = (each for each in results if isinstance(each, Appointment))
    session.refresh_from_db()
    assert (session.starts_at, session.sequence) == (moved.starts_at, 1)
    assert moves_of(session) == 1
    assert not Hold.objects.exists()


def test_without_the_lock_it_is_moved_twice(session, monkeypatch):
    at = session.starts_at + 24 * HOUR
    uuid = offer(session.relationship, at, instead_of=session)
    unlock(monkeypatch, "check_movable")
    accepted_against_a_move(session, at, uuid)
    assert moves_of(session) == 2
