"""The provider's calendar, by week and by day."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from accounts.models import AccessEvent
from accounts.tests.factories import UserFactory
from booking.models import Appointment, Opening, TimeOff
from booking.tests.factories import AppointmentFactory, FollowUpFactory, HoldFactory
from providers.tests.factories import ProviderFactory

URL = "/workspace/calendar/"
TEN = datetime(2026, 12, 1, 18, tzinfo=UTC)  # Tuesday, 10 AM Pacific Time


def visit(dana, name, starts_at=TEN, **fields):
    client = UserFactory(full_name=name)
    return AppointmentFactory(provider=dana, client=client, starts_at=starts_at, **fields)


def session(dana, name, starts_at=TEN, **fields):
    return visit(dana, name, starts_at, kind="session", place="virtual", **fields)


def entry(page, title):
    """The HTML of the entry with this title."""
    (found,) = [part for part in page.text.split("<li ") if f"<b>{title}</b>" in part]
    return found


def words(html):
    """The text of some HTML, in one line."""
    return " ".join(re.sub(r"<[^>]*>", "", html).split())


def side(page):
    """The text of the list next to a day's grid."""
    return words(page.text.split('id="lines-h"')[1].split("</section>")[0])


def test_the_calendar_is_there_for_providers_alone(dana, jordan, visitor, signed_in):
    visit(dana, "Tess Marlowe")
    assert signed_in(jordan).get(URL).status_code == 404
    assert signed_in(jordan).post(URL).status_code == 404
    answer = visitor.get(URL)
    assert answer.status_code == 302
    assert "/accounts/login/" in answer["Location"]


def test_a_provider_sees_their_own_week_and_nobody_elses(dana, desk):
    mine = visit(dana, "Tess Marlowe")
    visit(ProviderFactory(), "Grace Lindqvist")
    page = desk.get(URL)
    assert "November 30 to December 6" in page.text
    assert "1 appointment. It’s 8:00 AM. All times are in Pacific Time." in page.text
    assert f'href="/workspace/appointments/{mine.uuid}/"' in entry(page, "Tess Marlowe")
    assert "10:00 to 10:15 AM" in words(entry(page, "Tess Marlowe"))
    assert "from-1000 len-1" in entry(page, "Tess Marlowe")
    assert "Grace Lindqvist" not in page.text
    assert page.text.count('class="cal-day"') == 7
    assert "style=" not in page.text


def test_states_are_told_by_words_and_not_by_color_alone(dana, signed_in, monday):
    dana.telehealth_link = ""
    dana.save()
    status = Appointment.Status
    visit(dana, "Past Call", status=status.COMPLETED, call_outcome="not_a_fit")
    visit(dana, "No Answer", TEN + timedelta(hours=1), status=status.NO_SHOW)
    session(dana, "Forgotten", TEN + timedelta(hours=2))
    session(dana, "Right Now", TEN + timedelta(hours=4), join_link="https://video.example.com/x")
    session(dana, "Linkless", TEN + timedelta(hours=24))
    visit(dana, "Gone", TEN + timedelta(hours=25), status=status.CANCELED)
    monday.move_to(TEN + timedelta(hours=4, minutes=20))
    page = signed_in(dana.user).get(URL)
    for name, look, state in [
        ("Past Call", "is-done", "Phone call · first visit · not a fit"),
        ("No Answer", "is-missed", "missed"),
        ("Forgotten", "is-amber", "no outcome yet"),
        ("Right Now", "is-now", "Virtual · first visit · now"),
        ("Linkless", "is-amber", "no link yet"),
    ]:
        assert look in entry(page, name)
        assert state in entry(page, name)
    assert "Gone" not in page.text
    assert "Now, 2:20 PM" in page.text
    assert 'aria-current="date"' in page.text


def test_hours_time_off_openings_and_holds_stand_on_their_days(dana, desk):
    hold = HoldFactory(provider=dana, starts_at=TEN)
    HoldFactory(provider=dana, starts_at=TEN, until=TEN - timedelta(days=3))  # over
    TimeOff.objects.create(
        provider=dana, starts_at=TEN + timedelta(hours=3), ends_at=TEN + timedelta(hours=5)
    )
    saturday = TEN + timedelta(days=4)
    Opening.objects.create(provider=dana, starts_at=saturday, ends_at=saturday + timedelta(hours=2))
    page = desk.get(URL)
    assert "until 8:10 AM" in words(entry(page, "Held"))
    assert "<a " not in entry(page, "Held")
    assert hold.user.full_name not in page.text
    assert "1:00 to 3:00 PM" in words(entry(page, "Time off"))
    assert '<a href="/workspace/availability/off/">' in entry(page, "Time off")
    assert page.text.count('<span class="open from-0900 len-32">') == 5
    assert "Hours: 10:00 AM to 12:00 PM." in page.text
    assert '<span class="open from-1000 len-8">' in page.text


