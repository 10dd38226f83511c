"""What's loaded to find free times, and what's stored on the provider's row."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from booking import tasks
from booking.availability.calendar import load_calendars, refresh_next_openings
from booking.first_visit.visitor import Visitor
from booking.models import Appointment, Hold, Opening, TimeOff
from booking.tests.factories import AppointmentFactory, HoldFactory
from booking.tests.steps import first_start
from providers.models import Provider
from providers.tests.factories import ProviderFactory

TEN_AM = datetime(2026, 11, 30, 18, tzinfo=UTC)  # in Pacific Time


def starts(provider, place=None):
    """All free starts of the provider."""
    calendar = load_calendars([provider], now=timezone.now())[provider.pk]
    return list(calendar.starts(place or calendar.places()[0]))


def test_appointments_holds_and_time_off_take_time_and_openings_give_it(dana):
    assert first_start(dana) == TEN_AM.timestamp()
    AppointmentFactory(provider=dana, starts_at=TEN_AM)
    HoldFactory(provider=dana, starts_at=TEN_AM + timedelta(minutes=15))
    TimeOff.objects.create(
        provider=dana,
        starts_at=TEN_AM + timedelta(minutes=30),
        ends_at=TEN_AM + timedelta(hours=2),
    )
    assert first_start(dana) == (TEN_AM + timedelta(hours=2)).timestamp()
    sunday = datetime(2026, 12, 6, 18, tzinfo=UTC)
    Opening.objects.create(
        provider=dana, starts_at=sunday, ends_at=sunday + timedelta(hours=1), place="calls"
    )
    assert sunday.timestamp() in starts(dana)


def test_canceled_appointments_and_ended_holds_take_none(dana):
    AppointmentFactory(provider=dana, starts_at=TEN_AM, status="canceled")
    HoldFactory(provider=dana, starts_at=TEN_AM, until=timezone.now())
    assert first_start(dana) == TEN_AM.timestamp()


def test_what_takes_time_is_what_the_querysets_say(dana, marcus, jordan):
    """For speed, the SQL of a load repeats what the models say."""
    now, token = timezone.now(), uuid.uuid4()
    for n, status in enumerate(Appointment.Status.values):
        AppointmentFactory(provider=dana, starts_at=TEN_AM + timedelta(hours=n), status=status)
    for n, whose in enumerate(
        [
            {"user": jordan},
            {"user": None, "token": token},
            {"token": uuid.uuid4()},
            {"user": None, "offer": uuid.uuid4()},
        ]
    ):
        day = TEN_AM + timedelta(days=1, hours=n)
        HoldFactory(provider=dana, starts_at=day, **whose)
        HoldFactory(provider=dana, starts_at=day, until=now, **whose)
        HoldFactory(provider=marcus, starts_at=day, **whose)
    for visitor in (
        None,
        Visitor(),
        Visitor(user=jordan),
        Visitor(token=token),
        Visitor(user=jordan, token=token),
    ):
        holds = Hold.objects.current(now).filter(provider=dana)
        if visitor:
            holds = holds.exclude(pk__in=Hold.objects.of(visitor))
        rows = [*Appointment.objects.not_canceled().filter(provider=dana), *holds]
        expected = sorted((int(r.starts_at.timestamp()), int(r.ends_at.timestamp())) for r in rows)
        found = load_calendars([dana, marcus], now=now, visitor=visitor)[dana.pk]
        assert sorted(found.busy) == expected


def test_a_load_reads_appointments_by_their_index(dana):
    """SQLite uses a partial index only if the query has its condition word for word."""
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL understands other words too, and plans by what a table holds")
    with CaptureQueriesContext(connection) as queries:
        load_calendars([dana], now=timezone.now())
    with connection.cursor() as cursor:
        plan = str(cursor.execute(f"EXPLAIN QUERY PLAN {queries[-1]['sql']}").fetchall())
    assert "appointment_by_provider" in plan


def test_nobody_has_no_calendar(db):
    assert load_calendars([], now=timezone.now()) == {}


def test_the_buffer_is_kept_on_both_sides_of_an_appointment(dana):
    dana.buffer_minutes = 10
    AppointmentFactory(provider=dana, starts_at=TEN_AM + timedelta(hours=1))
    free = starts(dana)
    assert (TEN_AM + timedelta(minutes=30)).timestamp() in free
    for minutes in (45, 60, 75):
        assert (TEN_AM + timedelta(minutes=minutes)).timestamp() not in free
    assert (TEN_AM + timedelta(minutes=90)).timestamp() in free


def test_a_session_is_offered_where_the_block_admits_it_and_a_call_anywhere(dana, marcus):
    for provider in (dana, marcus):
        provider.working_hours.filter(weekday=0).update(place="calls")
    tuesday = datetime(2026, 12, 1, 17, tzinfo=UTC)
    assert first_start(dana) == TEN_AM.timestamp()
    assert first_start(marcus) == tuesday.timestamp()


def test_any_number_of_providers_costs_two_queries(dana, marcus, django_assert_num_queries):
    for providers in ([dana], [dana, marcus]):
        with django_assert_num_queries(2):
            load_calendars(providers, now=timezone.now())


def test_a_lapsed_opening_is_refreshed_each_minute(monday, dana):
    refresh_next_openings([dana], now=timezone.now())
    assert dana.next_opening_at == TEN_AM
    monday.shift(timedelta(minutes=1))
    tasks.refresh_openings()
    dana.refresh_from_db()
    assert dana.next_opening_at == TEN_AM + timedelta(minutes=15)


def test_nobody_free_stands_at_the_end_of_the_horizon(dana):
    dana.working_hours.all().delete()
    refresh_next_openings([dana], now=timezone.now())
    assert dana.next_opening_at == timezone.now() + timedelta(days=dana.horizon_days)


def test_where_a_provider_sees_people_follows_their_hours(dana):
    dana.working_hours.filter(weekday=2).update(place="in_person")
    refresh_next_openings([dana], now=timezone.now())
    fresh = Provider.objects.get(pk=dana.pk)
    assert fresh.offers_virtual
    assert fresh.offers_in_person


def test_the_time_of_an_ended_hold_goes_back_to_the_search(monday, dana, visitor):
    refresh_next_openings([dana], now=timezone.now())
    visitor.post(dana.booking_url, {"at": first_start(dana), "place": "phone"})
    dana.refresh_from_db()
    assert dana.next_opening_at == TEN_AM + timedelta(minutes=15)
    dana.minimum_notice_hours = 1
    dana.save()
    monday.shift(timedelta(minutes=11))
    tasks.drop_ended_holds()
    dana.refresh_from_db()
    assert dana.next_opening_at < TEN_AM
    assert not Hold.objects.exists()


def test_a_move_to_another_zone_moves_free_times_and_no_appointment(dana):
    made = AppointmentFactory(provider=dana, starts_at=TEN_AM)
    before = starts(dana)
    dana.time_zone = "America/New_York"
    dana.save()
    after = starts(dana)
    made.refresh_from_db()
    assert made.starts_at == TEN_AM
    wednesday = datetime(2026, 12, 2, tzinfo=UTC).timestamp()
    first = next(start for start in before if start > wednesday)
    assert first - 3 * 3600 in after


def test_both_clock_changes_keep_the_hours_on_the_wall(monday, dana):
    for friday in (datetime(2027, 3, 12, 12, tzinfo=UTC), datetime(2027, 11, 5, 12, tzinfo=UTC)):
        monday.move_to(friday)
        first_of_day = {}
        for start in starts(dana):
            moment = datetime.fromtimestamp(start, dana.zone)
            first_of_day.setdefault(moment.date(), moment)
        offsets = {moment.utcoffset() for moment in first_of_day.values()}
        assert len(offsets) == 2
        assert {(moment.hour, moment.minute) for moment in first_of_day.values()} == {(9, 0)}


def test_nearest_times_lie_around_the_one_that_was_taken(dana):
    noon = TEN_AM + timedelta(hours=2)
    AppointmentFactory(provider=dana, starts_at=noon)
    calendar = load_calendars([dana], now=timezone.now())[dana.pk]
    nearest = calendar.nearest(int(noon.timestamp()), "phone")
    assert nearest == [noon.timestamp() + minutes * 60 for minutes in (-30, -15, 15)]


def test_another_provider_in_the_same_page_is_not_touched(dana):
    other = ProviderFactory(hours=True)
    AppointmentFactory(provider=other, starts_at=TEN_AM)
    assert first_start(dana) == TEN_AM.timestamp()
