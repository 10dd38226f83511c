"""Booking a first visit, from the week to the appointment."""

from datetime import UTC, date, datetime, timedelta

import pytest

from accounts.models import Notification
from booking.models import Appointment, Coverage, Hold, Relationship
from booking.tests.factories import AppointmentFactory, HoldFactory, RelationshipFactory
from booking.tests.steps import answers, details_url, first_start, hold_of
from providers.tests.factories import PlanFactory, ProviderFactory


def test_someone_new_chooses_a_time_tells_the_details_and_has_an_appointment(
    dana, jordan, signed_in, mailbox
):
    jordans = signed_in(jordan)
    week = jordans.get(dana.booking_url)
    assert "When should Dana call you?" in week.text
    start = first_start(dana)
    page = jordans.post(dana.booking_url, {"at": start, "place": "phone"}, follow=True)
    assert page.redirect_chain == [(details_url(dana), 302)]
    assert "Held for you for" in page.text
    page = jordans.post(details_url(dana), answers(dana, hold_of(dana)), follow=True)
    assert "Your phone call is booked" in page.text
    assert "Monday, November 30" in page.text
    assert "10:00 to 10:15 AM" in page.text
    assert "(916) 555-0142" in page.text
    appointment = Appointment.objects.get()
    assert (appointment.client, appointment.provider) == (jordan, dana)
    assert int(appointment.starts_at.timestamp()) == start
    assert appointment.first_visit
    assert appointment.is_call
    coverage = Coverage.objects.get()
    assert (coverage.plan.carrier, coverage.member_id, coverage.copay) == ("Aetna", "W1234", 25)
    assert not Hold.objects.exists()
    assert len(mailbox.to("jordan@example.com")) == 1
    assert len(mailbox.to(dana.user.email)) == 1


def test_what_brings_them_is_encrypted_in_the_database(dana, jordan, signed_in):
    signed_in(jordan).post(details_url(dana), answers(dana))
    assert Appointment.objects.get().client_note == "I can’t sleep."
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT client_note FROM booking_appointment")
        assert "sleep" not in cursor.fetchone()[0]


def test_a_hold_that_ran_out_books_all_the_same_while_the_time_is_free(
    monday, dana, jordan, signed_in
):
    jordans = signed_in(jordan)
    start = first_start(dana) + 3600
    jordans.post(dana.booking_url, {"at": start, "place": "phone"})
    form = answers(dana, hold_of(dana))
    monday.shift(timedelta(minutes=11))
    page = jordans.post(details_url(dana), form, follow=True)
    assert "Your phone call is booked" in page.text


def test_who_holds_the_time_books_it_though_the_minimum_notice_began(
    monday, dana, jordan, signed_in
):
    jordans = signed_in(jordan)
    jordans.post(dana.booking_url, {"at": first_start(dana), "place": "phone"})
    form = answers(dana, hold_of(dana))
    monday.shift(timedelta(minutes=9))
    page = jordans.post(details_url(dana), form, follow=True)
    assert "Your phone call is booked" in page.text


def test_a_time_that_someone_took_keeps_what_was_typed_and_shows_others(dana, jordan, signed_in):
    form = answers(dana)
    AppointmentFactory(provider=dana, starts_at=datetime.fromtimestamp(form["at"], UTC))
    page = signed_in(jordan).post(details_url(dana), form)
    assert page.status_code == 409
    assert "That time was just taken" in page.text
    assert "I can’t sleep." in page.text
    assert 'name="other_at"' in page.text
    assert not Appointment.objects.filter(client=jordan).exists()


def test_pressing_one_of_the_other_times_books_it(dana, jordan, signed_in):
    form = answers(dana)
    AppointmentFactory(provider=dana, starts_at=datetime.fromtimestamp(form["at"], UTC))
    other = first_start(dana)
    page = signed_in(jordan).post(details_url(dana), {**form, "other_at": other}, follow=True)
    assert "Your phone call is booked" in page.text
    assert int(Appointment.objects.get(client=jordan).starts_at.timestamp()) == other


