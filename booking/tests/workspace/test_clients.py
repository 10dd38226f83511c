"""A provider's clients: the list, one client's page, and scheduling with them."""

from datetime import UTC, datetime, timedelta

import pytest

from accounts.models import AccessEvent
from accounts.tests.factories import UserFactory
from booking.models import Appointment, Coverage, Relationship
from booking.tests.factories import (
    AppointmentFactory,
    FollowUpFactory,
    HoldFactory,
    RelationshipFactory,
)
from booking.tests.steps import TEN_AM, planned


def url_of(pair, path=""):
    return f"/workspace/clients/{pair.uuid}/{path}"


def asked(**changes):
    """A virtual session on Wednesday at 10 AM."""
    return planned(**{"date": "2026-12-02", "minutes": ""} | changes)


def test_the_list_shows_who_one_sees_with_the_next_and_the_last_time(dana, jordan, signed_in):
    AppointmentFactory(provider=dana, client=jordan, starts_at=TEN_AM - timedelta(days=14))
    for days in (-21, 0, 7):
        start = TEN_AM + timedelta(days=days)
        FollowUpFactory(provider=dana, client=jordan, starts_at=start)
    for gone in ({"ended_at": TEN_AM}, {"archived_at": TEN_AM}):
        RelationshipFactory(provider=dana, client=UserFactory(full_name="Gone Away"), **gone)
    RelationshipFactory(client=UserFactory(full_name="Of Another"))
    page = signed_in(dana.user).get("/workspace/clients/")
    assert "1 client. " in page.text
    assert "Jordan Ellis" in page.text
    assert "Next: Wednesday, December 2, 10:00 AM" in page.text
    assert "Last: Wednesday, November 18, 10:00 AM" in page.text
    assert "Pacific Time" in page.text
    assert "Gone Away" not in page.text
    assert "Of Another" not in page.text


def test_the_list_carries_a_day_on_to_the_schedule_page(pair, desk):
    page = desk.get("/workspace/clients/", {"date": "2026-12-02", "starts": "00:00"})
    assert "Choose who to schedule on Wednesday, December 2, 12:00 AM." in page.text
    assert f'{url_of(pair, "schedule/")}?date=2026-12-02&amp;starts=00%3A00"' in page.text
    assert 'href="/workspace/calendar/?day=2026-12-02"' in page.text
    page = desk.get("/workspace/clients/", {"date": "2026-12-02", "starts": "25:00"})
    assert f'{url_of(pair, "schedule/")}?date=2026-12-02"' in page.text


@pytest.mark.parametrize("date", ["", "soon", "2026-02-30", "1999-12-31", '"><b>'])
def test_a_bad_day_is_not_carried_on(pair, dana, signed_in, date):
    page = signed_in(dana.user).get("/workspace/clients/", {"date": date, "starts": "10:00"})
    assert f'{url_of(pair, "schedule/")}"' in page.text
    assert "Choose who" not in page.text


def test_whom_the_list_names_is_on_the_trail_once_a_day(pair, dana, jordan, desk):
    for _ in range(2):
        desk.get("/workspace/clients/")
    look = AccessEvent.objects.get()
    assert (look.actor, look.subject, look.what, look.record) == (
        dana.user,
        jordan,
        "seen on the client list",
        str(pair.uuid),
    )


def test_a_clients_page_tells_what_comes_what_was_called_off_and_what_was(
    pair, dana, jordan, signed_in
):
    for days, status in ((-7, "completed"), (-3, "canceled"), (1, "canceled"), (2, "scheduled")):
        FollowUpFactory(
            provider=dana, client=jordan, starts_at=TEN_AM + timedelta(days=days), status=status
        )
    page = signed_in(dana.user).get(url_of(pair)).text
    order = [
        "Coming up",
        "Friday, December 4",
        ">Canceled</h2>",
        "Thursday, December 3",
        ">Past</h2>",
        "Sunday, November 29",
        "Wednesday, November 25",
    ]
    places = [page.index(each) for each in order]
    assert places == sorted(places)


