"""The demo: believable, the same for the same seed, true to the invariants, and always current."""

import random
import re
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.core.management import call_command

from accounts.models import Notification, User
from booking.availability.calendar import load_calendars
from booking.models import Appointment, AppointmentEvent, Opening, Relationship, TimeOff
from demo import hours, named, stock
from demo.people import Crowd
from messaging.models import Conversation, Message
from providers.models import License, Provider

pytestmark = pytest.mark.django_db

MONDAY = datetime(2026, 10, 19, 17, 30, tzinfo=UTC)  # two weeks before the clocks change
NAMED = (named.CLIENT, named.NEW, named.CALLS, named.SESSIONS, named.SUPPORT)


def seed_demo(at=MONDAY, **options):
    with time_machine.travel(at, tick=False):
        call_command("seed_demo", **{"providers": 12, "seed": 7, "verbosity": 0} | options)


def crowd(count, seed=7):
    drawn = Crowd(stock.Stock(random.Random(seed)), today=date(2026, 10, 19))
    return [drawn.draw(index) for index in range(count)]


def sentences(bio):
    return set(re.split(r"(?<=[.?!])[”]?\s+", bio))


def directory():
    """Everything a visitor could see, and the calendars, without row numbers."""
    providers = [
        (
            each.slug,
            each.booking_link,
            each.headline,
            each.bio,
            each.session_fee,
            each.next_opening_at,
            [str(plan) for plan in each.plans.all()],
            [word.slug for word in each.specialties.all()],
            list(each.licenses.values_list("state", "number", "expires")),
            list(each.working_hours.values_list("weekday", "from_minute", "to_minute", "place")),
            list(
                each.appointments.order_by("starts_at", "uuid").values_list(
                    "uuid", "starts_at", "status", "place", "client__full_name"
                )
            ),
        )
        for each in Provider.objects.order_by("slug")
    ]
    away = TimeOff.objects.order_by("provider__slug").values_list("provider__slug", "starts_at")
    return providers, list(away)


def start_over():
    Conversation.objects.update(latest=None)
    for model in (
        Message,
        Conversation,
        Notification,
        AppointmentEvent,
        Appointment,
        Relationship,
        Provider,
        User,
    ):
        model.objects.all().delete()


def test_the_same_seed_makes_the_same_directory_and_another_makes_another():
    seed_demo()
    first = directory()
    start_over()
    seed_demo()
    assert directory() == first
    start_over()
    seed_demo(seed=8)
    assert directory() != first


def test_no_two_bios_or_headlines_are_alike_and_sentences_seldom_come_back():
    drawn = [sketch.provider for sketch in crowd(58)]
    assert len({each.bio for each in drawn}) == len({each.headline for each in drawn}) == 58
    seen = Counter(sentence for each in drawn for sentence in sentences(each.bio))
    assert max(seen.values()) <= 4
    assert all(2 <= each.bio.count("\n\n") + 1 <= 3 for each in drawn)


def test_three_hundred_are_still_all_different():
    drawn = [sketch.provider for sketch in crowd(298)]
    for what in ("bio", "headline", "slug", "booking_link"):
        assert len({getattr(each, what) for each in drawn}) == 298
    assert all(len(each.headline) <= 160 for each in drawn)


def test_the_stock_speaks_only_of_words_that_the_vocabulary_has():
    for sketch in crowd(120):
        for relation, slugs in sketch.words.items():
            related = Provider._meta.get_field(relation).related_model
            assert related.objects.filter(slug__in=slugs).count() == len(set(slugs))
    carriers = {
        plan.carrier
        for plan in Crowd(stock.Stock(random.Random(1)), today=date(2026, 1, 1)).all_plans
    }
    assert {
        name for place in stock.table("places").values() for name in place["carriers"]
    } <= carriers


