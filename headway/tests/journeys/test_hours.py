"""A provider changes their weekly hours in a browser, and sees first what a new client would."""

import pytest
from playwright.sync_api import expect

from headway.demo.named import CALLS
from providers.models import Provider

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


def sunday_morning(page):
    """Add a block on Sunday, from 6 to 7 AM."""
    page.goto("/workspace/availability/")
    page.get_by_role("button", name="Add a block on Sunday").click()
    sunday = page.get_by_role("group", name="Sunday")
    sunday.get_by_label("From").last.fill("06:00")
    sunday.get_by_label("To", exact=True).last.fill("07:00")


@pytest.mark.parametrize("script", [True, False], ids=["with JavaScript", "without"])
def test_the_preview_comes_before_the_hours_are_saved(sign_in, script):
    page = sign_in(CALLS, java_script_enabled=script)
    saved = Provider.objects.get(user__email=CALLS).working_hours
    before = saved.count()
    sunday_morning(page)
    if not script:
        page.get_by_role("button", name="Preview").click()
    expect(page.get_by_role("complementary")).to_contain_text("6:00 to 6:45 AM")
    assert saved.count() == before
    page.get_by_role("button", name="Save weekly hours").click()
    expect(page.get_by_text("Your weekly hours are saved")).to_be_visible()
    assert saved.count() == before + 1


def test_enter_saves_and_takes_no_block_away(sign_in):
    page = sign_in(CALLS)
    saved = Provider.objects.get(user__email=CALLS).working_hours
    before = saved.count()
    sunday_morning(page)
    page.get_by_role("group", name="Sunday").get_by_label("From").last.press("Enter")
    expect(page.get_by_text("Your weekly hours are saved")).to_be_visible()
    assert saved.count() == before + 1
