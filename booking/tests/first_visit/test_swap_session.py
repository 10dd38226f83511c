"""Swapping a first session: late ones are asked about, and the place may change."""

from datetime import timedelta

import pytest

from booking.appointments.recording import record
from booking.models import Coverage, Hold
from booking.tests.factories import AppointmentFactory, HoldFactory
from booking.tests.steps import TEN_AM, words_of
from providers.tests.factories import PlanFactory

NEXT_WEEK = TEN_AM + timedelta(days=7)
HOUR = timedelta(hours=1)


@pytest.fixture
def page_of(jordan, signed_in):
    """`page_of(appointment, starts_at, place)`: the page, or with a time the answer to a press."""

    def page_of(appointment, starts_at=None, place="virtual"):
        person, url = signed_in(jordan), f"{appointment.get_absolute_url()}swap/"
        if not starts_at:
            return person.get(url)
        form = {"at": int(starts_at.timestamp()), "place": place, "version": 0}
        return person.post(url, form, follow=True)

    return page_of


def place_now(appointment):
    appointment.refresh_from_db()
    return appointment.starts_at, appointment.place


def test_once_canceling_is_late_one_asks(monday, first_session, page_of):
    monday.move_to(TEN_AM - 24 * HOUR)
    assert "Choose another time with Marcus" in page_of(first_session).text
    monday.shift(timedelta(seconds=1))
    for page in (page_of(first_session), page_of(first_session, NEXT_WEEK)):
        assert "You can’t move this here" in page.text
        assert "To move it, don’t cancel. Instead, ask Marcus" in words_of(page)
        assert f"/messages/{first_session.relationship.uuid}/ask/" in page.text
    assert page.status_code == 409
    assert place_now(first_session) == (TEN_AM, "virtual")


@pytest.mark.parametrize("field", ["accepting_new_clients", "published"])
def test_a_closed_provider_is_asked(first_session, marcus, page_of, field):
    setattr(marcus, field, False)
    marcus.save()
    for page in (page_of(first_session), page_of(first_session, NEXT_WEEK)):
        assert "Marcus isn’t taking new clients right now" in page.text
        assert "To change its time, ask Marcus" in words_of(page)
    assert page.status_code == 409
    assert place_now(first_session) == (TEN_AM, "virtual")


def test_a_relationship_that_ended_has_no_swap(monday, first_session, page_of):
    first_session.relationship.ended_at = TEN_AM - 30 * HOUR
    first_session.relationship.save()
    assert page_of(first_session, NEXT_WEEK).status_code == 409
    assert place_now(first_session) == (TEN_AM, "virtual")


def test_a_call_can_be_swapped_until_it_starts(monday, call, page_of):
    monday.move_to(TEN_AM - timedelta(seconds=1))
    assert "Choose another time with Dana" in page_of(call).text
    monday.move_to(TEN_AM)
    for page in (page_of(call), page_of(call, NEXT_WEEK, "phone")):
        assert "It has already begun." in page.text
    assert page.status_code == 409
    assert place_now(call) == (TEN_AM, "phone")


def test_a_follow_up_is_asked_about(session, page_of):
    for page in (page_of(session), page_of(session, NEXT_WEEK)):
        assert "Dana schedules your follow-ups. To change its time, ask Dana" in words_of(page)
    assert page.status_code == 409
    assert place_now(session) == (TEN_AM, "virtual")


def test_a_time_so_soon_that_canceling_is_late_says_so(marcus, jordan, signed_in):
    later = AppointmentFactory(provider=marcus, client=jordan, starts_at=NEXT_WEEK)
    url, person = f"{later.get_absolute_url()}swap/", signed_in(jordan)
    late = "so canceling will count as late as soon as you move it."
    for starts_at, is_late in ((TEN_AM - 24 * HOUR, False), (TEN_AM - 46 * HOUR, True)):
        asked = {"at": int(starts_at.timestamp()), "place": "virtual"}
        page = person.get(url, asked).text
        assert "Move from" in page
        assert (late in page) == is_late, starts_at


