"""A calendar feed: who makes it, what's in it, and what its secret is safe from."""

import logging
import re
import time
from datetime import UTC, datetime, timedelta

import pytest
import vobject
from django.test import Client

from accounts.tests.factories import UserFactory
from accounts.tests.steps import hidden_fields
from booking.appointments import scheduling
from booking.models import Appointment, CalendarFeed
from booking.tests.factories import AppointmentFactory, FollowUpFactory
from headway.tests.environment import SITE
from providers.tests.factories import ProviderFactory

URL = "/appointments/feed/"
NOW = datetime(2026, 11, 30, 16, tzinfo=UTC)


@pytest.fixture
def fresh(signed_in):
    """`fresh(user)` is a test client that proved who they are a minute ago."""

    def enter(user, ago=60):
        person = signed_in(user)
        session = person.session
        session["account_authentication_methods"] = [{"method": "mfa", "at": time.time() - ago}]
        session["account_authentication_methods_user"] = str(user.pk)
        session.save()
        return person

    return enter


def turn_on(person, form=None):
    """Press the button, by default on the page as it is now; returns the path of the feed."""
    page = person.post(URL, form or hidden_fields(person.get(URL)))
    return re.search(rf'value="{SITE}(/feeds/[^"]+)"', page.text)[1]


def read(answer):
    """The events of an answer, by UID, as a parser that isn't ours reads them."""
    calendar = vobject.readOne(answer.content.decode())
    return {event.uid.value: event for event in getattr(calendar, "vevent_list", [])}


def test_the_secret_is_shown_once_and_kept_as_a_hash(monday, jordan, fresh, visitor):
    jordans = fresh(jordan)
    assert "Your feed is off" in jordans.get(URL).text
    path = turn_on(jordans)
    secret = path.removeprefix("/feeds/").removesuffix(".ics")
    assert len(secret) == 43  # 256 bits
    kept = CalendarFeed.objects.get(user=jordan)
    assert secret not in str(vars(kept))
    page = jordans.get(URL)
    assert "Your feed is on" in page.text
    assert secret not in page.text
    assert visitor.get(path).status_code == 200


@pytest.mark.parametrize("side", ["client", "provider"])
def test_it_says_the_same_instants_as_the_database(dana, jordan, fresh, visitor, side):
    AppointmentFactory(provider=dana, client=jordan)
    for days in (-59, -1, 20, 364):
        FollowUpFactory(provider=dana, client=jordan, starts_at=NOW + timedelta(days=days))
    path = turn_on(fresh(jordan if side == "client" else dana.user))
    events = read(visitor.get(path))
    rows = Appointment.objects.all()
    assert len(events) == len(rows) == 5
    for row in rows:
        event = events[f"{row.uuid}@headway"]
        assert event.dtstart.value == row.starts_at
        assert event.dtend.value == row.ends_at
        assert event.sequence.value == "0"
        assert event.status.value == "CONFIRMED"
        page = "/appointments/" if side == "client" else "/workspace/appointments/"
        assert event.url.value.endswith(f"{page}{row.uuid}/")


def test_it_holds_one_persons_appointments_of_the_time_around_now(dana, jordan, fresh, visitor):
    for days in (-61, 366):
        FollowUpFactory(provider=dana, client=jordan, starts_at=NOW + timedelta(days=days))
    AppointmentFactory(provider=dana)
    AppointmentFactory(provider=ProviderFactory())
    assert read(visitor.get(turn_on(fresh(jordan)))) == {}
    assert len(read(visitor.get(turn_on(fresh(dana.user))))) == 1


