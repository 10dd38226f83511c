"""How a client moves a first visit: the same answer on every page, by the provider's window."""

from datetime import timedelta

import pytest

from booking.tests.steps import TEN_AM, words_of

RULE = "Marcus’s policy on late cancellations: “A late cancellation costs $90.”"
TILL = "until tomorrow, December 1, 10:00 AM, Pacific Time"
SWAP = "To move it, choose another time. This one stays yours until you do."
LATE = "Canceling now counts as late"


@pytest.fixture
def read(jordan, signed_in):
    """`read(address)` is what Jordan reads there, in one line."""

    return lambda address: words_of(signed_in(jordan).get(address))


def test_in_time_one_chooses_another_time(first_session, marcus, read):
    page = read(first_session.get_absolute_url())
    assert f"Free to cancel {TILL}. After that, it counts as late. {RULE}" in page
    assert "This one stays yours until you choose one. Choose another time" in page
    assert SWAP in read(f"{first_session.get_absolute_url()}cancel/")
    for address in (marcus.get_absolute_url(), marcus.booking_url):
        page = read(address)
        assert f"{SWAP} You can do that {TILL}." in page
        assert LATE not in page


def test_every_page_leads_to_the_other_times(first_session, marcus, jordan, signed_in):
    person, link = signed_in(jordan), f'href="{first_session.get_absolute_url()}swap/"'
    for address in (
        first_session.get_absolute_url(),
        f"{first_session.get_absolute_url()}cancel/",
        marcus.get_absolute_url(),
        marcus.booking_url,
        f"/messages/{first_session.relationship.uuid}/ask/",
    ):
        assert link in person.get(address).text, address


def test_once_it_is_late_one_asks_the_provider(monday, first_session, marcus, read):
    monday.move_to(TEN_AM - timedelta(hours=20))
    page = read(first_session.get_absolute_url())
    assert f"{LATE}: Marcus asks for 24 hours’ notice. {RULE}" in page
    assert "To move it, don’t cancel. Instead, ask Marcus, or call" in page
    for address in (marcus.get_absolute_url(), marcus.booking_url):
        page = read(address)
        assert f"{LATE}. To move it, ask Marcus, or call" in page
        assert "choose another" not in page


@pytest.mark.parametrize("field", ["accepting_new_clients", "published"])
def test_who_finds_no_other_times_asks(first_session, marcus, read, field):
    setattr(marcus, field, False)
    marcus.save()
    addresses = [first_session.get_absolute_url()]
    if marcus.published:
        addresses += [marcus.get_absolute_url(), marcus.booking_url]
    for address in addresses:
        page = read(address)
        assert "To change its time, ask Marcus, or call" in page
        assert "choose another time" not in page


def test_a_call_is_never_late_to_move(monday, call, dana, read):
    monday.move_to(TEN_AM - timedelta(hours=1))
    assert "Choose another time" in read(call.get_absolute_url())
    assert f"{SWAP} Dana schedules" in read(dana.get_absolute_url())


def test_a_follow_up_says_until_when_canceling_is_in_time(monday, dana, session, read):
    page = read(session.get_absolute_url())
    assert f"Free to cancel {TILL}." in page
    assert "Ask to move or cancel it" in page
    monday.move_to(TEN_AM - timedelta(hours=3))
    assert f"{LATE}: Dana asks for 24 hours’ notice." in read(session.get_absolute_url())


def test_the_help_answers_alike(db, visitor):
    page = words_of(visitor.get("/help/first-visit/"))
    assert "before the window starts, press Choose another time on its page" in page
    assert "don’t cancel: that counts as late." in page