def test_weeks_and_days_lead_to_each_other(dana, desk):
    visit(dana, "Tess Marlowe")
    page = desk.get(URL, {"week": "2026-12-10"})
    assert "December 7 to 13" in page.text
    assert 'href="?week=2026-11-30" rel="prev"' in page.text
    assert 'href="?week=2026-12-14" rel="next"' in page.text
    assert f'href="{URL}">This week</a>' in page.text
    assert 'href="?day=2026-12-09"' in page.text
    day = desk.get(URL, {"day": "2026-12-01"})
    assert "<h1>Tuesday, December 1</h1>" in day.text
    assert "Tess Marlowe" in day.text
    assert 'href="?day=2026-12-02" rel="next"' in day.text
    assert 'href="?day=2026-11-30">Today</a>' in day.text
    assert 'href="?week=2026-12-01"' in day.text
    assert day.text.count("cal-day") - day.text.count("cal-days") == 1


def test_another_year_is_named(desk):
    assert "<h1>December 28 to January 3, 2027</h1>" in desk.get(URL, {"week": "2026-12-28"}).text


def test_on_paper_it_says_whose_calendar_it_is_and_of_which_year(dana, desk):
    printed = f'class="cal-print">{dana.full_title}, '
    assert f"{printed}2026<" in desk.get(URL).text
    assert f"{printed}2027<" in desk.get(URL, {"week": "2026-12-28"}).text


@pytest.mark.parametrize(("day", "expected"), [("2026-11-27", False), ("2026-11-30", True)])
def test_the_hours_of_a_day_that_is_over_are_not_claimed(desk, day, expected):
    page = desk.get(URL, {"day": day}).text
    assert ("Hours: 9:00 AM to 5:00 PM." in page) is expected
    assert ('class="open ' in page) is expected
    assert "Nothing scheduled." in page


@pytest.mark.parametrize("asked", ["", "soon", "1999-01-01", "9999-12-31", "2026-13-01", "٢"])
def test_a_bad_date_shows_this_week_or_today(desk, asked):
    assert "<h1>November 30 to December 6</h1>" in desk.get(URL, {"week": asked}).text
    assert "<h1>Monday, November 30</h1>" in desk.get(URL, {"day": asked}).text
    assert desk.get(URL, {"day": "\0"}).status_code == 400


@pytest.mark.parametrize("asked", ["2000-01-01", "2000-01-03", "2099-12-31"])
def test_the_first_and_the_last_week_lead_no_further(desk, asked):
    page = desk.get(URL, {"week": asked})
    assert page.status_code == 200
    assert ('rel="prev"' in page.text) == asked.startswith("2099")
    assert ('rel="next"' in page.text) == asked.startswith("2000")


def test_the_grid_goes_by_the_clock_across_its_change(dana, desk):
    for day in (13, 15):  # Saturday and Monday around March 14
        visit(dana, f"Day {day}", datetime(2027, 3, day, 9, tzinfo=dana.zone))
    page = desk.get(URL, {"week": "2027-03-08"})
    assert "9:00 to 9:15 AM" in words(entry(page, "Day 13"))
    assert "Sunday, March 14 has 23 hours: clocks go forward from 2:00 AM to 3:00 AM." in page.text
    later = desk.get(URL, {"day": "2027-03-15"})
    assert "from-0900 len-1" in entry(later, "Day 15")
    assert " has 2" not in later.text
    fall = desk.get(URL, {"day": "2027-11-07"})
    assert "Sunday, November 7 has 25 hours: clocks go back" in fall.text


def test_a_provider_elsewhere_sees_their_own_day(dana, signed_in):
    far = ProviderFactory(time_zone="Australia/Sydney")
    visit(far, "Night Owl", datetime(2026, 12, 6, 13, 30, tzinfo=UTC))  # Monday there
    assert "Night Owl" not in signed_in(far.user).get(URL).text
    page = signed_in(far.user).get(URL, {"week": "2026-12-07"})
    assert "12:30 AM to 12:45 AM" in words(entry(page, "Night Owl"))
    assert 'class="cal-fold is-early"' in page.text


