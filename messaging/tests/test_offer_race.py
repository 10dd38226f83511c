"""Offers and requests answered from two sides at the same moment, and what keeps that in order."""

from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime, timedelta
from functools import partial
from threading import Barrier
from types import SimpleNamespace
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from accounts.models import Notification
from accounts.tests.factories import UserFactory
from booking.appointments import offers as held
from booking.appointments import rules, scheduling
from booking.appointments.refusals import NoRoom
from booking.models import Appointment, AppointmentEvent, Hold
from booking.refusals import Refused
from booking.tests.factories import FollowUpFactory, RelationshipFactory
from booking.tests.steps import contend, details_url, enter, provider_and_form
from messaging import drafts, offers, requests, writing
from messaging.models import ChangeRequest, Message, Proposal
from providers.models import Provider

pytestmark = pytest.mark.django_db(transaction=True)

HOUR = timedelta(hours=1)
DAY = 24 * HOUR


@pytest.fixture
def provider_and_time():
    """A provider, the form for one of their free times, and that time."""
    provider, form = provider_and_form()
    return provider, form, datetime.fromtimestamp(form["at"], UTC)


@pytest.fixture
def pair(provider_and_time):
    """Someone on the provider's client list."""
    return on_the_list(provider_and_time[0])


@pytest.fixture
def session(provider_and_time, pair):
    """Their session, a day before that time."""
    _, _, at = provider_and_time
    start = at - DAY
    kind = {"kind": "session", "place": "virtual", "ends_at": start + timedelta(minutes=50)}
    return FollowUpFactory(provider=pair.provider, client=pair.client, starts_at=start, **kind)


def on_the_list(provider):
    return RelationshipFactory(provider=provider, client=UserFactory())


def offer(pair, *starts, **changes):
    """The provider offers 50-minute sessions by video; the Proposal."""
    what = {"place": "virtual", "minutes": 50, "hours": 24, "anyway": True, "uuid": uuid4()}
    return offers.offer(pair, by=pair.provider.user, starts=starts, **(what | changes))


def instead(session, *starts):
    return offer(session.relationship, *starts, instead_of=session, sequence=session.sequence)


def ask(session, *wishes, **changes):
    """The client asks to move the session to one of these times; the ChangeRequest."""
    what = {"uuid": uuid4(), "sequence": session.sequence, "wants": "move", "words": "A trip."}
    what["wishes"] = [int(each.timestamp()) for each in wishes]
    pair = session.relationship
    return requests.ask(pair, by=pair.client, appointment=session, **(what | changes))


def accept(offer, at):
    pair = offers.pair_of(offer)
    return offers.accept(offer, by=pair.client, start=int(at.timestamp()))


def take_back(offer):
    return offers.take_back(offer, by=offers.pair_of(offer).provider.user)


def withdraw(request):
    return requests.withdraw(request, by=request.appointment.client)


def grant(request, at):
    return requests.move(request, by=request.appointment.provider.user, starts_at=at)


def book(provider, form):
    return enter(UserFactory()).post(details_url(provider), {**form, "uuid": str(uuid4())})


def at_once(*work):
    """What the callables return at the same moment, or the errors that they raise."""
    return contend(work)


def refusals(results):
    return [type(each) for each in results if isinstance(each, Refused)]


def errors(results):
    return [type(each) for each in results if isinstance(each, Exception)]


def moves_of(session):
    return session.events.filter(what=AppointmentEvent.What.MOVED).count()


@contextmanager
def no_lock(provider, client=None):
    """`locked` without its locks. On SQLite a transaction is a lock too, so it goes as well."""
    with nullcontext() if connection.vendor == "sqlite" else transaction.atomic():
        yield Provider.objects.get(pk=provider.pk), timezone.now()


def unlock(monkeypatch, *, after=(), before=()):
    """For a positive control: no lock, and two who come past these steps go on together."""
    barrier = Barrier(2)

    def met_after(step, *args, **kwargs):
        result = step(*args, **kwargs)
        barrier.wait(timeout=10)
        return result

    def met_before(step, *args, **kwargs):
        barrier.wait(timeout=10)
        return step(*args, **kwargs)

    for steps, met in ((after, met_after), (before, met_before)):
        for module, name in steps:
            monkeypatch.setattr(module, name, partial(met, getattr(module, name)))
    for module in (offers, requests, scheduling, held):
        monkeypatch.setattr(module, "locked", no_lock)
    monkeypatch.setattr(drafts, "own_turn", lambda pair, by: None)
    if connection.vendor == "sqlite":
        monkeypatch.setattr(requests, "transaction", SimpleNamespace(atomic=nullcontext))


# The client accepts while the provider takes it back