@pytest.fixture
def both(marcus):
    marcus.working_hours.update(place="both")


@pytest.fixture
def insured(first_session):
    """Jordan pays with a plan that doesn't cover telehealth."""
    plan = PlanFactory(covers_telehealth=False)
    Coverage.objects.create(relationship=first_session.relationship, kind="plan", plan=plan)


def test_the_place_can_change_too(both, first_session, page_of, jordan, signed_in):
    asked = {"at": int(TEN_AM.timestamp()), "place": "in_person"}
    page = signed_in(jordan).get(f"{first_session.get_absolute_url()}swap/", asked)
    assert "It will be in person instead of virtual." in page.text
    page_of(first_session, TEN_AM, "in_person")
    assert place_now(first_session) == (TEN_AM, "in_person")
    event = first_session.events.get(what="moved")
    assert (event.was_place, event.place) == ("virtual", "in_person")


def test_a_place_that_is_not_offered_is_no_choice(first_session, page_of):
    assert page_of(first_session, NEXT_WEEK, "in_person").status_code == 409
    assert place_now(first_session) == (TEN_AM, "virtual")


def test_a_plan_without_telehealth_counts_where_the_place_changes(
    both, insured, first_session, page_of
):
    page_of(first_session, NEXT_WEEK)
    assert place_now(first_session) == (NEXT_WEEK, "virtual")
    first_session.place, first_session.sequence = "in_person", 0
    first_session.save()
    page = page_of(first_session, TEN_AM, "virtual")
    assert page.status_code == 400
    assert "doesn’t cover virtual sessions" in page.text
    assert place_now(first_session) == (NEXT_WEEK, "in_person")


def test_in_person_needs_no_license(both, first_session, marcus, page_of):
    marcus.licenses.all().delete()
    assert page_of(first_session, NEXT_WEEK).status_code == 400
    page_of(first_session, NEXT_WEEK, "in_person")
    assert place_now(first_session) == (NEXT_WEEK, "in_person")


def test_the_time_now_in_the_address_is_no_choice(first_session, jordan, signed_in):
    asked = {"at": int(TEN_AM.timestamp()), "place": "virtual"}
    page = signed_in(jordan).get(f"{first_session.get_absolute_url()}swap/", asked)
    assert "Choose another time with Marcus" in page.text
    assert "Move from" not in page.text
    assert "isn’t free anymore" not in page.text


def test_a_time_that_the_client_still_holds_is_theirs_to_choose(
    first_session, marcus, jordan, page_of
):
    HoldFactory(provider=marcus, user=jordan, starts_at=NEXT_WEEK)
    page_of(first_session, NEXT_WEEK)
    assert place_now(first_session) == (NEXT_WEEK, "virtual")
    assert not Hold.objects.exists()


def test_the_zone_of_the_choice_is_kept(first_session, jordan, signed_in):
    person, url = signed_in(jordan), f"{first_session.get_absolute_url()}swap/"
    form = {"at": int(NEXT_WEEK.timestamp()), "place": "virtual", "version": 0}
    page = person.post(f"{url}?zone=America/Denver", form, follow=True)
    assert "is now Wednesday, December 9, 11:00 AM, Mountain Time." in page.text
    assert "Mountain Time" in person.get("/appointments/").text


def test_the_conversation_tells_both_of_it(first_session, marcus, page_of, signed_in):
    page_of(first_session, NEXT_WEEK)
    page = signed_in(marcus.user).get(f"/messages/{first_session.relationship.uuid}/")
    assert "Jordan moved the session from Wednesday, December 2, 10:00 AM to" in words_of(page)


def test_a_day_of_accepted_offers_leaves_the_swaps(first_session, jordan, page_of):
    was = {"was_starts_at": TEN_AM - HOUR, "was_ends_at": TEN_AM, "was_place": "virtual"}
    for _ in range(5):
        at = {"at": TEN_AM - 51 * HOUR, "requested_by": "provider"}
        record(first_session, "moved", by=jordan, **at, **was)
    page_of(first_session, NEXT_WEEK)
    assert place_now(first_session) == (NEXT_WEEK, "virtual")
