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


def test_who_leaves_with_hours_unsaved_is_asked_first(sign_in):
    page = sign_in(CALLS)
    asked = []

    def stay(dialog):
        asked.append(dialog.type)
        dialog.dismiss()

    page.on("dialog", stay)
    sunday_morning(page)
    with page.expect_event("dialog"):
        page.get_by_role("link", name="Booking rules").click()
    assert asked == ["beforeunload"]
    expect(page.get_by_role("group", name="Sunday").get_by_label("From").last).to_have_value(
        "06:00"
    )
    page.get_by_role("button", name="Save weekly hours").click()
    expect(page.get_by_text("Your weekly hours are saved")).to_be_visible()
    page.get_by_role("link", name="Booking rules").click()
    expect(page.get_by_role("button", name="Save rules")).to_be_visible()
    notice = page.get_by_label("Hours of notice that a booking needs")
    before = notice.input_value()
    notice.fill("30")
    notice.fill(before)
    page.get_by_role("link", name="Time off").click()
    expect(page.get_by_role("button", name="Add time off")).to_be_visible()
    assert asked == ["beforeunload"]