def test_providers_differ_in_what_a_visitor_filters_by():
    drawn = crowd(58)
    calls = sum(sketch.provider.starts_with_call for sketch in drawn)
    states = {license.state for sketch in drawn for license in sketch.licenses}
    assert 20 <= calls <= 38
    assert {"CA", "NY", "TX", "FL", "IL", "WA", "AZ", "GA", "MA"} <= states
    assert all(len(sketch.plans) == 0 or 3 <= len(sketch.plans) <= 8 for sketch in drawn)
    assert any(not sketch.plans for sketch in drawn)
    assert all(110 <= sketch.provider.session_fee <= 350 for sketch in drawn)
    assert [sketch.provider.published for sketch in drawn].count(False) == 1
    assert 1 <= [sketch.provider.accepting_new_clients for sketch in drawn].count(False) <= 5
    assert any(not sketch.provider.telehealth_link for sketch in drawn)
    assert len({sketch.pattern for sketch in drawn}) >= 10


def test_an_office_has_an_address_in_the_providers_own_state():
    for sketch in crowd(58):
        provider = sketch.provider
        assert bool(provider.office_address) == hours.meets_in_person(sketch.pattern)
        assert provider.office_state in ("", sketch.home)
        assert provider.time_zone == stock.table("places")[sketch.home]["zone"]


def test_nobody_is_in_two_places_at_once():
    seed_demo()
    for whose in ("provider_id", "client_id"):
        booked = Appointment.objects.not_canceled().order_by(whose, "starts_at")
        for before, after in pairwise(booked):
            same = getattr(before, whose) == getattr(after, whose)
            assert not same or before.ends_at <= after.starts_at


def test_visits_keep_to_hours_licenses_and_time_off():
    seed_demo()
    for visit in (
        Appointment.objects.not_canceled().exclude(client__email=named.CLIENT).with_people()
    ):
        local = visit.starts_at.astimezone(visit.provider.zone)
        minute = local.hour * 60 + local.minute
        assert visit.provider.working_hours.filter(
            weekday=local.weekday(), from_minute__lte=minute, to_minute__gte=minute + visit.minutes
        ).exists()
        assert visit.provider.licenses.filter(state=visit.client_state).exists()
        away = TimeOff.objects.filter(provider=visit.provider)
        assert not away.filter(starts_at__lt=visit.ends_at, ends_at__gt=visit.starts_at).exists()


def test_what_is_past_took_place_and_what_is_ahead_is_scheduled():
    seed_demo()
    done = [Appointment.Status.COMPLETED, Appointment.Status.NO_SHOW]
    assert not Appointment.objects.filter(status__in=done, ends_at__gt=MONDAY).exists()
    stale = MONDAY - timedelta(days=1)
    assert not Appointment.objects.filter(status="scheduled", ends_at__lt=stale).exists()
    assert not AppointmentEvent.objects.filter(at__gt=MONDAY).exists()
    for visit in Appointment.objects.all():
        last = visit.events.last()
        assert last.sequence == visit.sequence
        assert (last.what == "canceled") == visit.is_canceled


def test_each_client_has_one_first_visit_of_the_providers_kind():
    seed_demo()
    for pair in Relationship.objects.select_related("provider"):
        first = pair.appointments.filter(first_visit=True).get()
        assert first.kind == pair.provider.first_visit
        assert not pair.appointments.filter(starts_at__lt=first.starts_at).exists()


def test_the_five_can_log_in():
    seed_demo()
    for email in NAMED:
        assert User.objects.get(email=email).check_password(named.PASSWORD)
        assert EmailAddress.objects.filter(email=email, verified=True, primary=True).exists()
    support = User.objects.get(email=named.SUPPORT)
    assert support.is_staff
    assert support.groups.filter(name="Support").exists()
    assert not User.objects.filter(is_superuser=True).exists()


def test_the_crowd_cannot_log_in_with_a_password():
    seed_demo()
    assert not any(each.has_usable_password() for each in User.objects.exclude(email__in=NAMED))


