"""How a client moves a first visit: the same answer on every page, by the provider's window."""

from datetime import timedelta

import pytest

from booking.tests.factories import FollowUpFactory
from booking.tests.steps import TEN_AM, words_of

RULE = "Marcus’s policy on late cancellations: “A late cancellation costs $90.”"
TILL = "until tomorrow, December 1, 10:00 AM, Pacific Time"
REBOOK = "cancel it on its page and choose another time."
LATE = "Canceling now counts as late"


@pytest.fixture
def read(jordan, signed_in):
    """`read(address)` is what Jordan reads there, in one line."""

    return lambda address: words_of(signed_in(jordan).get(address))


def test_in_time_one_cancels_and_chooses_another(first_session, marcus, read):
    page = read(first_session.get_absolute_url())
    assert f"Free to cancel {TILL}. After that, it counts as late. {RULE}" in page
    assert "To move it, cancel it and choose another time." in page
    for address in (marcus.get_absolute_url(), marcus.booking_url):
        page = read(address)
        assert f"To move it, {REBOOK} It’s free to cancel {TILL}." in page
        assert LATE not in page


def test_once_it_is_late_one_asks_the_provider(monday, first_session, marcus, read):
    monday.move_to(TEN_AM - timedelta(hours=20))
    page = read(first_session.get_absolute_url())
    assert f"{LATE}: Marcus asks for 24 hours’ notice. {RULE}" in page
    assert "To move it, don’t cancel. Instead, ask Marcus, or call" in page
    for address in (marcus.get_absolute_url(), marcus.booking_url):
        page = read(address)
        assert f"{LATE}. To move it, ask Marcus, or call" in page
        assert "choose another" not in page


@pytest.mark.parametrize("reason", ["closed", "bound"])
def test_who_could_not_book_again_is_not_told_to_cancel(
    first_session, marcus, jordan, read, reason
):
    if reason == "closed":
        marcus.accepting_new_clients = False
        marcus.save()
    else:
        later = TEN_AM + timedelta(days=7)
        FollowUpFactory(provider=marcus, client=jordan, starts_at=later)
    for address in (
        first_session.get_absolute_url(),
        marcus.get_absolute_url(),
        marcus.booking_url,
    ):
        page = read(address)
        assert "To change its time, ask Marcus, or call" in page
        assert "choose another time" not in page


def test_a_call_is_never_late_to_move(monday, call, dana, read):
    monday.move_to(TEN_AM - timedelta(hours=1))
    assert "To move it, cancel it and choose another time." in read(call.get_absolute_url())
    assert f"To move it, {REBOOK}" in read(dana.booking_url)


def test_a_follow_up_says_until_when_canceling_is_in_time(monday, dana, session, read):
    page = read(session.get_absolute_url())
    assert f"Free to cancel {TILL}." in page
    assert "Ask to move or cancel it" in page
    monday.move_to(TEN_AM - timedelta(hours=3))
    assert f"{LATE}: Dana asks for 24 hours’ notice." in read(session.get_absolute_url())


def test_the_help_answers_alike(db, visitor):
    page = words_of(visitor.get("/help/first-visit/"))
    assert "before the window starts, cancel it on its page and choose another time" in page
    assert "don’t cancel: that counts as late." in page
