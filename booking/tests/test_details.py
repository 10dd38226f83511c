"""The page of details: who comes to it, and what it says once its time is no longer held."""

from datetime import UTC, datetime

from booking.models import Appointment
from booking.tests.conftest import answers, details_url, first_start
from booking.tests.factories import AppointmentFactory


def test_a_form_that_outlives_its_hold_says_so(dana, jordan, signed_in):
    jordans = signed_in(jordan)
    page = jordans.post(details_url(dana), answers(dana, phone="123"))
    assert page.status_code == 400
    assert "We don’t hold it any more. It is yours if nobody takes it" in page.text
    AppointmentFactory(provider=dana, starts_at=datetime.fromtimestamp(first_start(dana), UTC))
    taken = int(Appointment.objects.get().starts_at.timestamp())
    page = jordans.post(details_url(dana), answers(dana, at=taken))
    assert page.status_code == 409
    assert "It is yours if nobody takes it" not in page.text


def test_details_need_a_log_in_and_a_held_time(dana, visitor, jordan, signed_in):
    page = visitor.get(details_url(dana))
    assert page.status_code == 302
    assert "/accounts/login/" in page.url
    page = signed_in(jordan).get(details_url(dana), follow=True)
    assert "Choose a time first" in page.text