def test_the_list_names_the_year_of_a_day_far_away(dana, jordan, desk):
    start = datetime(2025, 1, 8, 18, tzinfo=UTC)
    AppointmentFactory(provider=dana, client=jordan, starts_at=start)
    page = desk.get("/workspace/clients/", {"date": "2030-12-02"})
    assert "Last: Wednesday, January 8, 2025, 10:00 AM" in page.text
    assert "schedule on Monday, December 2, 2030." in page.text


def test_without_clients_the_list_says_how_they_come(desk):
    assert "No clients yet" in desk.get("/workspace/clients/").text


def test_a_clients_page_shows_what_they_told_and_the_look_is_on_the_trail(
    pair, dana, jordan, plan, signed_in
):
    Coverage.objects.create(relationship=pair, kind="plan", plan=plan, member_id="W1", copay=25)
    AppointmentFactory(provider=dana, client=jordan, starts_at=TEN_AM)
    FollowUpFactory(
        provider=dana,
        client=jordan,
        starts_at=TEN_AM - timedelta(days=7),
        status="no_show",
        call_outcome="not_reached",
    )
    page = signed_in(dana.user).get(url_of(pair))
    for words in (jordan.email, "Aetna Test PPO", "W1", "copay $25", "Wednesday, December 2"):
        assert words in page.text
    assert "No answer" in page.text
    assert "Only Jordan can change these" in page.text
    look = AccessEvent.objects.get()
    assert (look.actor, look.subject, look.record) == (dana.user, jordan, str(pair.uuid))


@pytest.mark.parametrize("path", ["", "schedule/"])
def test_somebody_elses_client_is_unfound_on_every_method(pair, marcus, jordan, signed_in, path):
    for stranger in (marcus.user, jordan, UserFactory(is_staff=True, is_superuser=True)):
        for method in ("get", "post", "put", "delete"):
            assert getattr(signed_in(stranger), method)(url_of(pair, path)).status_code == 404
    assert not AccessEvent.objects.exists()


def test_the_list_is_for_providers_only(jordan, signed_in):
    assert signed_in(jordan).get("/workspace/clients/").status_code == 404


@pytest.mark.parametrize(("page", "queries"), [("list", 6), ("client", 9)])
def test_pages_have_the_same_number_of_queries_at_one_and_three_rows(
    dana, jordan, desk, django_assert_num_queries, page, queries
):
    for n in range(1, 4):
        made = AppointmentFactory(
            provider=dana,
            client=UserFactory() if page == "list" else jordan,
            first_visit=n == 1,
            starts_at=TEN_AM + timedelta(hours=n),
        )
        if n != 2:
            url = "/workspace/clients/" if page == "list" else url_of(made.relationship)
            desk.get(url)
            with django_assert_num_queries(queries):
                assert desk.get(url).status_code == 200


def test_a_session_is_scheduled_and_the_page_says_both_times(pair, jordan, desk, mailbox):
    jordan.time_zone = "America/New_York"
    jordan.save()
    form = desk.get(url_of(pair, "schedule/"))
    assert "Jordan is in Eastern Time" in form.text
    page = desk.post(url_of(pair, "schedule/"), asked(), follow=True)
    made = Appointment.objects.get()
    assert (made.starts_at, made.minutes, made.kind) == (TEN_AM, 50, "session")
    assert not made.first_visit
    assert "Wednesday, December 2, 10:00 AM, Pacific Time" in page.text
    assert "For Jordan that is Wednesday, December 2, 1:00 PM, Eastern Time" in page.text
    assert "1:00 to 1:50 PM, Eastern Time" in mailbox.to(jordan.email)[0].body
    assert AccessEvent.objects.filter(what="appointment scheduled", subject=jordan).count() == 1


def test_a_call_is_by_phone_and_takes_the_usual_minutes(pair, desk):
    desk.post(url_of(pair, "schedule/"), asked(place="phone"))
    made = Appointment.objects.get()
    assert (made.kind, made.place, made.minutes) == ("call", "phone", 15)


@pytest.mark.parametrize("answer", [True, False, None])
def test_a_call_keeps_what_the_client_said_of_voicemail(pair, dana, jordan, desk, answer):
    earlier = TEN_AM - timedelta(days=7)
    AppointmentFactory(provider=dana, client=jordan, voicemail_ok=answer, starts_at=earlier)
    page = desk.post(url_of(pair, "schedule/"), asked(place="phone"), follow=True)
    assert Appointment.objects.get(first_visit=False).voicemail_ok is answer
    assert ("We didn’t ask about voicemail" in page.text) == (answer is None)