def test_a_move_raises_the_sequence_and_a_cancellation_stays_as_canceled(
    dana, jordan, fresh, visitor
):
    made = AppointmentFactory(provider=dana, client=jordan)
    path = turn_on(fresh(jordan))
    uid = f"{made.uuid}@headway"
    moved = scheduling.reschedule(
        made,
        by=dana.user,
        starts_at=NOW + timedelta(days=3, hours=2),
        minutes=15,
        place="phone",
        sequence=0,
        requested_by="provider",
    )
    event = read(visitor.get(path))[uid]
    assert (event.sequence.value, event.dtstart.value) == ("1", moved.starts_at)
    scheduling.cancel(moved, by=dana.user)
    event = read(visitor.get(path))[uid]
    assert (event.sequence.value, event.status.value) == ("2", "CANCELLED")
    assert event.dtstart.value == moved.starts_at


def test_it_names_nobody_and_nothing(dana, jordan, fresh, visitor):
    AppointmentFactory(provider=dana, client=jordan, client_note="I can’t sleep.")
    dana.telehealth_link = "https://video.example.com/dana"
    dana.save()
    for who in (jordan, dana.user):
        text = visitor.get(turn_on(fresh(who))).text
        assert "SUMMARY:Appointment" in text
        for secret in ("Dana", "Whitfield", "Jordan", "sleep", "call", "phone", "video", "dana"):
            assert secret not in text, secret


def test_a_calendar_that_has_it_already_is_told_so(dana, jordan, fresh, visitor, monday):
    made = AppointmentFactory(provider=dana, client=jordan)
    path = turn_on(fresh(jordan))
    first = visitor.get(path)
    assert first["Content-Type"] == "text/calendar; charset=utf-8"
    assert first["Cache-Control"] == "private, no-cache"
    monday.shift(3600)
    again = visitor.get(path, headers={"If-None-Match": first["ETag"]})
    assert again.status_code == 304
    assert again.content == b""
    assert again["ETag"] == first["ETag"]
    assert again["Cache-Control"] == "private, no-cache"
    scheduling.cancel(made, by=dana.user)
    changed = visitor.get(path, headers={"If-None-Match": first["ETag"]})
    assert changed.status_code == 200
    assert changed["ETag"] != first["ETag"]


def test_it_costs_the_same_with_more_in_it(dana, jordan, fresh, visitor, django_assert_num_queries):
    path = turn_on(fresh(jordan))
    for n in range(1, 4):
        AppointmentFactory(
            provider=dana,
            client=jordan,
            first_visit=n == 1,
            starts_at=NOW + timedelta(days=n),
        )
        if n != 2:
            with django_assert_num_queries(2):
                assert len(read(visitor.get(path))) == n


def test_a_new_address_stops_the_old_one(monday, jordan, fresh, visitor):
    jordans = fresh(jordan)
    old = turn_on(jordans)
    new = turn_on(jordans)
    assert old != new
    assert visitor.get(old).status_code == 404
    assert visitor.get(new).status_code == 200


def test_a_second_press_shows_the_same_address(monday, jordan, fresh):
    jordans = fresh(jordan)
    form = hidden_fields(jordans.get(URL))
    pages = [jordans.post(URL, form).text for _ in range(2)]
    first, second = (re.search(r"/feeds/[^\"]+", page)[0] for page in pages)
    assert first == second


def test_an_old_form_brings_no_old_address_back(monday, jordan, fresh, visitor):
    jordans = fresh(jordan)
    form = hidden_fields(jordans.get(URL))
    jordans.post(URL, form)
    old = turn_on(jordans)
    monday.shift(1)
    new = turn_on(jordans)
    page = jordans.post(URL, form, follow=True)
    assert "Your calendar feed changed" in page.text
    assert visitor.get(new).status_code == 200
    jordans.post(URL, {"turn_off": "yes"})
    assert "Your calendar feed changed" in jordans.post(URL, form, follow=True).text
    assert [visitor.get(path).status_code for path in (old, new)] == [404, 404]


def test_an_old_form_with_a_newer_version_brings_no_old_address_back(jordan, fresh, visitor):
    jordans = fresh(jordan)
    form = hidden_fields(jordans.get(URL))
    old = turn_on(jordans, form)
    turn_on(jordans)
    again = turn_on(jordans, {**form, "version": CalendarFeed.objects.get().version})
    assert [visitor.get(path).status_code for path in (old, again)] == [404, 200]