def test_a_time_that_someone_else_holds_is_taken(dana, jordan, signed_in):
    form = answers(dana)
    HoldFactory(provider=dana, starts_at=datetime.fromtimestamp(form["at"], UTC))
    page = signed_in(jordan).post(details_url(dana), form)
    assert page.status_code == 409
    assert not Appointment.objects.exists()


def test_nobody_is_in_two_places_at_once(dana, marcus, jordan, signed_in):
    form = answers(dana)
    elsewhere = datetime.fromtimestamp(form["at"], UTC) - timedelta(minutes=30)
    AppointmentFactory(provider=marcus, client=jordan, starts_at=elsewhere)
    page = signed_in(jordan).post(details_url(dana), form)
    assert page.status_code == 409
    assert "You already have an appointment at that time" in page.text


REFUSALS = [
    ({"client_state": "NV"}, "isn’t licensed in Nevada"),
    ({"date_of_birth": "12/01/2008"}, "You need to be 18"),
    ({"plan": "acme-health-other"}, "doesn’t take Acme Health Other"),
]


@pytest.mark.parametrize(("change", "words"), REFUSALS)
def test_a_rule_that_says_no_explains_itself_beside_the_field(
    dana, jordan, signed_in, change, words
):
    PlanFactory(slug="acme-health-other", name="Other")
    page = signed_in(jordan).post(details_url(dana), answers(dana, **change))
    assert page.status_code == 400
    assert words in page.text
    assert "I can’t sleep." in page.text
    assert not Appointment.objects.exists()


def test_eighteen_today_is_old_enough(dana, jordan, signed_in):
    signed_in(jordan).post(details_url(dana), answers(dana, date_of_birth="11/30/2008"))
    assert Appointment.objects.count() == 1


def test_all_that_stands_in_the_way_is_told_at_once(dana, jordan, signed_in):
    PlanFactory(slug="acme-health-other", name="Other")
    form = answers(dana, client_state="NV", plan="acme-health-other", date_of_birth="12/01/2008")
    page = signed_in(jordan).post(details_url(dana), form)
    assert "3 things to fix" in page.text
    for words in ("isn’t licensed in Nevada", "doesn’t take Acme Health Other", "need to be 18"):
        assert words in page.text


def test_rules_are_told_together_with_what_is_missing(dana, jordan, signed_in):
    PlanFactory(slug="acme-health-other", name="Other")
    form = answers(dana, full_name="", phone="916 555", client_state="NV", plan="acme-health-other")
    page = signed_in(jordan).post(details_url(dana), form)
    assert page.status_code == 400
    assert "4 things to fix" in page.text
    assert set(page.context["form"].errors) == {"full_name", "phone", "client_state", "plan"}
    page = signed_in(jordan).post(details_url(dana), {**form, "date_of_birth": "", "plan": ""})
    assert {"date_of_birth", "client_state"} <= set(page.context["form"].errors)


@pytest.mark.parametrize(
    "typed", ["04/27/1990", "4-27-1990", "4.27.1990", "04271990", "27 April 1990", "apr 27 1990"]
)
def test_a_date_of_birth_is_read_as_people_write_it(dana, jordan, signed_in, typed):
    signed_in(jordan).post(details_url(dana), answers(dana, date_of_birth=typed, copay="$25.50"))
    jordan.refresh_from_db()
    assert jordan.date_of_birth == date(1990, 4, 27)
    assert Coverage.objects.get().copay == 26


def test_choosing_another_time_keeps_what_was_typed_out_of_sight(dana, jordan, signed_in):
    jordans = signed_in(jordan)
    start = first_start(dana)
    jordans.post(dana.booking_url, {"at": start, "place": "phone"})
    form = answers(dana, hold_of(dana), full_name="Jo Typed", member_id="W99")
    page = jordans.post(details_url(dana), {**form, "choose": "yes"})
    assert page.url == dana.booking_url
    assert "sleep" not in str(dict(jordans.session))
    page = jordans.post(dana.booking_url, {"at": start + 900, "place": "phone"}, follow=True)
    for words in ("Jo Typed", "W99", "I can’t sleep."):
        assert words in page.text
    form = answers(dana, hold_of(dana))
    jordans.post(details_url(dana), form)
    assert "draft" not in jordans.session


