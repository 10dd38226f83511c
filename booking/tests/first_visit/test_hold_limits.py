"""How many times may be on hold, and what someone does who gets no hold."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from itertools import count
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from accounts.limits import HOLDS_BY_ADDRESS, HOLDS_BY_USER
from accounts.tests.steps import code_in
from booking.availability.calendar import load_calendars
from booking.first_visit import holds
from booking.first_visit.visitor import Visitor
from booking.models import Appointment, Hold
from booking.refusals import Refused
from booking.tests.factories import HoldFactory
from booking.tests.steps import answers, details_url, first_start, hold_of
from providers.tests.factories import ProviderFactory

MONDAY = datetime(2026, 11, 30, 16, tzinfo=UTC)
PACIFIC = ZoneInfo("America/Los_Angeles")
HALF_AN_HOUR, SESSION = timedelta(minutes=30), timedelta(minutes=50)
NOT_HELD = "We’re not holding this time for you. It’s yours if nobody takes it before you book."
WHOLE_DAYS = [(day, 9 * 60, 17 * 60) for day in range(5)]
MORNINGS = [(day, 9 * 60, 12 * 60) for day in (0, 2, 4)]
SINGLE_SESSIONS = [(day, hour * 60, hour * 60 + 50) for day in range(5) for hour in (9, 11, 14, 16)]
SHORT_GAPS = [(day, at, at + 110) for day in range(4) for at in (8 * 60, 10 * 60, 13 * 60)]


def session_provider(blocks, **rules):
    """Someone who starts with 50-minute sessions, in these blocks of the week."""
    provider = ProviderFactory(first_visit="session", session_minutes=50, **rules)
    for weekday, since, till, *place in blocks:
        hours = {"weekday": weekday, "from_minute": since, "to_minute": till}
        provider.working_hours.create(**hours, place=place[0] if place else "virtual")
    return provider


def choose(provider, start, *, place="virtual", address="192.0.2.1"):
    """Choose a time as someone new; return their test client and the answer."""
    person = Client(REMOTE_ADDR=address)
    return person, person.post(provider.booking_url, {"at": start, "place": place})


def flood(provider, starts):
    """Someone new at an address of their own chooses each start that is still free."""
    addresses = (f"192.0.{n // 250}.{n % 250}" for n in count(500))
    for start, place in starts:
        choose(provider, start, place=place, address=next(addresses))


def open_starts(provider, holds=()):
    """Counts the starts from the hours and holds, day by day on the wall clock."""
    now, found = timezone.now(), set()
    buffer = timedelta(minutes=provider.buffer_minutes)
    taken = [(hold.starts_at - buffer, hold.ends_at + buffer) for hold in holds]
    for days in range(provider.horizon_days + 1):
        midnight = datetime(2026, 11, 30, tzinfo=PACIFIC) + timedelta(days=days)
        for block in provider.working_hours.filter(weekday=midnight.weekday()):
            start = midnight + timedelta(minutes=block.from_minute)
            ends = midnight + timedelta(minutes=block.to_minute)
            while start + SESSION <= ends:
                is_ahead = now + timedelta(hours=provider.minimum_notice_hours) <= start
                is_near = start <= now + timedelta(days=provider.horizon_days)
                free = all(start >= till or start + SESSION <= since for since, till in taken)
                if is_ahead and is_near and free:
                    found.add(int(start.timestamp()))
                start += HALF_AN_HOUR
    return found


def free_now(provider):
    """What the site offers: (start, place) pairs in a whole horizon."""
    calendar = load_calendars([provider], now=timezone.now())[provider.pk]
    return [(start, place) for place in calendar.places() for start in calendar.starts(place)]


@pytest.mark.parametrize("buffer", [0, 30])
@pytest.mark.parametrize("blocks", [WHOLE_DAYS, MORNINGS, SINGLE_SESSIONS, SHORT_GAPS])
@pytest.mark.usefixtures("monday")
def test_a_flood_of_holds_leaves_three_quarters_of_the_starts(db, blocks, buffer):
    provider = session_provider(blocks, buffer_minutes=buffer, horizon_days=28)
    before = open_starts(provider)
    assert before == {start for start, _ in free_now(provider)}
    flood(provider, [(start, "virtual") for start in sorted(before)[1::3]])
    left = {start for start, _ in free_now(provider)}
    assert left == open_starts(provider, Hold.objects.all())
    assert 0.75 <= len(left) / len(before) < 0.85
    assert Hold.objects.count() > 3


class FloodTests(TestCase):
    """The same for any hours, any buffer and any order."""

    @given(
        blocks=st.lists(
            st.tuples(
                st.integers(0, 6),
                st.sampled_from([8 * 60, 9 * 60 + 15]),
                st.sampled_from([10 * 60, 11 * 60 + 5, 16 * 60]),
                st.sampled_from(["virtual", "in_person", "both"]),
            ),
            unique_by=lambda block: block[0],
            min_size=1,
        ),
        buffer=st.sampled_from([0, 5, 30, 120]),
        days=st.sampled_from([7, 14, 21]),
        random=st.randoms(use_true_random=False),
    )
    def test_only_the_first_three_may_hold_more_than_a_quarter(self, blocks, buffer, days, random):
        with time_machine.travel(MONDAY, tick=False):
            provider = session_provider(blocks, buffer_minutes=buffer, horizon_days=days)
            before = open_starts(provider)
            wanted = free_now(provider)
            for start, place in random.sample(wanted, min(len(wanted), 20)):
                visitor = Visitor(token=uuid4(), address=f"192.0.2.{random.randint(1, 250)}")
                at = datetime.fromtimestamp(start, UTC)
                with suppress(Refused):
                    holds.hold(provider, visitor=visitor, starts_at=at, place=place)
            held = Hold.objects.filter(provider=provider)
            left = open_starts(provider, held)
            assert {start for start, _ in free_now(provider)} == left
            assert held.count() <= 3 or len(left) >= 0.75 * len(before)


def test_the_first_three_visitors_get_a_hold_whatever_it_takes(monday, db):
    provider = session_provider([(0, 10 * 60, 14 * 60)], buffer_minutes=30, horizon_days=2)
    first = first_start(provider)
    flood(provider, [(first + minutes * 60, "virtual") for minutes in (0, 90, 180)])
    assert Hold.objects.count() == 3
    assert free_now(provider) == []
    other = session_provider(WHOLE_DAYS, horizon_days=2)
    flood(other, free_now(other))
    held = Hold.objects.filter(provider=other)
    assert held.count() == 3
    held.first().delete()
    _, answer = choose(other, first_start(other))
    assert held.count() == 3, answer


def test_a_visitor_has_one_hold_and_may_change_it_within_the_limit(monday, db):
    provider = session_provider(WHOLE_DAYS, horizon_days=14)
    person, _ = choose(provider, first_start(provider))
    flood(provider, free_now(provider)[1::3])
    held = Hold.objects.count()
    free = free_now(provider)
    for start, _ in (free[0], free[-1]):
        answer = person.post(provider.booking_url, {"at": start, "place": "virtual"})
        assert "at=" not in answer.url
        assert Hold.objects.count() == held


def test_one_address_holds_three_times_and_the_fourth_goes_on_without_a_hold(
    dana, plan, jordan, visitor
):
    for _ in range(3):
        other = ProviderFactory(hours=True, plans=[plan])
        _, answer = choose(other, first_start(other), place="phone")
        assert answer.url == details_url(other)
    start = first_start(dana)
    person, answer = choose(dana, start, place="phone")
    assert answer.url == f"{details_url(dana)}?at={start}&place=phone"
    assert Hold.objects.count() == 3
    page = person.get(answer.url, follow=True)
    assert "Too many times are on hold right now" in page.text
    choose(dana, start, place="phone", address="192.0.2.2")
    assert hold_of(dana), "the limit is per address"


def test_people_who_are_signed_in_have_three_holds_of_their_own(dana, plan, jordan, signed_in):
    for _ in range(3):
        other = ProviderFactory(hours=True, plans=[plan])
        choose(other, first_start(other), place="phone", address="127.0.0.1")
    jordans = signed_in(jordan)
    jordans.post(dana.booking_url, {"at": first_start(dana), "place": "phone"})
    assert hold_of(dana).user == jordan


@pytest.fixture
def crowd(dana):
    """So many holds with Dana that nobody else gets one."""
    dana.horizon_days = 1
    dana.save()
    start = datetime.fromtimestamp(first_start(dana), UTC)
    for n in range(3, 12):
        HoldFactory(provider=dana, starts_at=start + timedelta(minutes=15 * n))


@pytest.mark.usefixtures("crowd")
def test_someone_new_without_a_hold_signs_in_is_told_and_books(dana, visitor, mailbox):
    start = first_start(dana)
    page = visitor.post(dana.booking_url, {"at": start, "place": "phone"}, follow=True)
    assert (
        "Too many times are on hold right now, so we can’t hold yours. You can still book it."
        in page.text
    )
    assert "We’re holding" not in page.text
    asked = visitor.post(
        page.request["PATH_INFO"] + "?" + page.request["QUERY_STRING"], {"email": "new@example.com"}
    )
    page = visitor.post(
        asked.url, {"code": code_in(mailbox.to("new@example.com")[-1])}, follow=True
    )
    assert page.request["PATH_INFO"] == details_url(dana)
    assert NOT_HELD in page.text
    assert "Held for you" not in page.text
    form = answers(dana, at=start, uuid=str(page.context["form"]["uuid"].value()))
    page = visitor.post(details_url(dana), form, follow=True)
    assert "Your phone call is booked" in page.text
    assert int(Appointment.objects.get().starts_at.timestamp()) == start


@pytest.mark.usefixtures("crowd")
def test_a_time_without_a_hold_that_someone_takes_is_told(dana, jordan, signed_in):
    start, jordans = first_start(dana), signed_in(jordan)
    answer = jordans.post(dana.booking_url, {"at": start, "place": "phone"})
    HoldFactory(provider=dana, starts_at=datetime.fromtimestamp(start, UTC))
    page = jordans.get(answer.url, follow=True)
    assert page.request["PATH_INFO"] == dana.booking_url
    assert "isn’t free anymore" in page.text
    page = jordans.post(details_url(dana), answers(dana, at=start))
    assert page.status_code == 409
    assert "That time was just taken" in page.text


@pytest.mark.parametrize(
    "asked", [{"at": "x"}, {"at": "1" * 5000}, {"at": 1}, {"at": 1796061600, "place": "moon"}]
)
def test_a_made_up_time_in_the_address_of_the_details_leads_to_the_week(
    dana, jordan, signed_in, asked
):
    page = signed_in(jordan).get(details_url(dana), {"place": "phone", **asked}, follow=True)
    assert page.redirect_chain[0][0].startswith(dana.booking_url)
    assert page.status_code == 200


def test_whoever_chooses_times_without_end_goes_on_without_a_hold(dana, jordan, visitor, signed_in):
    for _ in range(58):
        HOLDS_BY_ADDRESS.charge("127.0.0.1/32")
        HOLDS_BY_USER.charge(jordan.pk)
    start = first_start(dana)
    for person in (visitor, signed_in(jordan)):  # by address, and by account
        urls = [
            person.post(dana.booking_url, {"at": start + 900 * n, "place": "phone"}).url
            for n in range(3)
        ]
        assert ["at=" in url for url in urls] == [False, False, True]
        start += 3600
