"""The details page: who gets to see it, and what it says once its time isn't held anymore."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from booking.models import Appointment, Coverage
from booking.tests.factories import AppointmentFactory
from booking.tests.steps import TEN_AM, answers, details_url, first_start, hold_of


def test_a_form_that_outlives_its_hold_says_so(dana, jordan, signed_in):
    jordans = signed_in(jordan)
    page = jordans.post(details_url(dana), answers(dana, phone="123"))
    assert page.status_code == 400
    assert "We’re not holding this time for you. It’s yours if nobody takes it" in page.text
    AppointmentFactory(provider=dana, starts_at=datetime.fromtimestamp(first_start(dana), UTC))
    taken = int(Appointment.objects.get().starts_at.timestamp())
    page = jordans.post(details_url(dana), answers(dana, at=taken))
    assert page.status_code == 409
    assert "It’s yours if nobody takes it" not in page.text


def test_details_need_a_log_in_and_a_held_time(dana, visitor, jordan, signed_in):
    page = visitor.get(details_url(dana))
    assert page.status_code == 302
    assert "/accounts/login/" in page.url
    page = signed_in(jordan).get(details_url(dana), follow=True)
    assert "Choose a time first" in page.text


def test_who_goes_there_in_person_sees_the_address_before_they_book(marcus, jordan, signed_in):
    jordans = signed_in(jordan)
    for place, is_there in (("virtual", False), ("in_person", True)):
        marcus.working_hours.update(place=place)
        jordans.post(marcus.booking_url, {"at": first_start(marcus), "place": place})
        page = jordans.get(details_url(marcus)).text
        assert ("411 30th Street" in page) == is_there


@pytest.mark.parametrize(
    ("typed", "dollars"),
    [("25", 25), ("$25.50", 26), ("25,50", 26), ("$ 25,49", 25), ("0", 0), (" 999 ", 999)],
)
def test_a_copay_is_read_as_people_write_it(dana, jordan, signed_in, typed, dollars):
    signed_in(jordan).post(details_url(dana), answers(dana, copay=typed))
    assert Coverage.objects.get().copay == dollars


@pytest.mark.parametrize("typed", ["-3", "1000", "1,000", "999,50", "2,5", "25,505", "9" * 5000])
def test_a_copay_that_is_none_is_told_in_our_words(dana, jordan, signed_in, typed):
    page = signed_in(jordan).post(details_url(dana), answers(dana, copay=typed))
    assert page.status_code == 400
    assert "Write a number of dollars from 0 to 999, like 25." in page.text
    assert "Ensure this value" not in page.text
    assert not Coverage.objects.exists()


def test_more_time_is_to_be_had_beside_the_button_that_books(dana, jordan, signed_in):
    jordans = signed_in(jordan)
    jordans.post(dana.booking_url, {"at": first_start(dana), "place": "phone"})
    page = jordans.get(details_url(dana))
    note = page.text[page.text.index('id="held"') : page.text.index("Book phone call,")]
    assert "Held for you for <b data-hold-minutes>10 more minutes</b>." in note
    assert len(re.findall("I need 10 more minutes", note)) == 1
    assert 'role="status"' in note
    page = jordans.post(details_url(dana), answers(dana, hold_of(dana), extend="yes"))
    assert "20 more minutes" in page.text
    assert "I need 10 more minutes" not in page.text


def test_the_page_says_whether_canceling_would_be_late_from_the_start(
    monday, dana, marcus, jordan, signed_in
):
    monday.move_to(TEN_AM - timedelta(hours=30))
    person = signed_in(jordan)
    for provider, hours, is_late in ((marcus, 24, False), (marcus, 48, True), (dana, 48, False)):
        provider.cancellation_window_hours = hours
        provider.save()
        place = "phone" if provider is dana else "virtual"
        person.post(provider.booking_url, {"at": int(TEN_AM.timestamp()), "place": place})
        assert person.get(details_url(provider)).context["is_late"] == is_late


def test_the_page_says_how_late_canceling_is_free(dana, marcus, jordan, signed_in):
    soon, later = first_start(marcus), first_start(marcus) + 2 * 86400
    free, late = "free to cancel until 24 hours before", "will count as late as soon as you book"
    policy = "Marcus’s policy on late cancellations: “A late cancellation costs $90.”"
    jordans = signed_in(jordan)
    for provider, at, shown, hidden in (
        (marcus, later, (free, policy), (late,)),
        (marcus, soon, (late, policy), (free,)),
        (dana, first_start(dana), ("cancel this call for free until it starts",), (free, late)),
    ):
        place = "phone" if provider == dana else "virtual"
        jordans.post(provider.booking_url, {"at": at, "place": place})
        text = jordans.get(details_url(provider)).text
        assert all(words in text for words in shown)
        assert not any(words in text for words in hidden)