def test_a_booking_in_another_zone_leaves_the_clients_own_zone(dana, jordan, signed_in):
    jordan.time_zone = "America/Denver"
    jordan.save()
    signed_in(jordan).post(f"{details_url(dana)}?zone=Asia/Kolkata", answers(dana))
    jordan.refresh_from_db()
    assert jordan.time_zone == "America/Denver"


def test_another_state_leads_to_the_providers_there(dana, jordan, signed_in):
    page = signed_in(jordan).post(details_url(dana), answers(dana, client_state="NV"))
    assert "/providers/?state=NV" in page.text


def test_an_expired_license_counts_for_nothing(dana, jordan, signed_in):
    dana.licenses.update(expires=date(2026, 11, 29))
    page = signed_in(jordan).post(details_url(dana), answers(dana))
    assert "isn’t licensed in California" in page.text
    licensed = page.context["form"].fields["client_state"].choices[1]
    assert licensed == ("Dana is licensed in", [])


def test_a_plan_without_telehealth_pays_no_virtual_session(marcus, jordan, signed_in, plan):
    plan.covers_telehealth = False
    plan.save()
    page = signed_in(jordan).post(details_url(marcus), answers(marcus))
    assert "doesn’t cover virtual sessions" in page.text
    assert not Appointment.objects.exists()


def test_a_plan_without_telehealth_is_fine_for_a_call_and_in_person(
    dana, marcus, jordan, signed_in, plan
):
    plan.covers_telehealth = False
    plan.save()
    marcus.working_hours.update(place="both")
    jordans = signed_in(jordan)
    jordans.post(details_url(dana), answers(dana))
    later = first_start(marcus) + 3600
    form = answers(marcus, place="in_person", at=later, uuid="5a0e31f5-0b0c-4a0e-8f0a-6f1a3f7b9c02")
    page = jordans.post(details_url(marcus), form, follow=True)
    assert "411 30th Street" in page.text
    assert Appointment.objects.count() == 2


BAD = [
    ({"full_name": ""}, "Enter your name."),
    ({"date_of_birth": "yesterday"}, "Enter the date as month, day, year"),
    ({"date_of_birth": "01/01/1850"}, "between 1900 and today"),
    ({"date_of_birth": "01/01/2099"}, "between 1900 and today"),
    ({"phone": "916 555"}, "phone"),
    ({"coverage": "plan", "plan": ""}, "Choose your plan"),
    ({"coverage": "plan", "member_id": ""}, "Add the member ID"),
    ({"copay": "some"}, "Write a number of dollars from 0 to 999, like 25."),
    ({"coverage": "gold"}, "Select a valid choice"),
    ({"client_state": "ZZ"}, "Select a valid choice"),
    ({"voicemail_ok": ""}, "Choose whether a voicemail is OK"),
    ({"note": "x" * 2001}, "2000"),
]


@pytest.mark.parametrize(("change", "words"), BAD)
def test_bad_input_is_told_at_the_field_and_nothing_is_lost(dana, jordan, signed_in, change, words):
    page = signed_in(jordan).post(details_url(dana), answers(dana, **change))
    assert page.status_code == 400
    assert words in page.text
    assert "error-summary" in page.text
    assert not Appointment.objects.exists()


@pytest.mark.parametrize(
    "change",
    [{"at": "soon"}, {"at": 99999999999}, {"uuid": "1"}, {"place": "moon"}, {"other_at": "x"}],
)
def test_a_forged_time_or_key_is_refused(dana, jordan, signed_in, change):
    page = signed_in(jordan).post(details_url(dana), answers(dana, **change))
    assert page.status_code == 400
    assert not Appointment.objects.exists()


def test_paying_oneself_needs_no_plan(dana, jordan, signed_in):
    form = answers(dana, coverage="self", plan="nonsense", member_id="", copay="x")
    signed_in(jordan).post(details_url(dana), form)
    assert Coverage.objects.get().plan is None


@pytest.mark.parametrize("shift", [-900 * 5, 300])
def test_a_time_that_was_never_offered_is_not_booked(dana, jordan, signed_in, shift):
    form = answers(dana)
    page = signed_in(jordan).post(details_url(dana), {**form, "at": form["at"] + shift})
    assert page.status_code == 409
    assert not Appointment.objects.exists()


