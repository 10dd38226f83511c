"""Joining a virtual session: when the button is there, and what the page says before that."""

from datetime import timedelta

import pytest

from booking.tests.steps import TEN_AM
from providers.models import Provider

LINK = 'href="https://video.example.com/dana"'
EARLY = "appear here 30 minutes before: "


@pytest.fixture
def session(first_session):
    """Jordan's virtual session with Marcus, of 50 minutes."""
    Provider.objects.update(telehealth_instructions="Wait until I let you in.")
    return first_session


@pytest.fixture
def look(monday, session, signed_in, jordan):
    """`look(minutes)` is the page as the client sees it that long after the start."""

    def at(minutes):
        monday.move_to(TEN_AM + timedelta(minutes=minutes))
        person = signed_in(jordan)
        person.cookies["zone"] = "America/Los_Angeles"
        return person.get(session.get_absolute_url()).text

    return at


@pytest.mark.parametrize("minutes", [-30, -1, 0, 49, 50, 60])
def test_the_button_is_there_around_the_start(look, minutes):
    page = look(minutes)
    assert page.count(LINK) == 1
    assert "Join the session" in page
    assert "Wait until I let you in." in page
    assert "Can’t join?" in page
    assert "tel:+19165550101" in page


@pytest.mark.parametrize(
    ("minutes", "day"),
    [(-31, "today, December 2"), (-700, "tomorrow, December 2"), (-2800, "Wednesday, December 2")],
)
def test_before_that_it_says_when_the_button_comes_and_the_instructions(look, minutes, day):
    page = look(minutes)
    assert "video.example.com" not in page
    assert f"{EARLY}{day}, 9:30 AM" in page
    assert "Wait until I let you in." in page
    assert "Can’t join?" in page
    assert "tel:+19165550101" in page


def test_after_that_it_is_gone(look):
    page = look(61)
    assert "video.example.com" not in page
    assert "Can’t join?" not in page


def test_a_long_session_still_says_how_to_reach_the_provider(look, session):
    session.ends_at = TEN_AM + timedelta(minutes=90)
    session.save()
    page = look(61)
    assert "video.example.com" not in page
    assert "It’s too late to join." in page
    assert "Can’t join?" in page


def test_the_sessions_own_link_and_instructions_come_before_the_usual_ones(look, session):
    session.join_link = "https://other.example.com/room"
    session.join_instructions = "Another room today."
    session.save()
    page = look(0)
    assert 'href="https://other.example.com/room"' in page
    assert LINK not in page
    assert "Another room today." in page
    assert "Wait until I let you in." not in page


@pytest.mark.parametrize(
    ("minutes", "words"),
    [
        (-2800, "Marcus will add the link here by the day before."),
        (-600, "There’s no link yet. We’ll remind Marcus to add it here."),
        (0, "There’s no link yet. We’ll remind Marcus to add it here."),
    ],
)
def test_without_a_link_it_says_when_and_from_whom_it_comes(look, minutes, words):
    Provider.objects.update(telehealth_link="")
    page = look(minutes)
    assert words in page
    assert "Join the session" not in page
    assert "Can’t join?" in page


@pytest.mark.parametrize(
    "change", [{"status": "canceled"}, {"status": "no_show"}, {"place": "in_person"}]
)
def test_nobody_joins_what_does_not_take_place_by_video(look, session, change):
    for name, value in change.items():
        setattr(session, name, value)
    session.save()
    page = look(0)
    assert "video.example.com" not in page
    assert "Can’t join?" not in page


def test_a_call_has_nothing_to_join(call, jordan, signed_in, monday):
    monday.move_to(TEN_AM)
    assert "video.example.com" not in signed_in(jordan).get(call.get_absolute_url()).text