def test_turned_off_it_is_gone_and_can_be_turned_on_anew(monday, jordan, fresh, visitor):
    jordans = fresh(jordan)
    old = turn_on(jordans)
    page = jordans.post(URL, {"turn_off": "yes"}, follow=True)
    assert "Your feed is off" in page.text
    assert visitor.get(old).status_code == 404
    assert visitor.get(turn_on(jordans)).status_code == 200


def test_a_page_from_before_it_was_turned_off_turns_nothing_on(jordan, fresh):
    jordans = fresh(jordan)
    turn_on(jordans)
    form = hidden_fields(jordans.get(URL))
    jordans.post(URL, {"turn_off": "yes"})
    assert "Your calendar feed changed" in jordans.post(URL, form, follow=True).text
    assert CalendarFeed.objects.get().turned_off_at


def test_who_may_not_come_in_any_more_has_no_feed(monday, jordan, fresh, visitor):
    path = turn_on(fresh(jordan))
    jordan.is_active = False
    jordan.save()
    assert visitor.get(path).status_code == 404


def test_an_unknown_secret_is_unfound_and_no_other_method_is_there(monday, jordan, fresh, visitor):
    path = turn_on(fresh(jordan))
    assert visitor.get("/feeds/" + "a" * 43 + ".ics").status_code == 404
    assert visitor.get(path[:-5] + ".ics").status_code == 404
    assert visitor.head(path).status_code == 200
    strict = Client(enforce_csrf_checks=True)
    for method in ("post", "put", "delete"):
        answer = getattr(strict, method)(path)
        assert (answer.status_code, answer["Allow"]) == (405, "GET, HEAD")


def test_nobody_makes_a_feed_without_proving_who_they_are(monday, signed_in, fresh, visitor):
    by_code, by_password = UserFactory(), UserFactory(password="a long pass phrase")
    for person, way in (
        (fresh(by_code, ago=3600), "/accounts/reauthenticate/code/?next="),
        (fresh(by_password, ago=3600), "/accounts/reauthenticate/?next="),
        (visitor, "/accounts/login/code/?next="),
    ):
        for answer in (person.get(URL), person.post(URL, {"uuid": "0" * 32, "version": ""})):
            assert answer.status_code == 302
            assert answer.url.startswith(way)
    assert not CalendarFeed.objects.exists()


def test_a_damaged_form_makes_nothing(monday, jordan, fresh):
    jordans = fresh(jordan)
    for form in ({}, {"uuid": "x"}, {"uuid": "0" * 32, "version": "\0"}):
        assert jordans.post(URL, form).status_code == 400
    assert not CalendarFeed.objects.exists()


def test_the_secret_stands_in_no_log(monday, jordan, fresh, caplog, monkeypatch):
    path = turn_on(fresh(jordan))
    secret = path.removeprefix("/feeds/").removesuffix(".ics")
    person = Client(raise_request_exception=False)
    with caplog.at_level(logging.DEBUG):
        assert person.get(path).status_code == 200
        assert person.get(path.replace("feeds", "feed")).status_code == 404
        assert person.get(path + "/").status_code == 404
        monkeypatch.setattr("booking.calendars.ics.uid", None)
        AppointmentFactory(client=jordan)
        assert person.get(path).status_code == 500
    lines = [record.getMessage() for record in caplog.records if record.name != "django.request"]
    assert any("Error in booking:feed_file" in line for line in lines)
    assert not [line for line in lines if secret in line]


@pytest.mark.parametrize("url", ["/appointments/", "/account/"])
def test_the_way_to_it_stands_where_one_looks(jordan, signed_in, url):
    assert f'href="{URL}"' in signed_in(jordan).get(url).text


def test_the_way_to_it_stands_in_the_workspace(desk):
    assert f'href="{URL}"' in desk.get("/workspace/").text