@pytest.mark.parametrize("query", [{}, {"day": "2026-12-01"}])
def test_the_calendar_has_the_same_number_of_queries_at_one_and_three_rows(
    dana, desk, django_assert_num_queries, query
):
    for n in range(1, 4):
        session(dana, f"Client {n}", TEN + timedelta(hours=n))
        HoldFactory(provider=dana, starts_at=TEN + timedelta(hours=4 + n))
        TimeOff.objects.create(
            provider=dana, starts_at=TEN + timedelta(hours=n), ends_at=TEN + timedelta(hours=n + 2)
        )
        if n != 2:
            desk.get(URL, query)
            with django_assert_num_queries(10):
                assert desk.get(URL, query).text.count("<b>Client ") == n


def test_the_look_is_on_the_trail_once_a_day_for_each_client_shown(dana, desk, monday):
    made = [visit(dana, name, TEN + timedelta(hours=n)) for n, name in enumerate(["Ann", "Bo"])]
    visit(dana, "Next Week", TEN + timedelta(days=7))
    for _ in range(2):
        desk.get(URL)
    looks = AccessEvent.objects.order_by("subject__full_name")
    assert [(each.subject, each.record) for each in looks] == [
        (each.client, str(each.relationship.uuid)) for each in made
    ]
    assert {(each.actor, each.what) for each in looks} == {(dana.user, "seen on the calendar")}


def test_a_later_look_and_one_from_elsewhere_are_on_the_trail_again(dana, signed_in, monday):
    visit(dana, "Tess Marlowe")
    signed_in(dana.user).get(URL)
    signed_in(dana.user).get(URL, REMOTE_ADDR="203.0.113.9")
    assert AccessEvent.objects.count() == 2
    monday.shift(timedelta(hours=25))
    signed_in(dana.user).get(URL)
    assert AccessEvent.objects.count() == 3


def test_from_each_day_that_is_not_over_one_adds_for_that_day(dana, signed_in, monday):
    monday.move_to(TEN)  # Tuesday
    desk = signed_in(dana.user)
    week = desk.get(URL).text
    for path in ("clients/?date", "availability/off/?day", "availability/openings/?day"):
        found = re.findall(rf'href="/workspace/{re.escape(path)}=([^"]*)"', week)
        assert found == [f"2026-12-0{day}" for day in range(1, 7)]
    assert 'Add</span><span class="hush"> on Wednesday, December 2' in week
    day = desk.get(URL, {"day": "2026-12-02"}).text
    assert day.count("/workspace/availability/off/?day=2026-12-02") == 1
    assert "off/?day" not in desk.get(URL, {"day": "2026-11-30"}).text


def test_the_calendar_leads_to_a_client_and_on_to_a_filled_in_form(dana, desk):
    made = visit(dana, "Tess Marlowe", TEN + timedelta(days=7))
    day = desk.get(URL, {"day": "2026-12-01"}).text
    assert "Free 9:00 AM to 5:00 PM" in side(desk.get(URL, {"day": "2026-12-01"}))
    (link,) = re.findall(r'href="(/workspace/clients/\?date=[^"]*starts[^"]*)"', day)
    people = desk.get(link.replace("&amp;", "&"))
    assert "schedule on Tuesday, December 1, 9:00 AM" in people.text
    on = f"/workspace/clients/{made.relationship.uuid}/schedule/?date=2026-12-01&starts=09%3A00"
    assert on.replace("&", "&amp;") in people.text or on in people.text
    assert 'value="2026-12-01"' in desk.get(on).text


def test_a_day_shows_beside_the_grid_who_comes_how_and_what_to_do(dana, signed_in, monday):
    dana.telehealth_link = "https://video.example.com/dana"
    dana.save()
    call, meeting = (
        visit(dana, "Tess Marlowe"),
        session(dana, "Ada Okoye", TEN + timedelta(hours=3)),
    )
    for each in (call, meeting):
        each.client.phone = "+19165550142"
        each.client.save()
    page = signed_in(dana.user).get(URL, {"day": "2026-12-01"})
    assert (
        "Hours: 9:00 AM to 5:00 PM. Free 9:00 to 10:00 AM. Schedule in the free time from 9:00 "
        "10:00 to 10:15 AM Tess Marlowe Phone call · first visit · (916) 555-0142 · didn’t ask "
        "about voicemail"
    ) in side(page)
    assert "Join the session with Ada Okoye" in side(page)
    assert 'href="https://video.example.com/dana"' in page.text
    assert f"/workspace/appointments/{call.uuid}/move/" in page.text
    monday.move_to(TEN + timedelta(hours=1))
    page = signed_in(dana.user).get(URL, {"day": "2026-12-01"})
    assert "How did the call go?" in side(page)
    assert f"/workspace/appointments/{call.uuid}/move/" not in page.text