def test_accepting_against_taking_back_has_one_winner_and_all_agree(provider_and_time, pair):
    _, _, at = provider_and_time
    for _ in range(4):
        made = offer(pair, at, at + HOUR)
        booked, taken = at_once(lambda: accept(made, at), lambda: take_back(made))  # noqa: B023
        assert refusals([booked, taken]) == [offers.OfferOver]
        made.refresh_from_db()
        is_booked = isinstance(booked, Appointment)
        assert made.outcome == ("accepted" if is_booked else "withdrawn")
        assert made.appointment == (booked if is_booked else None)
        assert list(Appointment.objects.not_canceled()) == ([booked] if is_booked else [])
        assert not Hold.objects.exists()
        if is_booked:
            scheduling.cancel(booked, by=pair.provider.user)


def test_without_the_lock_it_is_accepted_and_taken_back(provider_and_time, pair, monkeypatch):
    _, _, at = provider_and_time
    made = offer(pair, at)
    unlock(monkeypatch, before=[(offers, "settle")])
    results = at_once(lambda: accept(made, at), lambda: take_back(made))
    assert not refusals(results)


# Two tabs of the client accept two of the times


def test_two_times_accepted_at_once_are_one_appointment(provider_and_time, pair):
    _, _, at = provider_and_time
    made = offer(pair, at, at + HOUR)
    first, second = at_once(lambda: accept(made, at), lambda: accept(made, at + HOUR))
    assert first == second == Appointment.objects.get()
    made.refresh_from_db()
    assert (made.outcome, made.appointment) == ("accepted", first)
    assert not Hold.objects.exists()
    told = Notification.objects.filter(kind__in=["booking.accepted", "booking.offer_accepted"])
    assert told.count() == 2


def test_two_times_accepted_at_once_move_a_session_once(session):
    at = session.starts_at + DAY
    made = instead(session, at, at + HOUR)
    first, second = at_once(lambda: accept(made, at), lambda: accept(made, at + HOUR))
    session.refresh_from_db()
    assert first == second == session
    assert session.starts_at == first.starts_at in (at, at + HOUR)
    assert (session.sequence, moves_of(session)) == (1, 1)


def test_without_the_lock_a_session_is_moved_twice(session, monkeypatch):
    at = session.starts_at + DAY
    made = instead(session, at, at + HOUR)
    Hold.objects.all().delete()  # their rows would be a lock, too
    unlock(monkeypatch, after=[(rules, "check_movable")])
    at_once(lambda: accept(made, at), lambda: accept(made, at + HOUR))
    assert moves_of(session) == 2


# Two clients are offered one time


def offers_of_one_time(provider, at):
    pairs = [on_the_list(provider) for _ in range(2)]
    return at_once(*[partial(offer, each, at, words="Does this work?") for each in pairs])


def test_of_two_clients_offers_of_one_time_one_is_made_whole(provider_and_time):
    provider, _, at = provider_and_time
    results = offers_of_one_time(provider, at)
    assert errors(results) == [NoRoom]
    [made] = (each for each in results if isinstance(each, Proposal))
    assert Proposal.objects.get() == made
    assert Message.objects.get() == made.message
    assert Hold.objects.get().offer == made.message.uuid
    assert [each.starts_at for each in made.times.all()] == [at]


def test_without_the_lock_both_are_offered_it(provider_and_time, monkeypatch):
    provider, _, at = provider_and_time
    unlock(monkeypatch, after=[(rules, "check_room")])
    offers_of_one_time(provider, at)
    assert Hold.objects.filter(starts_at=at).count() == 2


# The client accepts another time, and withdraws the request or gets a wish


def accepted_and_withdrawn(session):
    at = session.starts_at + DAY
    asked, made = ask(session, at), instead(session, at)
    results = at_once(lambda: accept(made, at), lambda: withdraw(asked))
    for each in (session, asked, made):
        each.refresh_from_db()
    assert session.starts_at == at
    return asked, made, results


def is_withdrawn_after_its_move(asked):
    moved = asked.appointment.events.get(what=AppointmentEvent.What.MOVED)
    return asked.withdrawn_at is not None and asked.withdrawn_at > moved.at


def test_a_request_is_not_withdrawn_once_an_offer_moved_its_session(session):
    asked, made, (moved, withdrawn) = accepted_and_withdrawn(session)
    assert (moved, made.outcome, made.appointment) == (session, "accepted", session)
    assert isinstance(withdrawn, requests.NotWaiting) == (asked.withdrawn_at is None)
    assert not is_withdrawn_after_its_move(asked)
    assert (session.sequence, moves_of(session)) == (1, 1)
    assert not Hold.objects.exists()


def test_without_the_lock_it_is_withdrawn_after_the_move(session, monkeypatch):
    unlock(monkeypatch, before=[(offers, "settle"), (requests, "settle")])
    asked, _, _ = accepted_and_withdrawn(session)
    assert is_withdrawn_after_its_move(asked)


@pytest.fixture
def wish(session):
    """Two hours after the time that's offered, on the next day."""
    return session.starts_at + DAY + 2 * HOUR


@pytest.fixture
def asked_and_offered(session, wish):
    return ask(session, wish), instead(session, wish - 2 * HOUR)