def test_jordan_has_a_history_and_sam_has_none():
    seed_demo()
    visits = Appointment.objects.filter(client__email=named.CLIENT).order_by("starts_at")
    assert list(visits.values_list("status", "first_visit")) == [
        ("canceled", True),
        ("completed", True),
        ("scheduled", True),
        ("scheduled", False),
    ]
    assert not Appointment.objects.filter(client__email=named.NEW).exists()


@pytest.mark.parametrize("days_later", [0, 3, 6])
def test_dana_and_marcus_have_free_times_in_the_coming_week(days_later):
    seed_demo()
    now = MONDAY + timedelta(days=days_later)
    week = int((now + timedelta(days=7)).timestamp())
    both = Provider.objects.filter(user__email__in=[named.CALLS, named.SESSIONS])
    for calendar in load_calendars(both, now=now).values():
        for place in calendar.places():
            assert len(list(calendar.starts(place, end=week))) >= 5


def test_only_jordans_coming_appointments_owe_mail():
    seed_demo()
    events = AppointmentEvent.objects.filter(
        appointment__client__email=named.CLIENT, appointment__status="scheduled"
    )
    owed = {each.event for each in Notification.objects.all()}
    assert owed == {str(event.uuid) for event in events}


def test_a_second_run_in_the_same_week_changes_nothing():
    seed_demo()
    before = directory()
    seed_demo(at=MONDAY + timedelta(days=6))
    assert directory() == before


def test_a_later_run_moves_everything_by_whole_weeks_on_the_providers_clock():
    seed_demo()
    before = list(Appointment.objects.order_by("pk").values_list("pk", "starts_at", "ends_at"))
    zones = dict(Appointment.objects.values_list("pk", "provider__time_zone"))
    people = User.objects.count()
    later = MONDAY + timedelta(days=23)
    seed_demo(at=later)
    assert User.objects.count() == people
    after = list(Appointment.objects.order_by("pk").values_list("pk", "starts_at", "ends_at"))
    assert len(after) == len(before)
    for (pk, start, end), (_, new_start, new_end) in zip(before, after, strict=True):
        zone = ZoneInfo(zones[pk])
        assert new_start.astimezone(zone) == start.astimezone(zone) + timedelta(weeks=3)
        assert new_end - new_start == end - start
    for coming in Appointment.objects.filter(client__email=named.CLIENT, status="scheduled"):
        assert coming.starts_at > later
    done = [Appointment.Status.COMPLETED, Appointment.Status.NO_SHOW]
    assert not Appointment.objects.filter(status__in=done, ends_at__gt=later).exists()


def test_a_later_run_moves_what_hangs_on_the_dates_too():
    seed_demo()
    reminder = Notification.objects.filter(kind="booking.reminder_day").first()
    license_end = License.objects.order_by("pk").first().expires
    away = list(TimeOff.objects.order_by("pk").values_list("starts_at", "provider__time_zone"))
    openings = list(Opening.objects.order_by("pk").values_list("starts_at", "provider__time_zone"))
    seed_demo(at=MONDAY + timedelta(weeks=1))
    week = timedelta(weeks=1)
    assert Notification.objects.get(pk=reminder.pk).due_at == reminder.due_at + week
    assert License.objects.order_by("pk").first().expires == license_end + week
    for model, before in ((TimeOff, away), (Opening, openings)):
        for (old, zone), new in zip(
            before, model.objects.order_by("pk").values_list("starts_at", flat=True), strict=True
        ):
            assert new.astimezone(ZoneInfo(zone)) == old.astimezone(ZoneInfo(zone)) + week
    for event in AppointmentEvent.objects.select_related("appointment"):
        assert event.starts_at == event.appointment.starts_at


def test_the_people_show_on_the_site_at_once(visitor):
    seed_demo(at=datetime.now(UTC))
    page = visitor.get("/providers/dana-whitfield/")
    assert "Dana Whitfield" in page.text
    assert "For worry that won’t switch off" in page.text
