"""A provider offers times: nobody else gets one of them, and accepting one frees the others."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from accounts.refusals import Stale
from accounts.tests.factories import UserFactory
from booking import tasks
from booking.appointments import offers, scheduling
from booking.appointments.refusals import InThePast, NoRoom
from booking.availability.calendar import refresh_next_openings
from booking.first_visit import holds
from booking.first_visit.visitor import Visitor
from booking.locking import locked
from booking.models import Appointment, Hold
from booking.refusals import TimeTaken
from booking.tests.factories import (
    AppointmentFactory,
    FollowUpFactory,
    HoldFactory,
    RelationshipFactory,
)
from booking.tests.steps import (
    TEN_AM,
    accept,
    accept_move,
    answers,
    details_url,
    first_start,
    moved,
    offer,
    planned,
    url_of,
    url_to_schedule,
    words_of,
)

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
THURSDAY = TEN_AM + DAY
UNTIL = "It’s held until Tue, Dec 1, 8:00 AM."  # a day after these tests' frozen clock


@pytest.fixture
def other_pair(dana):
    """Someone else on Dana's client list."""
    return RelationshipFactory(provider=dana, client=UserFactory(full_name="Ada Quill"))


def held():
    """When the holds there are begin."""
    return sorted(Hold.objects.values_list("starts_at", flat=True))


def test_an_offer_holds_all_its_times_for_the_client_until_it_ends(pair, dana):
    refresh_next_openings([dana], now=timezone.now())
    first = datetime.fromtimestamp(first_start(dana), UTC)
    uuid = offer(pair, first, THURSDAY)
    for each in Hold.objects.all():
        assert (each.offer, each.place, each.until) == (uuid, "virtual", timezone.now() + DAY)
        assert each.ends_at - each.starts_at == timedelta(minutes=50)
        assert (each.user, each.token, each.instead_of) == (None, None, None)
    assert held() == [first, THURSDAY]
    dana.refresh_from_db()
    assert dana.next_opening_at >= first + timedelta(minutes=50)
    offers.release(dana, offer=uuid)
    assert not held()
    dana.refresh_from_db()
    assert dana.next_opening_at == first


def test_the_same_offer_again_changes_nothing(pair):
    uuid = offer(pair, TEN_AM)
    offer(pair, TEN_AM, THURSDAY, offer=uuid)
    assert held() == [TEN_AM]


def busy_provider(pair):
    AppointmentFactory(provider=pair.provider, starts_at=THURSDAY, client__full_name="Ada Quill")


def busy_client(pair):
    AppointmentFactory(client=pair.client, starts_at=THURSDAY)


def held_by_a_visitor(pair):
    HoldFactory(provider=pair.provider, starts_at=THURSDAY)


def offered_to_another(pair):
    offer(RelationshipFactory(provider=pair.provider), THURSDAY)


IN_THE_WAY = [
    (busy_provider, "You have another appointment then: Ada Quill, 10:00 to 10:15 AM."),
    (busy_client, "Jordan can’t make that time. Choose another one."),
    (
        held_by_a_visitor,
        "A new client is booking that time right now. It’s held until 8:10 AM.",
    ),
    (offered_to_another, f"You’ve offered that time to a client. {UNTIL}"),
]


@pytest.mark.parametrize(("obstacle", "expected"), IN_THE_WAY)
def test_one_time_in_the_way_is_named_and_none_is_held(pair, obstacle, expected):
    obstacle(pair)
    before = held()
    with pytest.raises(NoRoom) as no:
        offer(pair, TEN_AM, THURSDAY, THURSDAY + DAY)
    assert no.value.message == f"Thu, Dec 3, 10:00 AM: {expected}"
    assert held() == before
    with pytest.raises(NoRoom) as no:
        offer(pair, THURSDAY)
    assert no.value.message == expected


def test_a_time_that_has_passed_cannot_be_offered(pair):
    with pytest.raises(InThePast) as no:
        offer(pair, TEN_AM, timezone.now())
    assert no.value.message.startswith("Mon, Nov 30, 8:00 AM: This time has passed.")
    assert not held()


def visitor_chooses(person, pair, other, session, at):
    page = person(UserFactory()).post(pair.provider.booking_url, {"at": at, "place": "phone"})
    return page.status_code, page.text


