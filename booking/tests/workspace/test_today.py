"""A provider's Today: what it says of each appointment, and who looked."""

from datetime import UTC, datetime, timedelta

import pytest

from accounts.models import AccessEvent
from booking.appointments import scheduling
from booking.tests.factories import AppointmentFactory
from headway.tests.environment import SITE

URL = "/workspace/"
TEN = datetime(2026, 11, 30, 18, tzinfo=UTC)  # today, 10 AM Pacific Time


@pytest.fixture
def call(dana, jordan):
    """Jordan's call with Dana, today."""
    jordan.phone = "+19165550142"
    jordan.save()
    return AppointmentFactory(provider=dana, client=jordan, starts_at=TEN)


@pytest.mark.parametrize(
    ("by", "side", "words"),
    [
        ("jordan", "client", "Jordan canceled."),
        ("dana", "client", "You canceled, as Jordan asked."),
        ("dana", "provider", "You canceled."),
    ],
)
def test_today_says_who_canceled_and_who_asked_for_it(
    call, dana, jordan, signed_in, by, side, words
):
    who = {"jordan": jordan, "dana": dana.user}[by]
    scheduling.cancel(call, by=who, requested_by=side)
    assert f"10:00 to 10:15 AM. {words}" in signed_in(dana.user).get(URL).text


def test_those_whom_today_shows_are_on_the_trail_once_a_day(call, dana, jordan, signed_in, monday):
    ahead = AppointmentFactory(provider=dana, starts_at=TEN + timedelta(days=3))
    old = AppointmentFactory(provider=dana, starts_at=TEN - timedelta(days=3))
    off = AppointmentFactory(provider=dana, starts_at=TEN + timedelta(days=40))
    scheduling.cancel(off, by=off.client)
    AppointmentFactory(provider=dana, starts_at=TEN + timedelta(days=50))  # not shown
    AppointmentFactory(starts_at=TEN)  # of another
    for _ in range(2):
        signed_in(dana.user).get(URL)
    looks = AccessEvent.objects.filter(what="seen on Today", actor=dana.user)
    shown = {(each.client, str(each.relationship.uuid)) for each in (call, ahead, old, off)}
    assert {(each.subject, each.record) for each in looks} == shown
    assert AccessEvent.objects.count() == 4
    assert "seen on Today" in signed_in(jordan).get("/account/").text


def test_a_row_of_today_has_the_number_and_what_can_be_done(call, dana, signed_in):
    page = signed_in(dana.user).get(URL)
    assert 'href="tel:+19165550142">(916) 555-0142</a>' in page.text
    assert f'href="/workspace/appointments/{call.uuid}/move/"' in page.text
    assert f'href="/messages/{call.relationship.uuid}/"' in page.text
    assert page.text.index("is-now") < page.text.index("Jordan Ellis")


def test_what_comes_stands_under_its_day_before_what_was_canceled(dana, signed_in):
    for hours in (24, 25, 48):
        AppointmentFactory(provider=dana, starts_at=TEN + timedelta(hours=hours))
    off = AppointmentFactory(provider=dana, starts_at=TEN + timedelta(days=5))
    scheduling.cancel(off, by=off.client)
    page = signed_in(dana.user).get(URL)
    days = ["<h3>Tuesday, December 1</h3>", "<h3>Wednesday, December 2</h3>", "Recently canceled"]
    assert [page.text.count(day) for day in days] == [1, 1, 1]
    assert sorted(days, key=page.text.index) == days
    tuesday = page.text.split(days[0])[1].split(days[1])[0]
    assert tuesday.count("<li>") == 2
    assert "10:00 to 10:15 AM" in tuesday


def test_the_booking_link_is_there_to_copy(dana, signed_in):
    page = signed_in(dana.user).get(URL)
    assert f'value="{SITE}{dana.booking_url}"' in page.text
    assert 'data-copy="booking-link"' in page.text


def test_an_appointment_leads_back_to_today_its_day_and_its_client(call, dana, signed_in):
    page = signed_in(dana.user).get(f"/workspace/appointments/{call.uuid}/")
    back = page.text.split('class="crumb"')[1].split("</nav>")[0]
    assert 'href="/workspace/"' in back
    assert 'href="/workspace/calendar/?day=2026-11-30"' in back
    assert f'href="/workspace/clients/{call.relationship.uuid}/"' in back