@pytest.mark.parametrize(
    ("change", "field", "words"),
    [
        ({"date": ""}, "date", "Choose a day."),
        ({"date": "2026-02-30"}, "date", "Choose a day, like 12/24/2026."),
        ({"date": "9999-12-02"}, "date", "Check the year"),
        ({"minutes": "0"}, "minutes", "A session takes 15 to 180 minutes here."),
        ({"minutes": "14"}, "minutes", "A session takes 15 to 180 minutes here."),
        ({"minutes": "181"}, "minutes", "A session takes 15 to 180 minutes here."),
        ({"minutes": "\x00"}, "minutes", "Enter the minutes as a number"),
        ({"minutes": "9" * 5000}, "minutes", "Enter the minutes as a number"),
        ({"minutes": "50", "place": "phone"}, "minutes", "A phone call takes 10 to 30 minutes"),
        ({"place": "moon"}, "place", "Choose one of these"),
        ({"uuid": "x"}, None, "One thing to fix"),
        ({"uuid": ""}, None, "One thing to fix"),
        ({"anyway": "\x00"}, None, "One thing to fix"),
    ],
)
def test_what_is_wrong_is_told_and_nothing_is_lost(pair, desk, change, field, words):
    page = desk.post(url_of(pair, "schedule/"), asked(**change))
    assert page.status_code == 400
    assert words in page.text
    assert (f'id="id_{field}_error"' in page.text) == bool(field)
    kept = {"date": "2026-12-02", "starts": "10:00"}
    assert all(name in change or f'value="{value}"' in page.text for name, value in kept.items())
    assert not Appointment.objects.exists()
    uuid = page.context["form"]["uuid"].value()
    assert desk.post(url_of(pair, "schedule/"), asked(uuid=uuid)).status_code == 302
    assert Appointment.objects.count() == 1


def test_doubts_wait_for_a_yes_to_that_very_time(pair, jordan, desk):
    jordan.state = "NV"
    jordan.save()
    ask = asked(starts="19:00")
    page = desk.post(url_of(pair, "schedule/"), ask)
    assert page.status_code == 409
    assert "This time is outside your working hours." in page.text
    assert "You don’t have a license in Nevada, where Jordan lives." in page.text
    key = f"{int((TEN_AM + timedelta(hours=9)).timestamp())} 50 virtual"
    assert f'name="anyway" value="{key}"' in page.text
    other = desk.post(url_of(pair, "schedule/"), {**ask, "starts": "20:00", "anyway": key})
    assert other.status_code == 409
    assert not Appointment.objects.exists()
    desk.post(url_of(pair, "schedule/"), {**ask, "anyway": key})
    assert Appointment.objects.get().starts_at == TEN_AM + timedelta(hours=9)


@pytest.mark.parametrize(
    ("blocks", "place", "expected"),
    [
        ([(540, 1020, "virtual")], "in_person", "Your hours then are for virtual sessions only."),
        ([(540, 1020, "in_person")], "virtual", "Your hours then are for in-person sessions only."),
        ([(540, 1020, "calls")], "virtual", "Your hours then are for phone calls only."),
        (
            [(540, 620, "virtual"), (620, 1020, "in_person")],
            "virtual",
            "Not all of your hours then are for virtual sessions.",
        ),
        ([(540, 620, "virtual")], "virtual", "This time is outside your working hours."),
    ],
)
def test_hours_for_something_else_are_told_apart_from_no_hours(
    pair, dana, signed_in, blocks, place, expected
):
    dana.office_address = "1 Main Street"
    dana.save()
    dana.working_hours.all().delete()
    for first, last, kind in blocks:
        dana.working_hours.create(weekday=2, from_minute=first, to_minute=last, place=kind)
    page = signed_in(dana.user).post(url_of(pair, "schedule/"), asked(place=place))
    assert page.status_code == 409
    assert page.context["form"].warnings == [expected]


