"""An appointment's page, the list, the calendar file, and who may see them."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone
from icalendar import Calendar

from accounts.models import AccessEvent
from accounts.tests.factories import UserFactory
from booking.appointments.recording import record
from booking.models import Appointment
from booking.tests.factories import AppointmentFactory, FollowUpFactory
from booking.tests.steps import answers, details_url, first_start


def book(provider, client, **changes):
    """Book by the form, and return the appointment."""
    client.post(details_url(provider), answers(provider, **changes))
    return Appointment.objects.get(provider=provider)


def test_a_call_says_who_calls_whom_and_from_which_number(dana, jordan, signed_in):
    jordans = signed_in(jordan)
    page = jordans.get(book(dana, jordans).get_absolute_url())
    assert "Dana calls you at (916) 555-0142" in page.text
    assert "The call will come from (916) 555-0101, but the number may be hidden." in page.text
    assert "Voicemail is OK" in page.text


def test_a_virtual_session_says_when_one_can_join(marcus, jordan, signed_in):
    jordans = signed_in(jordan)
    url = book(marcus, jordans).get_absolute_url()
    assert "30 minutes before: " in jordans.get(url).text
    marcus.telehealth_link = ""
    marcus.save()
    page = jordans.get(url)
    assert "https://video" not in page.text
    assert "There’s no link yet." in page.text


def test_a_copay_is_shown_as_an_estimate(marcus, jordan, signed_in):
    jordans = signed_in(jordan)
    page = jordans.get(book(marcus, jordans).get_absolute_url())
    assert "about $25 a session" in page.text
    assert "An estimate, based on what you told us." in page.text


def test_both_zones_are_named_where_they_differ(dana, jordan, signed_in):
    jordans = signed_in(jordan)
    jordans.cookies["zone"] = "America/New_York"
    page = jordans.get(book(dana, jordans).get_absolute_url())
    assert "1:00 to 1:15 PM" in page.text
    assert "Eastern Time." in page.text
    assert "For Dana, it’s 10:00 AM, Pacific Time" in page.text


@pytest.mark.parametrize("path", ["", "cancel/", "calendar.ics"])
def test_somebody_elses_appointment_is_unfound_on_every_method(dana, jordan, signed_in, path):
    url = AppointmentFactory(provider=dana, client=jordan).get_absolute_url() + path
    for stranger in (UserFactory(), dana.user):
        for method in ("get", "post", "put", "delete"):
            assert getattr(signed_in(stranger), method)(url).status_code == 404


@pytest.mark.parametrize("path", ["", "calendar.ics"])
def test_the_providers_side_is_unfound_for_all_others(dana, marcus, jordan, desk, signed_in, path):
    uuid = AppointmentFactory(provider=dana, client=jordan).uuid
    url = f"/workspace/appointments/{uuid}/{path}"
    for stranger in (jordan, marcus.user, UserFactory(is_staff=True, is_superuser=True)):
        assert signed_in(stranger).get(url).status_code == 404
    assert desk.get(url).status_code == 200


def test_signed_out_people_log_in_first_whether_it_exists_or_not(dana, jordan, visitor):
    made = AppointmentFactory(provider=dana, client=jordan)
    for url in (made.get_absolute_url(), "/appointments/0d8f6a6c-6d2b-4a53-9a3b-6a3b8ad6ad01/"):
        page = visitor.get(url)
        assert page.status_code == 302
        assert page.url.startswith("/accounts/login/code/")


def test_the_list_shows_what_is_to_come_and_what_was(dana, marcus, jordan, signed_in):
    AppointmentFactory(provider=dana, client=jordan)
    AppointmentFactory(
        provider=marcus,
        client=jordan,
        status="canceled",
        starts_at=datetime(2026, 11, 2, 18, tzinfo=UTC),
    )
    AppointmentFactory(provider=dana, starts_at=datetime(2026, 12, 3, 18, tzinfo=UTC))
    page = signed_in(jordan).get("/appointments/")
    assert page.text.count("appointment-row") == 2
    assert page.text.index("Dana Whitfield") < page.text.index("Marcus Okafor")
    assert "Canceled" in page.text


def test_an_empty_list_shows_the_way_to_a_provider(jordan, signed_in):
    page = signed_in(jordan).get("/appointments/")
    assert "Nothing scheduled" in page.text


@pytest.mark.parametrize("url", ["/appointments/", "/workspace/"])
def test_lists_have_the_same_number_of_queries_at_one_and_three_rows(
    dana, jordan, signed_in, django_assert_num_queries, url
):
    person = signed_in(jordan if url == "/appointments/" else dana.user)
    for n in range(1, 4):
        AppointmentFactory(
            provider=dana,
            client=jordan,
            first_visit=n == 1,
            starts_at=datetime(2026, 11, 30, 18 + n, tzinfo=UTC),
        )
        if n != 2:
            person.get(url)
            with django_assert_num_queries(8 if url == "/appointments/" else 10):
                assert person.get(url).status_code == 200


def test_the_calendar_file_is_discreet_and_names_the_instant(dana, jordan, signed_in):
    jordans = signed_in(jordan)
    made = book(dana, jordans)
    answer = jordans.get(made.get_absolute_url() + "calendar.ics")
    assert answer["Content-Type"] == "text/calendar"
    calendar = Calendar.from_ical(answer.content)
    (event,) = calendar.walk("VEVENT")
    assert event["SUMMARY"] == "Appointment"
    assert event["UID"] == f"{made.uuid}@headway"
    assert event["SEQUENCE"] == 0
    assert event["DTSTART"].dt == made.starts_at
    assert event["DTEND"].dt == made.ends_at
    assert calendar["METHOD"] == "PUBLISH"
    assert "Dana" not in answer.text
    assert "sleep" not in answer.text


def test_mail_says_when_and_never_with_whom_or_why(dana, jordan, signed_in, mailbox):
    book(dana, signed_in(jordan))
    (to_client,) = mailbox.to(jordan.email)
    (to_provider,) = mailbox.to(dana.user.email)
    for mail in (to_client, to_provider):
        html = mail.alternatives[0][0]
        everything = f"{mail.subject} {mail.body} {html} {mail.attachments[0].content}"
        assert "Monday, November 30" in mail.body
        assert "10:00 to 10:15 AM, Pacific Time" in mail.body
        for secret in ("Dana", "Whitfield", "Jordan", "sleep", "Aetna", "phone call", "video"):
            assert secret not in everything, secret
        assert "METHOD:REQUEST" in str(mail.attachments[0].content)


def test_mail_to_a_client_elsewhere_is_in_their_zone(dana, jordan, signed_in, mailbox):
    jordans = signed_in(jordan)
    jordans.cookies["zone"] = "America/New_York"
    book(dana, jordans)
    assert "1:00 to 1:15 PM, Eastern Time" in mailbox.to(jordan.email)[0].body
    assert "10:00 to 10:15 AM, Pacific Time" in mailbox.to(dana.user.email)[0].body


def test_the_provider_sees_who_comes_today_and_what_is_coming(dana, jordan, signed_in):
    book(dana, signed_in(jordan))
    AppointmentFactory(provider=dana, client=UserFactory(full_name="Amara Diallo"))
    page = signed_in(dana.user).get("/workspace/")
    assert "Monday, November 30" in page.text
    assert page.text.index("Jordan Ellis") < page.text.index("Amara Diallo")
    assert "(916) 555-0142" in page.text
    assert dana.booking_url in page.text


def test_the_provider_reads_what_the_client_told_and_the_look_is_on_the_trail(
    dana, jordan, signed_in
):
    made = book(dana, signed_in(jordan))
    page = signed_in(dana.user).get(f"/workspace/appointments/{made.uuid}/")
    for words in ("Jordan Ellis", "I can’t sleep.", "W1234", "April 27, 1990", "California"):
        assert words in page.text
    look = AccessEvent.objects.get()
    assert (look.actor, look.subject, look.record) == (dana.user, jordan, str(made.uuid))


def test_the_workspace_is_for_providers_only(jordan, signed_in):
    assert signed_in(jordan).get("/workspace/").status_code == 404


def test_today_is_the_providers_today(monday, dana, signed_in):
    monday.move_to(datetime(2026, 12, 1, 6, 30, tzinfo=UTC))  # still Monday evening in California
    AppointmentFactory(provider=dana, starts_at=datetime(2026, 12, 1, 7, tzinfo=UTC))
    page = signed_in(dana.user).get("/workspace/")
    assert "Monday, November 30" in page.text
    assert "1 appointment today" in page.text


def test_reminders_go_out_once_each_and_name_only_the_time(
    monday, dana, jordan, signed_in, mailbox
):
    jordans = signed_in(jordan)
    start = first_start(dana) + 2 * 86400
    book(dana, jordans, at=start)
    assert len(mailbox.to(jordan.email)) == 1
    monday.move_to(datetime.fromtimestamp(start, UTC) - timedelta(hours=24))
    assert [mail.subject for mail in mailbox.to(jordan.email)][1:] == [
        "Your appointment is tomorrow"
    ]
    monday.move_to(datetime.fromtimestamp(start, UTC) - timedelta(hours=2))
    assert mailbox.to(jordan.email)[2].subject == "Your appointment is in two hours"
    monday.shift(timedelta(hours=3))
    assert len(mailbox.to(jordan.email)) == 3


def test_mails_are_on_their_way_in_the_first_minutes_only(monday, dana, jordan, signed_in):
    jordans = signed_in(jordan)
    made = book(dana, jordans)
    for minutes, underway in ((0, True), (11, False)):
        monday.shift(timedelta(minutes=minutes))
        page = jordans.get(made.get_absolute_url())
        assert ("We’re emailing you a confirmation" in page.text) == underway
        assert ("We’ve emailed you both." in page.text) != underway
    was = {"was_starts_at": made.starts_at - timedelta(hours=1), "was_ends_at": made.starts_at}
    record(made, "moved", by=dana.user, at=timezone.now(), was_place=made.place, **was)
    assert jordans.get(made.get_absolute_url()).context["mails_are_underway"]


def test_where_the_page_and_the_mails_go_by_two_zones_it_says_so(dana, jordan, signed_in):
    made = AppointmentFactory(provider=dana, client=jordan)
    jordans = signed_in(jordan)
    for zone, expected in (("America/Los_Angeles", True), ("America/Detroit", False), ("", False)):
        jordan.time_zone = zone
        jordan.save()
        page = jordans.get(f"{made.get_absolute_url()}?zone=America/New_York")
        words = 'Pacific Time, the time zone in <a href="/account/">your account</a>.'
        assert (f"Our emails use {words}" in page.text) == expected
        assert ("Our emails use" in page.text) == expected


def test_a_day_that_is_far_away_names_its_year(dana, jordan, signed_in):
    near = AppointmentFactory(provider=dana, client=jordan)
    far = FollowUpFactory(
        provider=dana, client=jordan, starts_at=datetime(2030, 1, 2, 18, tzinfo=UTC)
    )
    jordans = signed_in(jordan)
    assert "Wednesday, January 2, 2030" in jordans.get(far.get_absolute_url()).text
    assert ", 2026" not in jordans.get(near.get_absolute_url()).text
    assert "January 2, 2030" in jordans.get("/appointments/").text
