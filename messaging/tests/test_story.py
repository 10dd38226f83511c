"""The whole story of two people: what they wrote, what about, and what happened in between."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest

from booking.appointments import scheduling
from booking.models import Place
from booking.tests.factories import AppointmentFactory
from booking.tests.steps import TEN_AM
from messaging import reading
from messaging.models import Message
from messaging.tests.factories import write


def story(page):
    """What a page tells, in its order: messages and events, without the markup."""
    thread = page.text.partition('class="thread-body"')[2].partition("<form")[0]
    found = re.findall(r'<a href="[^"]*">([^<]+)</a> <time|message-body"><p>([^<]+)', thread)
    return [event or message for event, message in found]


@pytest.fixture
def follow_up(pair):
    """Dana schedules a session for the 4th at 10 AM, as Jordan's provider."""

    def schedule(day=0):
        return scheduling.schedule(
            pair.provider,
            client=pair.client,
            by=pair.provider.user,
            uuid=uuid4(),
            starts_at=TEN_AM + timedelta(days=2 + day),
            minutes=50,
            place=Place.VIRTUAL,
            kind="session",
            anyway=True,
        )

    return schedule


def test_what_happened_to_appointments_is_told_between_the_messages(
    pair, jordan, dana, url, monday, follow_up
):
    monday.shift(timedelta(minutes=5))
    write(pair, pair.client, body="When do we meet?")
    monday.shift(timedelta(minutes=5))
    session = follow_up()
    monday.shift(timedelta(minutes=5))
    write(pair, pair.provider.user, body="See you then.")
    monday.shift(timedelta(minutes=5))
    scheduling.cancel(session, by=pair.provider.user)
    at = "Friday, December 4, 10:00 AM"
    page = jordan.get(url)
    assert story(page) == [
        "You scheduled a phone call for Wednesday, December 2, 8:00 AM.",
        "When do we meet?",
        f"Dana scheduled a session for {at}.",
        "See you then.",
        f"Dana canceled the session on {at}.",
    ]
    assert f'<a href="{session.get_absolute_url()}">Dana canceled' in page.text
    page = dana.get(url)
    assert f"You scheduled a session for {at}." in story(page)
    assert f'<a href="{session.workspace_url}">You canceled' in page.text


def test_a_move_is_told_with_both_times(pair, jordan, url, follow_up):
    session = follow_up()
    moved = {
        "starts_at": session.starts_at + timedelta(hours=1),
        "minutes": 50,
        "sequence": 0,
        "anyway": True,
    }
    scheduling.reschedule(
        session, by=pair.provider.user, requested_by="provider", place=session.place, **moved
    )
    times = "from Friday, December 4, 10:00 AM to Friday, December 4, 11:00 AM"
    assert story(jordan.get(url))[-1] == f"Dana moved the session {times}."


def test_each_event_is_on_one_page_of_a_long_story(pair, jordan, url, monday, follow_up):
    for number in range(reading.PAGE * 2):
        write(pair, pair.client, body=f"Message {number}")
        monday.shift(timedelta(minutes=1))
        if number % 40 == 20:
            follow_up(number // 40)
            monday.shift(timedelta(minutes=1))
    told, page = [], jordan.get(url)
    while earlier := re.search(r'href="(\?before=\d+)"', page.text):
        told = story(page) + told
        page = jordan.get(url + earlier[1])
    told = story(page) + told
    assert [line for line in told if line.startswith("Message")] == [
        f"Message {number}" for number in range(reading.PAGE * 2)
    ]
    assert [told.index(line) for line in told if "scheduled" in line] == [1, 22, 63]


def test_the_story_takes_as_many_queries_for_one_event_as_for_three(
    pair, jordan, url, follow_up, django_assert_num_queries
):
    write(pair, pair.client)
    jordan.get(url)
    for day in range(3):
        follow_up(day)
        with django_assert_num_queries(16):
            jordan.get(url)


def test_a_message_says_which_appointment_it_is_about(pair, jordan, dana, url):
    visit = pair.appointments.get()
    page = jordan.get(url, {"about": str(visit.uuid)})
    assert f'<option value="{visit.uuid}" selected>' in page.text
    jordan.post(url, {"uuid": uuid4(), "body": "A question.", "appointment": str(visit.uuid)})
    assert Message.objects.get().appointment == visit
    assert "About: Wednesday, December 2, 8:00 AM" in dana.get(url).text


@pytest.mark.parametrize("about", ["other", "no-uuid", "9" * 40])
def test_only_the_twos_own_appointments_can_be_chosen(pair, jordan, url, about):
    if about == "other":
        about = str(AppointmentFactory(client=pair.client, starts_at=TEN_AM).uuid)
    assert "selected>" not in jordan.get(url, {"about": about}).text.partition("</select>")[0]
    page = jordan.post(url, {"uuid": uuid4(), "body": "A question.", "appointment": about})
    assert page.status_code == 400
    assert page.context["form"].has_error("appointment")
    assert "A question." in page.text
    assert not Message.objects.exists()


def test_a_client_reads_what_belongs_to_support(jordan, dana, url):
    assert "ask our support team</a>" in jordan.get(url).text
    assert "ask our support team</a>" not in dana.get(url).text
