"""A provider's hours: the week, time off, openings, rules, pause; the preview; what stays."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import timezone

from accounts.tests.factories import UserFactory
from booking import availability, hours, tasks
from booking.models import Appointment, Opening, TimeOff
from booking.tests.conftest import details_url, first_start
from booking.tests.factories import AppointmentFactory
from booking.tests.test_race import contend, enter, provider_and_form
from providers.models import Provider
from providers.tests.factories import ProviderFactory

WEEK = "/workspace/availability/"
OFF = f"{WEEK}off/"
OPENINGS = f"{WEEK}openings/"
RULES = f"{WEEK}rules/"
PAGES = [WEEK, OFF, OPENINGS, RULES, f"{WEEK}why/"]
TEN_AM = datetime(2026, 12, 2, 18, tzinfo=UTC)  # Wednesday, in Pacific Time


@pytest.fixture
def desk(dana, signed_in):
    """Dana, past the door."""
    return signed_in(dana.user)


def week(*blocks, do="save", **more):
    """The form with (weekday, from, to, place) blocks."""
    data = {"block-TOTAL_FORMS": len(blocks), "block-INITIAL_FORMS": len(blocks), "do": do}
    for n, block in enumerate(blocks):
        for name, value in zip(("weekday", "starts", "ends", "place"), block, strict=True):
            data[f"block-{n}-{name}"] = value
    return {**data, **more}


def rules(provider, **changes):
    """The form of the rules as it stands, with changes."""
    names = "call_minutes session_minutes buffer_minutes minimum_notice_hours horizon_days"
    names += " cancellation_window_hours late_cancellation time_zone"
    data = {name: getattr(provider, name) for name in names.split()}
    if provider.accepting_new_clients:
        data["accepting_new_clients"] = "on"
    data |= {"do": "save"} | changes
    return {name: value for name, value in data.items() if value is not None}


def saved(provider):
    return list(provider.working_hours.values_list("weekday", "from_minute", "to_minute", "place"))


@pytest.mark.parametrize("url", [*PAGES, f"{WEEK}preview/week/"])
def test_only_providers_have_hours(url, jordan, signed_in, visitor):
    client = signed_in(jordan)
    assert client.get(url).status_code in (404, 405)
    assert client.post(url).status_code in (403, 404)
    assert visitor.get(url).status_code in (302, 405)


@pytest.mark.parametrize(("url", "queries"), [*zip(PAGES, (8, 6, 6, 5, 3), strict=True)])
def test_each_page_names_the_zone_and_costs_the_same_for_more_rows(
    url, queries, dana, desk, django_assert_num_queries
):
    def fill(number):
        for day in range(number):
            starts_at = TEN_AM + timedelta(days=day, hours=number)
            span = {"starts_at": starts_at, "ends_at": starts_at + timedelta(hours=1)}
            TimeOff.objects.create(provider=dana, **span)
            Opening.objects.create(provider=dana, **span)
            AppointmentFactory(provider=dana, starts_at=starts_at + timedelta(days=7))

    dana.working_hours.filter(weekday__gt=0).delete()
    fill(1)
    page = desk.get(url)
    assert "Pacific Time" in page.text
    with django_assert_num_queries(queries):
        desk.get(url)
    fill(3)
    with django_assert_num_queries(queries):
        desk.get(url)


def test_the_week_is_saved_and_new_clients_see_it_at_once(dana, desk):
    page = desk.post(
        WEEK,
        week(
            (1, "13:00", "17:00", "both"),
            (1, "09:00", "12:00", "calls"),
            (4, "20:00", "00:00", "virtual"),
        ),
        follow=True,
    )
    assert "Your weekly hours are saved" in page.text
    assert saved(dana) == [
        (1, 540, 720, "calls"),
        (1, 780, 1020, "both"),
        (4, 1200, 1440, "virtual"),
    ]
    dana.refresh_from_db()
    assert dana.next_opening_at == datetime(2026, 12, 1, 17, tzinfo=UTC)
    assert dana.offers_in_person
    shown = desk.get(WEEK).text
    assert 'value="00:00"' in shown


@pytest.mark.parametrize(
    ("blocks", "field", "words"),
    [
        ([(0, "10:00", "09:00", "both")], "ends", "Choose an end after the start."),
        ([(0, "10:00", "10:00", "both")], "ends", "Choose an end after the start."),
        ([(0, "", "10:00", "both")], "starts", "Add a time."),
        ([(0, "soon", "10:00", "both")], "starts", "Write a time, like 9:30 AM."),
    ],
)
def test_what_is_wrong_is_told_at_the_field_and_nothing_is_lost(desk, dana, blocks, field, words):
    before = saved(dana)
    page = desk.post(WEEK, week(*blocks, (3, "11:11", "12:12", "in_person")))
    assert page.status_code == 400
    assert f'id="id_block-0-{field}_error"' in page.text
    assert words in page.text
    assert 'value="11:11"' in page.text
    assert saved(dana) == before


def test_each_block_that_overlaps_one_before_is_told(desk):
    day = [
        (2, "09:00", "17:00", "both"),
        (2, "10:00", "11:00", "both"),
        (2, "16:00", "18:00", "calls"),
    ]
    page = desk.post(WEEK, week(*day))
    assert page.status_code == 400
    assert page.text.count('class="field-error"') == 2
    assert "This overlaps 9:00 AM to 5:00 PM." in page.text
    assert desk.post(WEEK, week(day[1], (2, "11:00", "12:00", "both"))).status_code == 302


def test_a_made_up_form_is_a_bad_request(desk, dana):
    before = saved(dana)
    for data in (
        {"do": "save"},
        {**week((9, "09:00", "10:00", "both"))},
        week((0, "09:00", "10:00", "moon")),
        {
            **week((0, "09:00", "10:00", "both")),
            "block-INITIAL_FORMS": "0",
            "block-TOTAL_FORMS": "2",
        },
        {**week(), "block-TOTAL_FORMS": "9999"},
    ):
        assert desk.post(WEEK, data).status_code == 400
    assert saved(dana) == before


def test_blocks_are_added_removed_and_copied_by_plain_buttons(desk, dana):
    before = saved(dana)
    blocks = [(0, "08:15", "10:15", "in_person"), (1, "09:00", "10:00", "both")]
    assert 'formaction="#id_block-5-starts"' in desk.get(WEEK).text
    page = desk.post(WEEK, week(*blocks, do="add-0"))
    assert page.context["week"].initial_form_count() == 3
    assert page.text.count('value="08:15"') == 1
    assert 'id="id_block-2-starts"' in page.text
    page = desk.post(WEEK, week(*blocks, do="remove-0"))
    assert 'value="08:15"' not in page.text
    page = desk.post(WEEK, week(*blocks, do="copy-0", **{"to-0": ["1", "5", "0"]}))
    assert page.text.count('value="08:15"') == 3
    assert 'value="09:00"' not in page.text
    assert saved(dana) == before
    for strange in ("add-9", "remove-77", "copy-x", "add-", "remove-99999999999"):
        assert desk.post(WEEK, week(*blocks, do=strange)).status_code in (200, 302)


def test_a_block_that_the_clocks_skip_is_named_with_its_date(desk):
    page = desk.post(WEEK, week((6, "02:00", "03:00", "virtual"), do="preview"))
    assert "On March 14, 2027, the clocks go forward and skip this block" in page.text
    page = desk.post(WEEK, week((6, "02:00", "03:30", "virtual"), do="preview"))
    assert "go forward" not in page.text


def test_the_preview_shows_next_week_before_it_is_saved(desk, dana):
    block = (1, "09:00", "10:00", "virtual")
    page = desk.post(WEEK, week(block, do="preview"))
    assert page.status_code == 200
    assert page.context["preview"]["count"] == 4
    assert "9:00 to 9:45 AM" in page.text
    part = desk.post(f"{WEEK}preview/week/", week(block))
    assert "9:00 to 9:45 AM" in part.text
    assert "<html" not in part.text
    assert "can’t be read yet" in desk.post(f"{WEEK}preview/week/", week((1, "", "", ""))).text
    part = desk.post(f"{WEEK}preview/rules/", rules(dana, accepting_new_clients=None))
    assert "nobody can book" in part.text
    part = desk.post(f"{WEEK}preview/rules/", rules(dana, call_minutes="30"))
    assert "9:00 AM to 4:30 PM" in part.text
    part = desk.post(f"{WEEK}preview/off/", {"first_day": "2026-12-07", "last_day": "2026-12-12"})
    assert part.text.count("No times") == 7
    opening = {"day": "2026-12-13", "starts": "08:00", "ends": "09:00", "place": "calls"}
    part = desk.post(f"{WEEK}preview/openings/", opening)
    assert "8:00 to 8:45 AM" in part.text
    assert desk.post(f"{WEEK}preview/else/").status_code == 404
    assert len(saved(dana)) == 5
    assert not TimeOff.objects.exists()
    assert not Opening.objects.exists()


def test_the_preview_is_what_a_new_client_sees(desk, dana):
    part = desk.post(f"{WEEK}preview/week/", week((2, "09:00", "11:00", "virtual")))
    desk.post(WEEK, week((2, "09:00", "11:00", "virtual")))
    calendar = availability.load([dana], now=timezone.now())[dana.pk]
    next_week = [each for each in calendar.starts("phone") if each > TEN_AM.timestamp() + 432_000]
    assert f"{len(next_week[:8])} times" in part.text


def test_shrinking_the_week_shows_what_would_stand_outside_and_touches_nothing(desk, dana):
    booked = AppointmentFactory(provider=dana, starts_at=TEN_AM, client__full_name="Ada Quill")
    AppointmentFactory(provider=dana, starts_at=TEN_AM + timedelta(hours=5))
    afternoons = week(*[(day, "13:00", "17:00", "virtual") for day in range(5)])
    page = desk.post(WEEK, afternoons)
    assert page.status_code == 409
    assert "This appointment would stand outside" in page.text
    assert "Ada Quill" in page.text
    assert f'"/workspace/appointments/{booked.uuid}/"' in page.text
    assert f'"/workspace/appointments/{booked.uuid}/move/"' in page.text
    assert "Save all the same" in page.text
    assert saved(dana)[0] == (0, 540, 1020, "virtual")
    assert desk.post(WEEK, {**afternoons, "seen": str(booked.uuid)}).status_code == 409
    page = desk.post(WEEK, {**afternoons, "do": "anyway", "seen": str(booked.uuid)})
    assert page.status_code == 302
    assert saved(dana)[0] == (0, 780, 1020, "virtual")
    untouched = Appointment.objects.get(pk=booked.pk)
    assert (untouched.starts_at, untouched.status, untouched.sequence) == (TEN_AM, "scheduled", 0)


def test_an_appointment_that_came_meanwhile_is_shown_before_it_is_saved(desk, dana):
    first = AppointmentFactory(provider=dana, starts_at=TEN_AM)
    late = AppointmentFactory(provider=dana, starts_at=TEN_AM + timedelta(hours=1))
    nothing = {**week(), "do": "anyway", "seen": [str(first.uuid), "x"]}
    page = desk.post(WEEK, nothing)
    assert page.status_code == 409
    assert str(late.uuid) in page.text


def test_what_stood_outside_before_is_no_news(desk, dana):
    AppointmentFactory(provider=dana, starts_at=TEN_AM + timedelta(hours=9))
    page = desk.post(WEEK, week((2, "09:00", "17:00", "virtual")))
    assert page.status_code == 302


def test_whole_days_off_by_range(desk, dana):
    page = desk.post(
        OFF, {"first_day": "2026-12-24", "last_day": "2026-12-27", "do": "save"}, follow=True
    )
    assert "Thursday, December 24 to Sunday, December 27" in page.text
    off = TimeOff.objects.get(provider=dana)
    assert off.starts_at == datetime(2026, 12, 24, 8, tzinfo=UTC)
    assert off.ends_at == datetime(2026, 12, 28, 8, tzinfo=UTC)
    desk.post(OFF, {"first_day": "2026-12-24", "last_day": "2026-12-27", "do": "save"})
    assert TimeOff.objects.count() == 1


def test_hours_off_take_the_next_opening_and_removing_them_gives_it_back(desk, dana):
    opening = first_start(dana)
    desk.post(OFF, {"first_day": "2026-11-30", "first_clock": "09:00", "last_clock": "11:30"})
    dana.refresh_from_db()
    assert dana.next_opening_at == datetime(2026, 11, 30, 19, 30, tzinfo=UTC)
    page = desk.get(OFF)
    assert "Monday, November 30, 9:00 to 11:30 AM" in page.text
    off = TimeOff.objects.get()
    gone = {
        "do": "remove",
        "starts_at": int(off.starts_at.timestamp()),
        "ends_at": int(off.ends_at.timestamp()),
    }
    for _ in range(2):
        assert "That time off is gone" in desk.post(OFF, gone, follow=True).text
    dana.refresh_from_db()
    assert dana.next_opening_at.timestamp() == opening


@pytest.mark.parametrize(
    ("data", "field", "words"),
    [
        ({"first_day": ""}, "first_day", "Choose a day."),
        ({"first_day": "2026-12-24", "last_day": "2026-12-23"}, "last_day", "after the start"),
        ({"first_day": "2026-11-27"}, "last_day", "over already"),
        ({"first_day": "9999-12-31"}, "first_day", "next two years"),
        ({"first_day": "2027-03-14", "first_clock": "02:30"}, "first_clock", "skip this time"),
        (
            {"first_day": "2026-12-24", "first_clock": "10:00", "last_clock": "09:00"},
            "last_clock",
            "after the start",
        ),
    ],
)
def test_time_off_that_can_not_be_is_told_at_the_field(desk, data, field, words):
    page = desk.post(OFF, {**data, "do": "save"})
    assert page.status_code == 400
    assert f'id="id_{field}_error"' in page.text
    assert words in page.text
    assert not TimeOff.objects.exists()


def test_a_day_off_whose_midnight_is_skipped_begins_with_its_first_instant(dana, desk):
    Provider.objects.filter(pk=dana.pk).update(time_zone="America/Santiago")
    desk.post(OFF, {"first_day": "2027-09-05"})
    off = TimeOff.objects.get()
    assert off.starts_at == datetime(2027, 9, 5, 4, tzinfo=UTC)
    assert off.ends_at == datetime(2027, 9, 6, 3, tzinfo=UTC)
    assert "Sunday, September 5 <" in desk.get(OFF).text.replace("</", " </")


def test_time_off_over_an_appointment_asks_first(desk, dana):
    booked = AppointmentFactory(provider=dana, starts_at=TEN_AM)
    day = {"first_day": "2026-12-02", "do": "save"}
    page = desk.post(OFF, day)
    assert page.status_code == 409
    assert 'value="2026-12-02"' in page.text
    assert not TimeOff.objects.exists()
    desk.post(OFF, {**day, "do": "anyway", "seen": str(booked.uuid)})
    assert TimeOff.objects.count() == 1
    assert Appointment.objects.get().starts_at == TEN_AM


def test_an_opening_gives_times_once_and_its_removal_asks_first(desk, dana):
    opening = {"day": "2026-12-05", "starts": "10:00", "ends": "12:00", "place": "calls"}
    assert (
        "Saturday, December 5, 10:00 AM to 12:00 PM"
        in desk.post(OPENINGS, opening, follow=True).text
    )
    desk.post(OPENINGS, opening)
    made = Opening.objects.get()
    assert (made.starts_at, made.place) == (datetime(2026, 12, 5, 18, tzinfo=UTC), "calls")
    booked = AppointmentFactory(provider=dana, starts_at=made.starts_at)
    remove = {
        "do": "remove",
        "starts_at": int(made.starts_at.timestamp()),
        "ends_at": int(made.ends_at.timestamp()),
        "place": "calls",
    }
    page = desk.post(OPENINGS, remove)
    assert page.status_code == 409
    assert "Remove all the same" in page.text
    assert Opening.objects.exists()
    desk.post(OPENINGS, {**remove, "do": "remove-anyway", "seen": str(booked.uuid)})
    assert not Opening.objects.exists()
    assert desk.post(OPENINGS, {"do": "remove", "starts_at": "x"}).status_code == 400


def test_an_opening_at_a_skipped_time_is_told_and_one_until_midnight_is_fine(desk):
    skipped = {"day": "2027-03-14", "starts": "02:15", "ends": "04:00", "place": "both"}
    page = desk.post(OPENINGS, skipped)
    assert page.status_code == 400
    assert "On March 14 the clocks go forward" in page.text
    assert 'id="id_starts_error"' in page.text
    desk.post(OPENINGS, {**skipped, "day": "2026-12-05", "starts": "22:00", "ends": "00:00"})
    assert Opening.objects.get().ends_at == datetime(2026, 12, 6, 8, tzinfo=UTC)


def test_another_providers_time_off_stays(desk, marcus):
    theirs = TimeOff.objects.create(
        provider=marcus, starts_at=TEN_AM, ends_at=TEN_AM + timedelta(hours=1)
    )
    at = int(TEN_AM.timestamp())
    desk.post(OFF, {"do": "remove", "starts_at": at, "ends_at": at + 3600})
    assert TimeOff.objects.get() == theirs
    assert "December 2" not in desk.get(OFF).text


def test_rules_are_saved_and_free_times_follow(desk, dana):
    page = desk.post(
        RULES,
        rules(
            dana,
            minimum_notice_hours="24",
            buffer_minutes="10",
            cancellation_window_hours="48",
            late_cancellation="A late cancellation costs $50.",
        ),
        follow=True,
    )
    assert "Your rules are saved" in page.text
    dana.refresh_from_db()
    assert (dana.minimum_notice_hours, dana.buffer_minutes) == (24, 10)
    assert dana.cancellation_window_hours == 48
    assert dana.next_opening_at == datetime(2026, 12, 1, 17, tzinfo=UTC)


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("call_minutes", "45", "Write a number from 10 to 30."),
        ("session_minutes", "", "Write a number from 30 to 90."),
        ("buffer_minutes", "-1", "Write a number from 0 to 120."),
        ("horizon_days", "many", "Write a number from 1 to 365."),
        ("minimum_notice_hours", "337", "Write a number from 0 to 336."),
        ("time_zone", "Mars/Base", "Select a valid choice"),
        ("late_cancellation", "x" * 301, "Use at most 300 characters."),
    ],
)
def test_a_rule_out_of_its_limits_is_told_at_the_field(desk, dana, field, value, words):
    page = desk.post(RULES, rules(dana, **{field: value}))
    assert page.status_code == 400
    assert f'id="id_{field}_error"' in page.text
    assert words in page.text
    dana.refresh_from_db()
    assert dana.buffer_minutes == 0


def test_in_another_zone_hours_move_and_appointments_stay(desk, dana):
    booked = AppointmentFactory(provider=dana, starts_at=TEN_AM + timedelta(hours=6, minutes=30))
    east = rules(dana, time_zone="America/New_York")
    assert desk.post(RULES, east).status_code == 409
    desk.post(RULES, {**east, "do": "anyway", "seen": str(booked.uuid)})
    dana.refresh_from_db()
    assert dana.time_zone == "America/New_York"
    assert dana.next_opening_at == datetime(2026, 11, 30, 18, tzinfo=UTC)
    assert first_start(dana) == datetime(2026, 11, 30, 18, tzinfo=UTC).timestamp()
    booked.refresh_from_db()
    assert booked.starts_at == TEN_AM + timedelta(hours=6, minutes=30)


def test_a_pause_with_a_return_date_is_told_on_the_profile_and_ends_by_itself(
    desk, dana, monday, visitor
):
    paused = rules(dana, accepting_new_clients=None, returns_on="2026-12-10")
    desk.post(RULES, paused)
    dana.refresh_from_db()
    assert (dana.accepting_new_clients, dana.returns_on) == (False, date(2026, 12, 10))
    assert "Back on December 10" in visitor.get(dana.get_absolute_url()).text
    assert "back on December 10" in visitor.get(dana.booking_url).text
    monday.move_to(datetime(2026, 12, 10, 7, 59, tzinfo=UTC))
    tasks.end_pauses()
    dana.refresh_from_db()
    assert not dana.accepting_new_clients
    monday.move_to(datetime(2026, 12, 10, 8, 0, tzinfo=UTC))
    tasks.end_pauses()
    dana.refresh_from_db()
    assert (dana.accepting_new_clients, dana.returns_on) == (True, None)
    assert dana.next_opening_at >= datetime(2026, 12, 10, 17, tzinfo=UTC)


def test_a_pause_without_a_date_lasts(dana):
    Provider.objects.filter(pk=dana.pk).update(accepting_new_clients=False)
    tasks.end_pauses()
    dana.refresh_from_db()
    assert not dana.accepting_new_clients


def test_a_day_of_return_lies_ahead_and_counts_for_a_pause_alone(desk, dana):
    page = desk.post(RULES, rules(dana, accepting_new_clients=None, returns_on="2026-11-30"))
    assert page.status_code == 400
    assert 'id="id_returns_on_error"' in page.text
    desk.post(RULES, rules(dana, returns_on="2026-12-10"))
    dana.refresh_from_db()
    assert dana.returns_on is None


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("attempt", range(3))
def test_a_booking_against_new_time_off_never_ends_in_it_unseen(attempt):
    provider, form = provider_and_form()
    starts_at = datetime.fromtimestamp(form["at"], UTC)
    client = enter(UserFactory())

    def take_off():
        try:
            ends_at = starts_at + timedelta(hours=1)
            hours.add_time_off(provider, starts_at=starts_at, ends_at=ends_at)
        except hours.Stranded as no:
            return no.appointments
        return None

    page, shown = contend([lambda: client.post(details_url(provider), form), take_off])
    booked = list(Appointment.objects.all())
    assert (page.status_code, shown) in [(302, booked), (409, None)]
    assert TimeOff.objects.exists() == (not booked)


def test_verbs_of_a_provider_without_anything_are_quiet(db):
    provider = ProviderFactory(user=UserFactory())
    hours.set_week(provider, blocks=[])
    hours.remove_time_off(provider, starts_at=TEN_AM, ends_at=TEN_AM + timedelta(hours=1))
    assert saved(provider) == []


def test_a_stale_tab_does_not_undo_newer_hours_unasked(desk, dana):
    old = desk.get(WEEK).context["fingerprint"]
    desk.post(WEEK, week((0, "09:00", "12:00", "virtual"), saved=old))
    typed = week((0, "09:00", "17:00", "virtual"), saved=old)
    page = desk.post(WEEK, typed)
    assert page.status_code == 409
    assert "changed meanwhile" in page.text
    assert saved(dana) == [(0, 540, 720, "virtual")]
    again = {**typed, "saved": page.context["fingerprint"]}
    assert desk.post(WEEK, again).status_code == 302
    assert saved(dana) == [(0, 540, 1020, "virtual")]