def accepted_and_granted(asked, made, wish):
    """The client accepts the other time while the provider moves the session to the wish."""
    return at_once(lambda: accept(made, wish - 2 * HOUR), lambda: grant(asked, wish))


def test_accepting_against_the_move_that_was_asked_for_moves_once(session, wish, asked_and_offered):
    accepted, granted = accepted_and_granted(*asked_and_offered, wish)
    made = asked_and_offered[1]
    for each in (session, made):
        each.refresh_from_db()
    assert set(refusals([accepted, granted])) <= {offers.OfferOver, requests.NotWaiting}
    [moved] = (each for each in (accepted, granted) if isinstance(each, Appointment))
    assert moved.starts_at == session.starts_at
    assert (session.sequence, moves_of(session)) == (1, 1)
    assert (made.outcome == "accepted") == (moved is accepted)
    assert not Hold.objects.exists()
    now = timezone.now()
    assert not Proposal.objects.open(now).exists()
    assert not ChangeRequest.objects.open(now).exists()


def test_without_the_lock_both_move_it(session, wish, asked_and_offered, monkeypatch):
    unlock(monkeypatch, after=[(rules, "check_movable")])
    accepted_and_granted(*asked_and_offered, wish)
    assert moves_of(session) == 2


# The client asks in two tabs, and withdraws while the provider moves


def asked_twice(session):
    at = session.starts_at + DAY
    return at_once(lambda: ask(session, at), lambda: ask(session, at + HOUR))


def test_asked_twice_at_once_it_is_one_request(session):
    results = asked_twice(session)
    assert errors(results) == [requests.AlreadyAsked]
    [made] = (each for each in results if isinstance(each, ChangeRequest))
    assert ChangeRequest.objects.get() == made
    assert Message.objects.get() == made.message


def test_without_the_turn_only_the_database_keeps_it_to_one_request(session, monkeypatch):
    unlock(monkeypatch, before=[(writing, "send")])
    assert errors(asked_twice(session)) == [IntegrityError]


def withdrawn_and_granted(session):
    at = session.starts_at + DAY
    asked = ask(session, at)
    results = at_once(lambda: withdraw(asked), lambda: grant(asked, at))
    for each in (session, asked):
        each.refresh_from_db()
    return asked, results


def test_it_is_withdrawn_or_moved_but_never_both(session):
    asked, results = withdrawn_and_granted(session)
    assert errors(results) == [requests.NotWaiting]
    assert (asked.withdrawn_at is None) == (moves_of(session) == 1)
    assert (session.sequence == 1) == (asked.withdrawn_at is None)


def test_without_the_lock_it_is_withdrawn_and_moved(session, monkeypatch):
    unlock(monkeypatch, after=[(requests, "check_open")])
    asked, _ = withdrawn_and_granted(session)
    assert asked.withdrawn_at
    assert moves_of(session) == 1


# Others want an offered time


def accepted_and_booked(provider, form, made, at):
    """The client accepts the time while two others book it; what the client got, and the pages."""
    return at_once(lambda: accept(made, at), *[lambda: book(provider, form)] * 2)


def test_once_the_offer_ended_someone_else_gets_the_time(provider_and_time, pair):
    provider, form, at = provider_and_time
    made = offer(pair, at)
    for row in (Proposal.objects.filter(pk=made.pk), Hold.objects.filter(offer__isnull=False)):
        row.update(until=timezone.now())
    late, *pages = accepted_and_booked(provider, form, made, at)
    assert isinstance(late, offers.OfferOver)
    assert sorted(page.status_code for page in pages) == [302, 409]
    assert Appointment.objects.get().client != pair.client
    assert not Hold.objects.exists()
    made.refresh_from_db()
    assert (made.outcome, made.appointment) == ("", None)


def test_while_it_holds_nobody_else_gets_the_time(provider_and_time, pair):
    """The positive control: what lets the others in above is the end of the offer."""
    provider, form, at = provider_and_time
    made = offer(pair, at)
    booked, *pages = accepted_and_booked(provider, form, made, at)
    assert [page.status_code for page in pages] == [409, 409]
    assert Appointment.objects.get() == booked


def test_the_moment_it_ends_one_of_them_gets_the_time(provider_and_time, pair):
    provider, form, at = provider_and_time
    for milliseconds in (5, 20, 60):
        made = offer(pair, at)
        soon = timezone.now() + timedelta(milliseconds=milliseconds)
        for row in (Proposal.objects.filter(pk=made.pk), Hold.objects.filter(offer__isnull=False)):
            row.update(until=soon)
        mine, *pages = accepted_and_booked(provider, form, made, at)
        taken = [mine] if isinstance(mine, Appointment) else refusals([mine])
        assert taken in ([mine], [offers.OfferOver], [NoRoom])
        [booked] = Appointment.objects.not_canceled()
        winners = [page for page in pages if page.status_code == 302]
        assert len(winners) == (0 if booked == mine else 1)
        scheduling.cancel(booked, by=provider.user)
