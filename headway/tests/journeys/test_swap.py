"""A client moves a first visit in three presses from its page, in a browser."""

import pytest
from playwright.sync_api import expect

from booking.models import Appointment
from demo.named import CLIENT

from .steps import violations

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("script", [True, False], ids=["with JavaScript", "without"])
def test_a_client_moves_a_first_visit_in_three_presses(sign_in, script):
    visit = Appointment.objects.get(client__email=CLIENT, first_visit=True, status="scheduled")
    was = visit.starts_at
    page = sign_in(CLIENT, java_script_enabled=script)
    page.goto(visit.get_absolute_url())
    page.get_by_role("link", name="Choose another time").click()
    expect(page.get_by_role("main")).to_contain_text("It stays yours until you choose another.")
    page.locator("#week button.slot").nth(2).click()
    expect(page.get_by_role("heading", name="Move from")).to_be_in_viewport()
    if script:
        assert not list(violations(page))
    page.get_by_role("button", name="Move the session").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your session was moved")
    visit.refresh_from_db()
    assert visit.starts_at != was
    assert visit.sequence == 1


def test_the_weeks_go_by_without_a_new_page(sign_in):
    visit = Appointment.objects.get(client__email=CLIENT, first_visit=True, status="scheduled")
    page = sign_in(CLIENT)
    page.goto(f"{visit.get_absolute_url()}swap/")
    page.evaluate("window.isSamePage = true")
    page.locator("#week-after").click()
    page.wait_for_url("**week=**")
    page.locator("#week button.slot").first.focus()
    page.keyboard.press("ArrowDown")
    assert page.evaluate("window.isSamePage")
    assert page.evaluate("document.activeElement.name") == "at"