def test_a_place_that_is_not_offered_is_not_booked(marcus, jordan, signed_in):
    page = signed_in(jordan).post(details_url(marcus), answers(marcus, place="in_person"))
    assert page.status_code == 409
    assert not Appointment.objects.exists()


def test_a_call_never_becomes_a_session(dana, jordan, signed_in):
    page = signed_in(jordan).post(details_url(dana), answers(dana, place="virtual"))
    assert page.status_code == 409
    assert not Appointment.objects.exists()


def test_an_existing_client_is_refused_with_the_reason(dana, jordan, signed_in):
    AppointmentFactory(
        provider=dana,
        client=jordan,
        status="completed",
        starts_at=datetime(2026, 11, 2, 18, tzinfo=UTC),
    )
    jordans = signed_in(jordan)
    for url in (dana.booking_url, details_url(dana)):
        page = jordans.get(url)
        assert "You’re already with Dana" in page.text
        assert "slot" not in page.text
        assert jordans.post(url, answers(dana)).status_code == 403
    assert Appointment.objects.count() == 1


def test_an_ended_relationship_and_an_accepted_invitation_bind_too(dana, jordan, signed_in):
    pair = RelationshipFactory(provider=dana, client=jordan)
    jordans = signed_in(jordan)
    for change in (
        {"ended_at": datetime(2026, 11, 2, tzinfo=UTC)},
        {"ended_at": None, "invitation_accepted_at": datetime(2026, 11, 2, tzinfo=UTC)},
    ):
        Relationship.objects.filter(pk=pair.pk).update(**change)
        assert jordans.post(details_url(dana), answers(dana)).status_code == 403
    Relationship.objects.filter(pk=pair.pk).update(invitation_accepted_at=None)
    assert jordans.post(details_url(dana), answers(dana)).status_code == 302


def test_a_missed_visit_binds(dana, jordan, signed_in):
    AppointmentFactory(
        provider=dana,
        client=jordan,
        status="no_show",
        starts_at=datetime(2026, 11, 2, 18, tzinfo=UTC),
    )
    assert signed_in(jordan).post(details_url(dana), answers(dana)).status_code == 403


def test_a_provider_cannot_book_with_themselves(dana, signed_in):
    danas = signed_in(dana.user)
    assert "your own booking page" in danas.get(dana.booking_url).text
    assert danas.post(dana.booking_url, {"at": 1, "place": "phone"}).status_code == 403
    assert danas.post(details_url(dana), answers(dana)).status_code == 403


def test_a_provider_who_takes_no_new_clients_is_not_booked(dana, jordan, signed_in):
    form = answers(dana)
    dana.accepting_new_clients = False
    dana.save()
    other = ProviderFactory(name="Elena Reyes")
    page = signed_in(jordan).get(dana.booking_url)
    assert "Dana isn’t taking new clients right now." in page.text
    assert other.get_absolute_url() in page.text
    assert signed_in(jordan).post(details_url(dana), form).status_code == 403


def test_reminders_are_owed_a_day_and_two_hours_before(dana, jordan, signed_in):
    later = first_start(dana) + 2 * 86400
    signed_in(jordan).post(details_url(dana), answers(dana, at=later))
    due = dict(Notification.objects.filter(kind__contains="reminder").values_list("kind", "due_at"))
    start = datetime.fromtimestamp(later, UTC)
    assert due == {
        "booking.reminder_day": start - timedelta(hours=24),
        "booking.reminder_hours": start - timedelta(hours=2),
    }


def test_more_time_on_the_form_keeps_what_was_typed(monday, dana, jordan, signed_in):
    jordans = signed_in(jordan)
    jordans.post(dana.booking_url, {"at": first_start(dana), "place": "phone"})
    form = answers(dana, hold_of(dana), phone="916")
    monday.shift(timedelta(minutes=8))
    page = jordans.post(details_url(dana), {**form, "extend": "yes"})
    assert page.status_code == 200
    assert "We’ll hold the time for you for 10 more minutes" in page.text
    assert "I can’t sleep." in page.text
    assert 'value="916"' in page.text
    assert "error-summary" not in page.text
    assert hold_of(dana).extended
    assert not Appointment.objects.exists()