def visitor_books(person, pair, other, session, at):
    form = answers(pair.provider, at=at)
    page = person(UserFactory()).post(details_url(pair.provider), form)
    return page.status_code, page.text


def provider_schedules(person, pair, other, session, at):
    form = planned(date="2026-12-03")
    page = person(pair.provider.user).post(url_to_schedule(other), form)
    return page.status_code, words_of(page)


def provider_moves(person, pair, other, session, at):
    form = moved(starts="10:00")
    page = person(pair.provider.user).post(url_of(session, "move/"), form)
    return page.status_code, words_of(page)


def provider_offers(person, pair, other, session, at):
    try:
        return 302, offer(other, THURSDAY)
    except NoRoom as no:
        return 409, no.message


def another_client_accepts(person, pair, other, session, at):
    try:
        return 302, accept(other, THURSDAY, offer=uuid4())
    except NoRoom as no:
        return 409, no.message


TAKEN, OFFERED = "was just taken", f"You’ve offered that time to a client. {UNTIL}"
PATHS = [
    (visitor_chooses, TAKEN),
    (visitor_books, TAKEN),
    (provider_schedules, OFFERED),
    (provider_moves, OFFERED),
    (provider_offers, OFFERED),
    (another_client_accepts, TAKEN),
]


@pytest.mark.parametrize(("path", "expected"), PATHS)
def test_nobody_else_gets_an_offered_time_until_the_offer_ends(
    monday, pair, other_pair, session, signed_in, path, expected
):
    offer(pair, THURSDAY, until=timezone.now() + DAY)
    at = int(THURSDAY.timestamp())
    before = Appointment.objects.count()
    status, text = path(signed_in, pair, other_pair, session, at)
    assert status == 409
    assert expected in text
    assert held() == [THURSDAY]
    assert Appointment.objects.count() == before
    assert not Appointment.objects.filter(starts_at=THURSDAY).exists()
    monday.shift(DAY)
    status, _ = path(signed_in, pair, other_pair, session, at)
    assert status == 302
    assert not Hold.objects.filter(until__lte=timezone.now()).exists()


def test_new_clients_do_not_see_an_offered_time(monday, dana, pair, visitor):
    query = {"week": "2026-11-30"}
    at = f'value="{int(THURSDAY.timestamp())}"'
    assert at in visitor.get(dana.booking_url, query).text
    offer(pair, THURSDAY)
    assert at not in visitor.get(dana.booking_url, query).text
    monday.shift(DAY)
    assert at in visitor.get(dana.booking_url, query).text


def test_the_client_it_was_offered_to_holds_nothing_as_a_visitor(pair, dana, jordan, signed_in):
    offer(pair, THURSDAY)
    person = signed_in(jordan)
    page = person.get(dana.booking_url, {"week": "2026-11-30"})
    assert f'value="{int(THURSDAY.timestamp())}"' not in page.text
    assert "Held for you" not in page.text
    with pytest.raises(TimeTaken):
        holds.hold(dana, visitor=Visitor(user=jordan), starts_at=THURSDAY, place="phone")


def test_offers_do_not_count_among_the_times_that_visitors_hold(pair, dana):
    dana.horizon_days = 2
    dana.save()
    for n in range(5):
        offer(pair, TEN_AM - DAY + n * HOUR)
    visitor = Visitor(token=uuid4())  # with no address, like an offer
    at = datetime.fromtimestamp(first_start(dana), UTC)
    assert holds.hold(dana, visitor=visitor, starts_at=at, place="phone")
    assert Hold.objects.exclude(offer=None).count() == 5


def test_the_time_of_an_ended_offer_goes_back_to_the_search(monday, pair, dana):
    refresh_next_openings([dana], now=timezone.now())
    first = datetime.fromtimestamp(first_start(dana), UTC)
    offer(pair, first, until=timezone.now() + timedelta(minutes=10))
    dana.refresh_from_db()
    assert dana.next_opening_at > first
    dana.minimum_notice_hours = 1
    dana.save()
    monday.shift(timedelta(minutes=10))
    tasks.drop_ended_holds()
    assert not held()
    dana.refresh_from_db()
    assert dana.next_opening_at <= first