def test_of_two_lists_of_a_day_one_is_for_those_who_hear_or_tab(dana, desk):
    made = visit(dana, "Tess Marlowe")
    page = desk.get(URL, {"day": "2026-12-01"})
    grid = page.text.split('class="cal ')[1].split('class="cal-lines"')[0]
    assert 'aria-hidden="true"' in grid.split(">")[0]
    assert all('tabindex="-1"' in tag for tag in re.findall(r"<a [^>]*>", grid))
    assert f'/{made.uuid}/"' in grid
    assert "<a tabindex" not in re.sub(r"<a [^>]* tab", "<a tab", desk.get(URL).text)


def test_free_hours_leave_room_for_the_buffer_and_time_off_leads_to_its_page(dana, signed_in):
    dana.buffer_minutes = 10
    dana.save()
    visit(dana, "Tess Marlowe")
    off = {"starts_at": TEN + timedelta(hours=3), "ends_at": TEN + timedelta(hours=4)}
    TimeOff.objects.create(provider=dana, **off)
    page = signed_in(dana.user).get(URL, {"day": "2026-12-01"})
    assert re.findall(r"Free ([^.]*)\.", side(page)) == [
        "9:00 to 9:50 AM",
        "10:30 AM to 1:00 PM",
        "2:00 to 5:00 PM",
    ]
    lines = page.text.split('id="lines-h"')[1]
    assert '<a href="/workspace/availability/off/">Time off</a>' in lines


def test_voicemail_is_refused_only_where_it_was_asked(dana, desk):
    made = visit(dana, "Tess Marlowe")
    for answer, expected in ((None, "didn’t ask about voicemail"), (False, "no voicemail")):
        Appointment.objects.filter(pk=made.pk).update(voicemail_ok=answer)
        assert f"· {expected}" in side(desk.get(URL, {"day": "2026-12-01"}))


def test_an_outcome_from_a_day_leads_back_to_it(dana, signed_in, monday):
    made = session(dana, "Tess Marlowe")
    monday.move_to(made.ends_at)
    person = signed_in(dana.user)
    page = person.get(URL, {"day": "2026-12-01"})
    assert 'name="back" value="2026-12-01"' in page.text
    outcome = f"/workspace/appointments/{made.uuid}/outcome/"
    page = person.post(outcome, {"outcome": "x", "back": "2026-12-01"})
    assert 'name="back" value="2026-12-01"' in page.text
    done = {"outcome": "completed"}
    answer = person.post(outcome, {**done, "back": "2026-12-01"})
    assert answer.url == "/workspace/calendar/?day=2026-12-01"
    for bad in ("//example.com", "2026-02-30", "x"):
        answer = person.post(outcome, {**done, "back": bad})
        assert answer.url == f"/workspace/appointments/{made.uuid}/"


def test_a_short_entry_tells_its_whole_name(dana, desk):
    visit(dana, "Tess Marlowe")
    assert 'title="Tess Marlowe, 10:00 to 10:15 AM"' in entry(desk.get(URL), "Tess Marlowe")


def test_a_late_session_is_folded_and_the_grid_stays_readable(dana, desk):
    session(dana, "Night Owl", datetime(2026, 12, 2, 7, 30, tzinfo=UTC))  # Tuesday, 11:30 PM
    page = desk.get(URL)
    assert "since-7 until-20" in page.text
    late = page.text.split('class="cal-fold is-late"')[1].split("</ol>")[0]
    assert "11:30 PM to 12:20 AM" in words(late)


def test_a_short_entry_has_a_sign_for_its_kind_and_its_start_apart(dana, desk):
    visit(dana, "Tess Marlowe")
    found = entry(desk.get(URL), "Tess Marlowe")
    assert "#i-phone" in found
    assert '10:00 <span class="till">to 10:15 AM</span>' in found
    assert "Tess Marlowe 10:00 to 10:15 AM Phone call · first visit" in words(found)


def test_first_visit_is_said_only_of_the_first(dana, desk):
    first = visit(dana, "Tess Marlowe")
    FollowUpFactory(provider=dana, client=first.client, starts_at=TEN - timedelta(hours=1))
    for address in (URL, "/workspace/", f"/workspace/clients/{first.relationship.uuid}/"):
        page = desk.get(address)
        assert "Phone call" in page.text
        assert "first visit" not in page.text
    Appointment.objects.filter(first_visit=False).update(status="canceled")
    assert "first visit" in desk.get(URL).text
