"""A provider's Today: what it says of each appointment, and who looked."""

from datetime import UTC, datetime, timedelta

import pytest

from accounts import outbox
from accounts.models import AccessEvent, Notification
from accounts.tests.steps import nobody_at
from booking.appointments import scheduling
from booking.tests.factories import AppointmentFactory
from booking.tests.steps import moved, url_of
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
def test_today_says_who_canceled_and_who_asked_for_it(call, dana, jordan, desk, by, side, words):
    who = {"jordan": jordan, "dana": dana.user}[by]
    scheduling.cancel(call, by=who, requested_by=side)
    assert f"10:00 to 10:15 AM. {words}" in desk.get(URL).text


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
    assert f'href="/messages/{call.relationship.uuid}/#write"' in page.text
    assert page.text.index("is-now") < page.text.index("Jordan Ellis")


def test_what_comes_stands_under_its_day_before_what_was_canceled(dana, signed_in):
    for hours in (24, 25, 48):
        AppointmentFactory(provider=dana, starts_at=TEN + timedelta(hours=hours))
    off = AppointmentFactory(provider=dana, starts_at=TEN + timedelta(days=5))
    scheduling.cancel(off, by=off.client)
    page = signed_in(dana.user).get(URL)
    days = ["<h3>Tomorrow, December 1</h3>", "<h3>Wednesday, December 2</h3>", "Recently canceled"]
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


def test_today_and_the_appointment_say_when_an_email_did_not_arrive(
    session, dana, jordan, desk, mailbox, monkeypatch, settings
):
    nobody_at(monkeypatch, settings, jordan.email)
    desk.post(url_of(session, "move/"), moved())
    assert [mail.to for mail in mailbox] == [[dana.user.email]]
    page = desk.get(URL)
    assert page.context["unreached"] == [session]
    assert jordan.email not in page.text
    assert desk.get(url_of(session)).context["unreached"] == {jordan.pk}
    looks = AccessEvent.objects.filter(what="seen on Today", subject=jordan)
    assert looks.count() == 1


def test_once_it_was_sent_again_neither_says_so(
    session, dana, jordan, desk, mailbox, monkeypatch, settings
):
    nobody_at(monkeypatch, settings, jordan.email, dana.user.email)
    desk.post(url_of(session, "move/"), moved())
    assert not mailbox
    assert desk.get(url_of(session)).context["unreached"] == {jordan.pk, dana.user.pk}
    nobody_at(monkeypatch, settings)
    outbox.send_again(Notification.objects.all())
    assert len(mailbox) == 2
    assert desk.get(URL).context["unreached"] == []
    assert desk.get(url_of(session)).context["unreached"] == set()


def test_a_provider_hears_only_of_their_own_appointments(
    monday, session, dana, marcus, jordan, signed_in, mailbox, monkeypatch, settings
):
    other = AppointmentFactory(provider=marcus, client=jordan)
    nobody_at(monkeypatch, settings, jordan.email)
    scheduling.cancel(other, by=jordan)
    assert [mail.to for mail in mailbox] == [[marcus.user.email]]
    assert signed_in(dana.user).get(URL).context["unreached"] == []
    assert signed_in(dana.user).get(url_of(session)).context["unreached"] == set()
    assert signed_in(marcus.user).get(URL).context["unreached"] == [other]
    monday.move_to(other.ends_at + timedelta(days=3))
    assert signed_in(marcus.user).get(URL).context["unreached"] == []


def test_any_number_of_failed_emails_costs_the_same_queries(
    dana, desk, monkeypatch, settings, mailbox, django_assert_num_queries
):
    for n in range(1, 4):
        made = AppointmentFactory(provider=dana, starts_at=TEN + timedelta(days=n))
        nobody_at(monkeypatch, settings, made.client.email)
        scheduling.cancel(made, by=dana.user)
        assert mailbox
        desk.get(URL)
        if n != 2:
            with django_assert_num_queries(11):
                assert len(desk.get(URL).context["unreached"]) == n
