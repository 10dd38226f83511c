"""A provider's weekly hours: the editor, what is wrong, what stays; and who may see the pages."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from accounts.tests.factories import UserFactory
from booking.hours import editing
from booking.models import Appointment, Opening, TimeOff
from booking.tests.factories import AppointmentFactory
from booking.tests.hours.steps import RULES, WEEK, opened, rules, saved, version_of, week
from booking.tests.steps import TEN_AM
from providers.tests.factories import ProviderFactory

PAGES = [WEEK, f"{WEEK}off/", f"{WEEK}openings/", f"{WEEK}rules/", f"{WEEK}why/"]


@pytest.mark.parametrize("url", [*PAGES, f"{WEEK}preview/week/"])
def test_only_providers_have_hours(url, jordan, signed_in, visitor):
    client = signed_in(jordan)
    assert client.get(url).status_code == 404
    assert client.post(url).status_code == 404
    assert visitor.get(url).status_code == 302


def test_a_method_that_a_page_does_not_know_is_refused(desk):
    assert desk.get(f"{WEEK}preview/week/").status_code == 405
    assert desk.post(f"{WEEK}why/").status_code == 405


@pytest.mark.parametrize(("url", "queries"), [*zip(PAGES, (7, 7, 7, 6, 4), strict=True)])
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
            version=opened(desk),
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
    assert page.text.count('class="field-error') == 2
    assert "This overlaps 9:00 AM to 5:00 PM." in page.text
    after = week(day[1], (2, "11:00", "12:00", "both"), version=opened(desk))
    assert desk.post(WEEK, after).status_code == 302


def test_the_same_words_for_a_day_stand_once_above(desk):
    block = (2, "10:00", "11:00", "both")
    page = desk.post(WEEK, week((2, "09:00", "17:00", "both"), block, (2, *block[1:])))
    assert page.status_code == 400
    assert page.text.count(">Wednesday: This overlaps 9:00 AM to 5:00 PM.</a>") == 1
    assert page.text.count('class="field-error') == 2


def test_a_block_names_the_fields_that_lack_the_same(desk):
    page = desk.post(WEEK, week((2, "", "", "both")))
    for field, name in (("starts", "From"), ("ends", "To")):
        errors = page.text.split(f'id="id_block-0-{field}_error"')[1].split("</p>")[0]
        assert f"<span>{name}: Add a time.</span>" in errors
        assert f'aria-describedby="id_block-0-{field}_error"' in page.text


def test_all_that_is_wrong_is_told_at_once_with_one_line_a_block(desk):
    page = desk.post(
        WEEK,
        week(
            (2, "09:00", "17:00", "both"),
            (2, "16:00", "18:00", "calls"),
            (5, "", "", "virtual"),
            (6, "", "soon", "virtual"),
        ),
    )
    assert page.status_code == 400
    assert page.text.count("This overlaps 9:00 AM to 5:00 PM.") == 2  # above, and at the block
    lines = re.findall(r'<li><a href="#id_block-(\S+)">(.+)</a></li>', page.text)
    assert lines == [
        ("1-starts", "Wednesday: This overlaps 9:00 AM to 5:00 PM."),
        ("2-starts", "Saturday: Add a time."),
        ("3-starts", "Sunday: Add a time. Write a time, like 9:30 AM."),
    ]


@pytest.mark.parametrize(
    "data",
    [
        {"do": "save"},
        {**week(), "block-TOTAL_FORMS": "-5"},
        {**week(), "block-TOTAL_FORMS": "9999"},
        {**week(), "block-INITIAL_FORMS": "many"},
        week((9, "09:00", "10:00", "both")),
        week((0, "09:00", "10:00", "both"), do="delete"),
        week((0, "09:00", "10:00", "both"), do=""),
        week((0, "09:00", "10:00", "both"), do="add-9"),
        week((0, "09:00", "10:00", "both"), do="add-"),
        week((0, "09:00", "10:00", "both"), do="copy-x"),
        week((0, "09:00", "10:00", "both"), do="remove-1"),
        week((0, "09:00", "10:00", "both"), do="remove-99999999999"),
        week((0, "09:00", "10:00", "both"), do="anyway", seen="x"),
        {"do": "add-0"},
    ],
)
def test_a_made_up_form_is_a_bad_request_in_our_words(desk, dana, data):
    before = saved(dana)
    page = desk.post(WEEK, data)
    assert page.status_code == 400
    assert "We couldn’t read that" in page.text
    assert "ManagementForm" not in page.text
    assert saved(dana) == before


def test_what_no_page_offers_is_told_in_our_words_too(desk, dana):
    before = saved(dana)
    page = desk.post(WEEK, week((0, "09:00", "10:00", "moon")))
    assert page.status_code == 400
    assert "Choose one from the list." in page.text
    page = desk.post(WEEK, week((0, "09:00", "10:00", "both"), (0, "", "", "")))
    assert page.status_code == 400
    assert "Add a time." in page.text
    many = [(n // 13, f"{n % 13:02}:00", f"{n % 13:02}:30", "both") for n in range(85)]
    page = desk.post(WEEK, week(*many))
    assert page.status_code == 400
    assert "Use at most 84 blocks a week." in page.text
    assert len(page.context["week"].forms) == 85
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


def test_a_copy_says_where_to_and_that_it_is_not_saved(desk):
    block = (0, "08:15", "10:15", "in_person")
    status = re.compile(r'role="status" tabindex="-1" id="copied-0">(.+?)</p>')
    assert 'value="copy-0" formaction="#copied-0"' in desk.get(WEEK).text
    assert not status.search(desk.get(WEEK).text)
    page = desk.post(WEEK, week(block, do="copy-0", **{"to-0": ["6", "4", "0"]}))
    assert status.findall(page.text) == ["Copied to Friday and Sunday. Not saved yet."]
    assert 'class="copy-day" open>' not in page.text
    page = desk.post(WEEK, week(block, do="copy-0"))
    assert status.findall(page.text) == ["Choose the days to copy to."]
    assert page.text.count('<details class="copy-day" open>') == 1
    page = desk.post(WEEK, week(block, do="copy-0", **{"to-0": ["7", "x", "0"]}))
    assert status.findall(page.text) == ["Choose the days to copy to."]
    assert not status.search(desk.post(WEEK, week(block, do="add-0")).text)


def test_a_block_on_an_empty_day_begins_with_the_most_common_place(desk):
    blocks = [(0, "08:15", "10:15", "virtual"), (1, "08:15", "10:15", "virtual")]
    last = (2, "08:15", "10:15", "calls")
    for day, place in ((5, "virtual"), (2, "calls")):
        page = desk.post(WEEK, week(*blocks, last, do=f"add-{day}"))
        assert page.context["week"].forms[3]["place"].value() == place
    page = desk.post(WEEK, week(do="add-5"))
    assert page.context["week"].forms[0]["place"].value() == "virtual"


def test_a_block_that_the_clocks_skip_is_named_with_its_date(desk):
    page = desk.post(WEEK, week((6, "02:00", "03:00", "virtual"), do="preview"))
    assert "On March 14, 2027, the clocks go forward and skip this block" in page.text
    page = desk.post(WEEK, week((6, "02:00", "03:30", "virtual"), do="preview"))
    assert "go forward" not in page.text


def test_shrinking_the_week_shows_what_would_stand_outside_and_touches_nothing(desk, dana):
    booked = AppointmentFactory(provider=dana, starts_at=TEN_AM, client__full_name="Ada Quill")
    AppointmentFactory(provider=dana, starts_at=TEN_AM + timedelta(hours=5))
    blocks = [(day, "13:00", "17:00", "virtual") for day in range(5)]
    afternoons = week(*blocks, version=opened(desk))
    page = desk.post(WEEK, afternoons)
    assert page.status_code == 409
    assert "This appointment would be outside" in page.text
    assert "Ada Quill" in page.text
    assert f'"/workspace/appointments/{booked.uuid}/"' in page.text
    assert f'"/workspace/appointments/{booked.uuid}/move/"' in page.text
    assert f'"/messages/{booked.relationship.uuid}/"' in page.text
    assert "Save anyway" in page.text
    assert saved(dana)[0] == (0, 540, 1020, "virtual")
    assert desk.post(WEEK, {**afternoons, "seen": str(booked.uuid)}).status_code == 409
    page = desk.post(WEEK, {**afternoons, "do": "anyway", "seen": str(booked.uuid)})
    assert page.status_code == 302
    assert saved(dana)[0] == (0, 780, 1020, "virtual")
    untouched = Appointment.objects.get(pk=booked.pk)
    assert (untouched.starts_at, untouched.status, untouched.sequence) == (TEN_AM, "scheduled", 0)


def test_what_stands_outside_costs_the_same_for_more(desk, dana, django_assert_num_queries):
    nothing = week(version=opened(desk))
    for number in (1, 3):
        for each in range(number):
            AppointmentFactory(provider=dana, starts_at=TEN_AM + timedelta(hours=each, days=number))
        with django_assert_num_queries(20):
            assert "would be outside" in desk.post(WEEK, nothing).text


def test_an_appointment_that_came_meanwhile_is_shown_before_it_is_saved(desk, dana):
    first = AppointmentFactory(provider=dana, starts_at=TEN_AM)
    late = AppointmentFactory(provider=dana, starts_at=TEN_AM + timedelta(hours=1))
    nothing = week(do="anyway", seen=str(first.uuid), version=opened(desk))
    page = desk.post(WEEK, nothing)
    assert page.status_code == 409
    assert str(late.uuid) in page.text


def test_what_stood_outside_before_is_no_news(desk, dana):
    AppointmentFactory(provider=dana, starts_at=TEN_AM + timedelta(hours=9))
    page = desk.post(WEEK, week((2, "09:00", "17:00", "virtual"), version=opened(desk)))
    assert page.status_code == 302


def test_a_stale_tab_does_not_undo_newer_hours_unasked(desk, dana):
    old = opened(desk)
    desk.post(WEEK, week((0, "09:00", "12:00", "virtual"), version=old))
    typed = week((0, "09:00", "17:00", "virtual"), version=old)
    page = desk.post(WEEK, typed)
    assert page.status_code == 409
    assert "They’re now: Monday, 9:00 AM to 12:00 PM (Virtual)." in page.text
    assert saved(dana) == [(0, 540, 720, "virtual")]
    again = {**typed, "version": version_of(page)}
    assert desk.post(WEEK, again).status_code == 302
    assert saved(dana) == [(0, 540, 1020, "virtual")]


def test_a_page_from_before_another_zone_is_stale(desk, dana):
    typed = week((0, "09:00", "17:00", "virtual"), version=opened(desk))
    desk.post(RULES, rules(dana, time_zone="America/New_York"))
    assert desk.post(WEEK, typed).status_code == 409


def test_a_second_press_of_save_is_fine(desk, dana):
    typed = week(
        (1, "13:00", "17:00", "virtual"), (1, "09:00", "12:00", "both"), version=opened(desk)
    )
    assert [desk.post(WEEK, typed).status_code for _ in range(2)] == [302, 302]
    assert saved(dana) == [(1, 540, 720, "both"), (1, 780, 1020, "virtual")]


def test_an_edit_of_a_stale_page_keeps_it_stale(desk, dana):
    old = opened(desk)
    desk.post(WEEK, week((0, "09:00", "12:00", "virtual"), version=old))
    edited = desk.post(WEEK, week((1, "09:00", "17:00", "virtual"), do="add-0", version=old))
    typed = week((1, "09:00", "17:00", "virtual"), version=version_of(edited))
    assert desk.post(WEEK, typed).status_code == 409
    assert saved(dana) == [(0, 540, 720, "virtual")]


def test_a_form_that_does_not_say_which_hours_it_replaces_is_stale(desk, dana):
    before = saved(dana)
    page = desk.post(WEEK, week((0, "09:00", "12:00", "virtual")))
    assert page.status_code == 409
    edited = desk.post(WEEK, week((0, "09:00", "12:00", "virtual"), do="add-0"))
    typed = week((0, "09:00", "12:00", "virtual"), version=version_of(edited))
    assert desk.post(WEEK, typed).status_code == 409
    assert saved(dana) == before


def test_while_appointments_would_stand_outside_every_button_saves_all_the_same(desk, dana):
    booked = AppointmentFactory(provider=dana, starts_at=TEN_AM)
    nothing = week(version=opened(desk))
    assert buttons(desk.post(WEEK, nothing)) == ["anyway"] * 3  # of Enter, above and below
    assert buttons(desk.get(WEEK)) == ["save"] * 2
    page = desk.post(WEEK, {**nothing, "do": "anyway", "seen": str(booked.uuid)})
    assert page.status_code == 302


def buttons(page):
    """What the buttons that save on a page do."""
    return re.findall(r'name="do" value="(save|anyway)"', page.text)


def test_a_form_that_came_back_says_that_it_is_not_saved(desk):
    assert 'data-unsaved=""' in desk.get(WEEK).text
    assert 'data-unsaved="yes"' in desk.post(WEEK, week(do="add-0")).text


def test_verbs_of_a_provider_without_anything_are_quiet(db):
    provider = ProviderFactory(user=UserFactory())
    editing.set_week(provider, blocks=[], version=0)
    editing.remove_time_off(provider, starts_at=TEN_AM, ends_at=TEN_AM + timedelta(hours=1))
    assert saved(provider) == []