def test_less_than_the_buffer_around_others_waits_for_a_yes(pair, dana, desk):
    dana.buffer_minutes = 10
    dana.save()
    before = {"starts_at": TEN_AM - timedelta(minutes=55), "ends_at": TEN_AM - timedelta(minutes=5)}
    AppointmentFactory(provider=dana, **before)
    HoldFactory(provider=dana, starts_at=TEN_AM + timedelta(minutes=50))
    page = desk.post(url_of(pair, "schedule/"), asked())
    assert page.status_code == 409
    expected = "this is 5 minutes after another one and right before another one."
    assert f"You keep 10 minutes free around appointments, and {expected}" in page.text
    key = page.context["form"].key
    assert desk.post(url_of(pair, "schedule/"), asked(anyway=key)).status_code == 302


@pytest.mark.parametrize(("date", "asks"), [("2028-12-01", True), ("2027-11-29", False)])
def test_a_mistyped_year_is_asked_about(pair, dana, signed_in, date, asks):
    dana.licenses.update(expires="2035-01-01")
    page = signed_in(dana.user).post(url_of(pair, "schedule/"), asked(date=date))
    assert page.status_code == (409 if asks else 302)
    assert asks is (b"more than a year away: Friday, December 1, 2028." in page.content)


def test_from_a_day_of_the_calendar_the_way_leads_back_to_it(pair, desk):
    url = url_of(pair, "schedule/")
    for query, day in (("", ""), ("?date=2026-12-02", "2026-12-02"), ("?date=x", "")):
        back = f"/workspace/calendar/?day={day}" if day else url_of(pair)
        for page in (desk.get(url + query), desk.post(url + query, asked(starts=""))):
            assert page.text.count(f'href="{back}"') == 2
            assert ("/workspace/calendar/?week=2026-12-02" in page.text) == bool(
                day or page.status_code == 400
            )


def test_the_list_sorts_names_as_people_do(dana, signed_in):
    for name in ("Hiro Okubo", "Héctor Santiago", "amara Diallo", "Zoe Young"):
        RelationshipFactory(provider=dana, client=UserFactory(full_name=name))
    page = signed_in(dana.user).get("/workspace/clients/").text
    order = ["amara Diallo", "Héctor Santiago", "Hiro Okubo", "Zoe Young"]
    places = [page.index(f">{each}<") for each in order]
    assert places == sorted(places)


def test_over_another_appointment_never_and_told_at_the_field(pair, dana, desk):
    AppointmentFactory(provider=dana, starts_at=TEN_AM)
    HoldFactory(provider=dana, starts_at=TEN_AM + timedelta(hours=2))
    page = desk.post(url_of(pair, "schedule/"), asked(anyway="yes"))
    assert page.status_code == 409
    assert 'id="id_starts_error"' in page.text
    assert "You have another appointment then:" in page.text
    page = desk.post(url_of(pair, "schedule/"), asked(starts="12:00"))
    assert page.status_code == 409
    assert "A new client is booking that time right now. It’s held until 8:10 AM." in page.text
    assert Appointment.objects.count() == 1


def test_where_they_ended_nothing_is_scheduled(pair, desk):
    Relationship.objects.update(ended_at=TEN_AM)
    page = desk.get(url_of(pair))
    assert "You no longer work together" in page.text
    assert "schedule/" not in page.text
    assert desk.get(url_of(pair, "schedule/")).status_code == 404
    assert desk.post(url_of(pair, "schedule/"), asked()).status_code == 404
    assert not Appointment.objects.exists()


def test_who_plans_without_end_waits_a_day_and_loses_nothing(monday, pair, dana, jordan, signed_in):
    for number in range(30):
        start = TEN_AM + timedelta(days=number)
        AppointmentFactory(provider=dana, client=jordan, starts_at=start, status="canceled")
    page = signed_in(dana.user).post(url_of(pair, "schedule/"), asked(minutes="45"))
    assert page.status_code == 429
    assert "Wait a day before you schedule more" in page.text
    assert 'value="45"' in page.text
    monday.shift(timedelta(days=1, seconds=1))
    assert signed_in(dana.user).post(url_of(pair, "schedule/"), asked()).status_code == 302