def test_accepting_books_one_time_and_frees_the_others(pair, other_pair, dana):
    dana.buffer_minutes = 30
    dana.save()
    uuid = offer(pair, TEN_AM, TEN_AM + HOUR, THURSDAY)
    offer(other_pair, THURSDAY + HOUR)
    made = accept(pair, TEN_AM, offer=uuid, anyway=False)  # its own times aren't too near
    assert (made.client, made.starts_at, made.first_visit) == (pair.client, TEN_AM, False)
    assert held() == [THURSDAY + HOUR]
    event = made.events.get()
    assert (event.by, event.on_behalf_of, event.accepts_offer) == (pair.client, "provider", True)
    assert accept(pair, TEN_AM, offer=uuid) == made
    assert Appointment.objects.count() == 1


def test_accepting_another_time_moves_the_appointment_and_ends_all_offers_for_it(
    session, dana, other_pair
):
    uuid = offer(session.relationship, TEN_AM + HOUR / 2, THURSDAY, instead_of=session)
    offer(session.relationship, THURSDAY + HOUR, instead_of=session)
    offer(other_pair, THURSDAY + 2 * HOUR)
    made = accept_move(session, THURSDAY, offer=uuid)
    assert (made.pk, made.starts_at, made.sequence) == (session.pk, THURSDAY, 1)
    assert held() == [THURSDAY + 2 * HOUR]
    assert made.events.last().accepts_offer
    assert accept_move(session, THURSDAY, offer=uuid).sequence == 1
    with pytest.raises(Stale):
        accept_move(session, THURSDAY + HOUR, offer=uuid)


def test_accepting_the_time_it_has_already_ends_the_offer(session):
    uuid = offer(session.relationship, TEN_AM, THURSDAY, instead_of=session)
    assert accept_move(session, TEN_AM, offer=uuid).sequence == 0
    assert not held()


def moves(session, by):
    scheduling.reschedule(
        session,
        by=by,
        starts_at=THURSDAY,
        minutes=50,
        place="virtual",
        sequence=0,
        requested_by="provider",
    )


def cancels(session, by):
    scheduling.cancel(session, by=by)


@pytest.mark.parametrize("change", [moves, cancels])
def test_an_offer_for_an_appointment_is_over_once_that_is_moved_or_canceled(
    session, dana, other_pair, change
):
    soon = TEN_AM - DAY
    offer(session.relationship, soon, THURSDAY, instead_of=session)
    offer(session.relationship, THURSDAY + HOUR)
    offer(other_pair, THURSDAY + 2 * HOUR)
    change(session, dana.user)
    assert held() == [THURSDAY + HOUR, THURSDAY + 2 * HOUR]


def test_a_client_who_is_busy_by_now_keeps_the_offer_and_learns_no_name(pair, dana):
    uuid = offer(pair, TEN_AM, THURSDAY)
    AppointmentFactory(client=pair.client, starts_at=TEN_AM)
    with pytest.raises(NoRoom, match="You have another appointment at that time"):
        accept(pair, TEN_AM, offer=uuid)
    assert held() == [TEN_AM, THURSDAY]
    offers.release(dana, offer=uuid)
    FollowUpFactory(provider=dana, client__full_name="Ada Quill", starts_at=THURSDAY)
    with pytest.raises(NoRoom) as no:
        accept(pair, THURSDAY, offer=uuid)
    assert no.value.message == "That time was just taken. Nothing has changed."


def test_the_verbs_work_inside_a_transaction_of_the_callers(pair, dana, jordan):
    uuid, first = uuid4(), datetime.fromtimestamp(first_start(dana), UTC)
    with locked(dana, jordan) as (provider, _):
        offer(pair, first, offer=uuid)
        with pytest.raises(NoRoom):
            offer(pair, THURSDAY, first)
        assert held() == [first]
        offers.release(provider, offer=uuid)
        assert not held()
        offer(pair, THURSDAY, first, offer=uuid)
        accept(pair, first, offer=uuid)
    assert not held()
    dana.refresh_from_db()
    assert dana.next_opening_at.timestamp() == first_start(dana)


@pytest.mark.parametrize(("asked", "late"), [(25 * HOUR, False), (23 * HOUR, True), (None, True)])
def test_a_cancellation_is_late_by_when_the_client_asked(monday, session, dana, asked, late):
    monday.move_to(TEN_AM - HOUR)
    asked_at = asked and TEN_AM - asked
    scheduling.cancel(session, by=dana.user, requested_by="client", asked_at=asked_at)
    assert session.events.last().late == late
