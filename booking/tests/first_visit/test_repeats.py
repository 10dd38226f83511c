"""The key in the form: a second press, another tab, and keys that are someone else's."""

from datetime import UTC, datetime

import pytest

from accounts.tests.factories import UserFactory
from booking.models import Appointment
from booking.tests.factories import AppointmentFactory, HoldFactory
from booking.tests.steps import TEN_AM, answers, details_url


def test_pressing_twice_makes_one_appointment_and_one_mail(dana, jordan, signed_in, mailbox):
    jordans = signed_in(jordan)
    form = answers(dana)
    first = jordans.post(details_url(dana), form)
    second = jordans.post(details_url(dana), form)
    assert first.url == second.url == Appointment.objects.get().get_absolute_url()
    assert len(mailbox.to("jordan@example.com")) == 1


def test_a_second_tab_with_another_hold_is_shown_the_one_appointment(
    dana, jordan, signed_in, mailbox
):
    jordans = signed_in(jordan)
    jordans.post(details_url(dana), answers(dana))
    other = answers(dana, uuid="5a0e31f5-0b0c-4a0e-8f0a-6f1a3f7b9c02")
    page = jordans.post(details_url(dana), other)
    assert page.status_code == 403
    assert "Your phone call with Dana is booked" in page.text
    assert Appointment.objects.get().get_absolute_url() in page.text
    assert len(mailbox.to("jordan@example.com")) == 1


def test_a_second_press_with_another_time_says_that_it_is_not_booked_and_what_is(
    dana, jordan, signed_in, mailbox
):
    jordans = signed_in(jordan)
    form = answers(dana)
    jordans.post(details_url(dana), form)
    for change in ({"other_at": form["at"] + 3600}, {"at": form["at"] + 3600}):
        page = jordans.post(details_url(dana), {**form, **change}, follow=True)
        assert page.context["appointment"] == Appointment.objects.get()
        assert "Monday, November 30, 11:00 AM isn’t booked." in page.text
        assert "10:00 to 10:15 AM" in page.text
    page = jordans.post(details_url(dana), form, follow=True)
    assert "isn’t booked" not in page.text
    assert len(mailbox.to(jordan.email)) == 1


def test_another_tab_with_another_time_says_that_it_is_not_booked_and_what_is(
    dana, jordan, signed_in
):
    jordans = signed_in(jordan)
    first = answers(dana)
    jordans.post(details_url(dana), first)
    other = {**first, "uuid": "5a0e31f5-0b0c-4a0e-8f0a-6f1a3f7b9c02"}
    for url in (details_url(dana), dana.booking_url):
        page = jordans.post(url, {**other, "at": first["at"] + 3600})
        assert page.status_code == 403
        assert "Monday, November 30, 11:00 AM isn’t booked." in page.text
        assert "It’s today, November 30, 10:00 AM, Pacific Time." in page.text
    assert "isn’t booked" not in jordans.post(details_url(dana), other).text


def test_a_second_press_shows_the_first_result_though_someone_else_has_the_time_by_now(
    dana, jordan, signed_in
):
    jordans, form = signed_in(jordan), answers(dana)
    made = jordans.post(details_url(dana), form).url
    jordans.post(f"{made}cancel/", {"version": "0"})
    AppointmentFactory(provider=dana, starts_at=datetime.fromtimestamp(form["at"], UTC))
    assert jordans.post(details_url(dana), form).url == made


@pytest.mark.parametrize("same_provider", [False, True])
def test_the_key_of_someone_elses_hold_is_answered_like_a_new_one_and_stays_theirs(
    dana, marcus, jordan, signed_in, same_provider
):
    other, provider = UserFactory(), dana if same_provider else marcus
    theirs = HoldFactory(provider=provider, user=other, starts_at=TEN_AM)
    form = answers(dana, uuid=str(theirs.uuid))
    page = signed_in(jordan).post(details_url(dana), form, follow=True)
    assert page.context["appointment"] == Appointment.objects.get()
    page = signed_in(other).post(details_url(provider), answers(provider, theirs), follow=True)
    assert page.context["appointment"].uuid == theirs.uuid


@pytest.mark.parametrize("whose", ["another provider's", "another client's", "of two others"])
def test_the_key_of_another_appointment_is_answered_like_a_new_one(
    dana, marcus, jordan, signed_in, whose
):
    made = AppointmentFactory(
        provider=dana if whose == "another client's" else marcus,
        client=jordan if whose == "another provider's" else UserFactory(),
        starts_at=TEN_AM,
    )
    form = answers(dana, uuid=str(made.uuid))
    page = signed_in(jordan).post(details_url(dana), form, follow=True)
    booked = Appointment.objects.get(client=jordan, provider=dana)
    assert page.context["appointment"] == booked
    assert booked.uuid != made.uuid
