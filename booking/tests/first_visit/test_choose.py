"""Choosing a time, and holding it."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from booking import locking
from booking.models import Hold
from booking.tests.factories import AppointmentFactory, HoldFactory
from booking.tests.steps import answers, details_url, first_start, hold_of

ACCOUNT = {"full_name": "Jordan Ellis", "phone": "(916) 555-0142", "state": "CA"}


def test_the_first_week_with_a_free_time_is_shown_in_the_providers_zone(dana, visitor):
    page = visitor.get(dana.booking_url)
    assert page.status_code == 200
    assert "November 30 to December 6" in page.text
    assert 'Times are in <strong id="zone-name">Pacific Time</strong>' in page.text
    assert f'value="{first_start(dana)}"' in page.text


@pytest.mark.parametrize(
    ("zone", "first", "named"),
    [
        ("America/New_York", "1:00 PM", "Eastern Time"),
        ("Asia/Kolkata", "11:30 PM", "India Time"),
        ("../../etc/passwd", "10:00 AM", "Pacific Time"),
        ("America", "10:00 AM", "Pacific Time"),
        ("x" * 300, "10:00 AM", "Pacific Time"),
    ],
)
def test_times_are_in_the_zone_that_was_asked_for_and_named(dana, visitor, zone, first, named):
    page = visitor.get(dana.booking_url, {"zone": zone})
    assert first in page.text
    assert named in page.text


def test_the_zone_of_the_account_is_the_readers_and_the_mails(dana, jordan, signed_in):
    jordan.time_zone = "Pacific/Honolulu"
    jordan.save()
    person = signed_in(jordan)
    person.cookies["zone"] = "America/New_York"
    for url in (dana.booking_url, "/appointments/", "/providers/"):
        page = person.get(url).text
        assert "Hawaii Time" in page, url
        assert "Eastern Time" not in page.replace('<option value="America/New_York">Eastern', "")


def test_a_zone_chosen_by_hand_holds_from_choice_to_confirmation(dana, jordan, visitor, mailbox):
    visitor.cookies["zone"] = "America/Los_Angeles"
    chosen = f"{dana.booking_url}?zone=America/New_York"
    visitor.post(chosen, {"at": first_start(dana), "place": "phone"})
    assert "Eastern Time, for you" in visitor.get("/accounts/login/code/").text
    visitor.force_login(jordan)
    person, details = visitor, details_url(dana)
    assert "Eastern Time" in person.get(details).text
    booked = person.post(details, answers(dana, hold_of(dana)), follow=True).text
    assert "Eastern Time" in booked
    assert "Our emails use" not in booked
    assert "Eastern Time" in mailbox.to(jordan.email)[0].body
    person.post("/account/", {**ACCOUNT, "time_zone": "America/Denver"})
    assert "Mountain Time" in person.get("/appointments/").text


def test_the_browsers_zone_is_taken_from_its_cookie(dana, visitor):
    visitor.cookies["zone"] = "America/Denver"
    assert "Mountain Time" in visitor.get(dana.booking_url).text


@pytest.mark.parametrize(
    "week", ["", "soon", "0001-01-01", "9999-12-31", "2026-13-40", "2050-01-01"]
)
def test_a_bad_week_shows_a_good_one(dana, visitor, week):
    page = visitor.get(dana.booking_url, {"week": week, "place": "moon", "at": "x"})
    assert page.status_code == 200
    assert "week-nav" in page.text


def test_a_later_week_can_be_asked_for_and_the_horizon_ends_it(dana, visitor):
    page = visitor.get(dana.booking_url, {"week": "2026-12-09"})
    assert "December 7 to 13" in page.text
    page = visitor.get(dana.booking_url, {"week": "2027-12-09"})
    assert "No later week" in page.text


def test_htmx_gets_the_times_alone_and_no_cache_takes_them_for_the_page(dana, visitor):
    asked = {"week": "2026-12-09", "zone": "America/New_York"}
    page = visitor.get(dana.booking_url, asked)
    part = visitor.get(dana.booking_url, asked, headers={"HX-Request": "true"})
    assert "HX-Request" in page["Vary"]
    assert "HX-Request" in part["Vary"]
    assert "<html" in page.text
    assert "<html" not in part.text
    for text in (page.text, part.text):
        assert "December 7 to 13" in text
        assert 'id="zone-name"' in text
        assert f"{dana.get_absolute_url()}?zone=America%2FNew_York" in text
    assert "December 7 to 13, by phone, Eastern Time: 160 free times." in part.text
    assert part["Cache-Control"] == page["Cache-Control"] == "no-store, private"


def test_a_post_of_htmx_gets_whole_pages(dana, visitor):
    """Our own pages never post a choice by htmx. If someone does, a part would lose the reason."""
    HoldFactory(provider=dana, starts_at=datetime.fromtimestamp(first_start(dana), UTC))
    page = visitor.post(
        dana.booking_url,
        {"at": int(hold_of(dana).starts_at.timestamp()), "place": "phone"},
        headers={"HX-Request": "true"},
    )
    assert page.status_code == 409
    assert "<html" in page.text


def test_a_link_with_a_time_marks_it_and_holds_nothing(dana, visitor):
    page = visitor.get(dana.booking_url, {"at": first_start(dana), "place": "phone"})
    assert "Continue with this time" in page.text
    assert not Hold.objects.exists()


def test_a_link_with_a_time_that_is_gone_shows_the_nearest(dana, visitor):
    start = first_start(dana)
    AppointmentFactory(provider=dana, starts_at=datetime.fromtimestamp(start, UTC))
    page = visitor.get(dana.booking_url, {"at": start, "place": "phone"})
    assert "isn’t free anymore" in page.text
    assert "Here are the closest free times:" in page.text
    assert f'name="at" value="{start + 900}"' in page.text


def test_choosing_holds_the_time_for_ten_minutes_also_signed_out(monday, dana, visitor):
    page = visitor.post(dana.booking_url, {"at": first_start(dana), "place": "phone"})
    assert page.url == details_url(dana)
    kept = hold_of(dana)
    assert kept.until - kept.created_at == timedelta(minutes=10)
    page = visitor.get(dana.booking_url)
    assert "Held for you for <b data-hold-minutes>10 more minutes</b>" in page.text
    monday.shift(timedelta(minutes=11))
    assert "Held for you" not in visitor.get(dana.booking_url).text


def test_the_login_page_says_in_which_zone_the_held_time_is(dana, visitor):
    page = visitor.post(dana.booking_url, {"at": first_start(dana), "place": "phone"}, follow=True)
    assert "holding Monday, November 30, 10:00 AM, Pacific Time, for you" in page.text


def test_a_held_time_is_not_offered_to_others_until_it_ends(monday, dana, visitor):
    start = first_start(dana) + 3600
    visitor.post(dana.booking_url, {"at": start, "place": "phone"})
    assert f'value="{start}"' not in Client().get(dana.booking_url).text
    monday.shift(timedelta(minutes=11))
    assert f'value="{start}"' in Client().get(dana.booking_url).text


def test_a_released_time_can_be_found_and_booked_again(dana, visitor):
    start = first_start(dana)
    visitor.post(dana.booking_url, {"at": start, "place": "phone"})
    dana.refresh_from_db()
    assert dana.next_opening_at.timestamp() == start + 900
    page = visitor.post(f"{dana.booking_url}release/", follow=True)
    assert "You released the time." in page.text
    dana.refresh_from_db()
    assert dana.next_opening_at.timestamp() == start
    assert not Hold.objects.exists()


def test_a_second_hold_replaces_the_first(dana, visitor):
    start = first_start(dana)
    visitor.post(dana.booking_url, {"at": start, "place": "phone"})
    visitor.post(dana.booking_url, {"at": start + 900, "place": "phone"})
    assert int(hold_of(dana).starts_at.timestamp()) == start + 900


def test_a_hold_can_be_extended_once(monday, dana, visitor):
    visitor.post(dana.booking_url, {"at": first_start(dana), "place": "phone"})
    monday.shift(timedelta(minutes=4))
    visitor.post(f"{dana.booking_url}extend/")
    assert hold_of(dana).until == datetime(2026, 11, 30, 16, 20, tzinfo=UTC)
    page = visitor.post(f"{dana.booking_url}extend/", follow=True)
    assert "We can’t hold this time any longer." in page.text
    assert hold_of(dana).until == datetime(2026, 11, 30, 16, 20, tzinfo=UTC)


def test_nobody_extends_somebody_elses_hold(dana, visitor):
    HoldFactory(provider=dana)
    visitor.post(f"{dana.booking_url}extend/")
    assert not hold_of(dana).extended


def test_the_loser_of_a_time_is_told_and_shown_the_nearest(dana, visitor):
    start = first_start(dana)
    HoldFactory(provider=dana, starts_at=datetime.fromtimestamp(start, UTC))
    page = visitor.post(dana.booking_url, {"at": start, "place": "phone"})
    assert page.status_code == 409
    assert "was just taken" in page.text
    assert f'value="{start + 900}"' in page.text


@pytest.mark.parametrize("data", [{}, {"at": "x", "place": "phone"}, {"at": "1", "place": "phone"}])
def test_a_post_that_is_no_choice_is_refused(dana, visitor, data):
    assert visitor.post(dana.booking_url, data).status_code == 400


def test_the_link_says_nothing_personal_and_is_not_for_search_engines(dana, visitor):
    page = visitor.get(dana.booking_url)
    assert page["X-Robots-Tag"] == "noindex, nofollow"
    assert dana.user.email not in page.text
    assert dana.phone not in page.text


def test_a_renewed_link_leaves_the_old_one_unfound(dana, visitor):
    old = dana.booking_url
    dana.renew_booking_link()
    assert visitor.get(old).status_code == 404
    assert visitor.post(old, {"at": 1, "place": "phone"}).status_code == 404
    assert visitor.get(dana.booking_url).status_code == 200


def test_an_unpublished_provider_is_unfound(dana, visitor):
    dana.published = False
    dana.save()
    assert visitor.get(dana.booking_url).status_code == 404


def test_no_free_time_says_so_and_shows_the_way_on(dana, visitor):
    dana.working_hours.all().delete()
    for days, words in ((56, "8 weeks"), (30, "30 days"), (7, "1 week"), (1, "1 day")):
        dana.horizon_days = days
        dana.save()
        page = visitor.get(dana.booking_url)
        assert "No free times for new clients right now" in page.text
        assert page.text.count(f"opens times up to {words} ahead, and they’re all taken") == 1


def test_place_is_a_choice_where_the_provider_offers_both(marcus, visitor):
    marcus.working_hours.filter(weekday=0).update(place="in_person")
    page = visitor.get(marcus.booking_url, {"place": "in_person"})
    assert "411 30th Street" in page.text
    assert page.text.count('name="at"') == 13
    virtual = visitor.get(marcus.booking_url, {"place": "virtual"})
    assert "December 1" in virtual.text


def test_the_repeated_hour_names_its_two_zones(monday, dana, visitor):
    monday.move_to(datetime(2027, 11, 1, 12, tzinfo=UTC))
    dana.working_hours.all().delete()
    dana.working_hours.create(weekday=6, from_minute=60, to_minute=120)
    page = visitor.get(dana.booking_url, {"zone": "America/Los_Angeles", "week": "2027-11-01"})
    assert "1:00 AM PDT" in page.text
    assert "1:00 AM PST" in page.text


def test_the_week_page_has_the_same_number_of_queries_at_any_number_of_appointments(
    dana, visitor, django_assert_num_queries
):
    visitor.get(dana.booking_url)
    for count in (0, 3):
        for n in range(count):
            AppointmentFactory(provider=dana, starts_at=datetime(2026, 12, 2, 18 + n, tzinfo=UTC))
        for headers in ({}, {"HX-Request": "true"}):
            with django_assert_num_queries(3):
                visitor.get(dana.booking_url, headers=headers)


def test_who_holds_a_time_costs_the_week_page_two_more_queries(
    dana, visitor, django_assert_num_queries
):
    visitor.post(dana.booking_url, {"at": first_start(dana), "place": "phone"})
    with django_assert_num_queries(5):  # their session, and their hold
        assert "Held for you" in visitor.get(dana.booking_url).text


def test_verbs_lock_the_provider_and_then_the_client(
    dana, jordan, django_assert_num_queries, settings
):
    if "sqlite" in settings.DATABASES["default"]["ENGINE"]:
        pytest.skip("SQLite has no row locks")
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with (
        CaptureQueriesContext(
            connection,
        ) as queries,
        locking.locked(dana, jordan),
    ):
        pass
    locks = [query["sql"] for query in queries if "FOR NO KEY UPDATE" in query["sql"]]
    assert "providers_provider" in locks[0]
    assert "accounts_user" in locks[1]


def test_choosing_the_same_time_again_starts_no_new_ten_minutes(monday, dana, visitor):
    start = first_start(dana)
    visitor.post(dana.booking_url, {"at": start, "place": "phone"})
    until = hold_of(dana).until
    monday.shift(timedelta(minutes=3))
    visitor.post(dana.booking_url, {"at": start, "place": "phone"})
    assert hold_of(dana).until == until


def test_another_time_is_not_extended_once_more(dana, visitor):
    start = first_start(dana)
    visitor.post(dana.booking_url, {"at": start, "place": "phone"})
    visitor.post(f"{dana.booking_url}extend/")
    visitor.post(dana.booking_url, {"at": start + 900, "place": "phone"})
    until = hold_of(dana).until
    visitor.post(f"{dana.booking_url}extend/")
    assert hold_of(dana).until == until


def test_a_time_that_was_never_offered_is_not_called_taken(dana, visitor):
    page = visitor.post(dana.booking_url, {"at": first_start(dana) - 86400, "place": "phone"})
    assert page.status_code == 409
    assert "isn’t available" in page.text
    assert not page.context["was_taken"]


def test_what_is_carried_along_is_only_what_makes_sense(dana, visitor):
    page = visitor.get(dana.booking_url, {"zone": "x" * 300, "state": "<b>", "plan": "aetna-ppo"})
    assert "xxx" not in page.text
    assert "plan=aetna-ppo" in page.text
    assert "state=" not in page.text
