"""A provider changes their weekly hours in a browser, and first sees what a new client would."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from demo.named import CALLS
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
    notice = page.get_by_label("Hours of notice before a booking")
    before = notice.input_value()
    notice.fill("30")
    notice.fill(before)
    page.get_by_role("link", name="Time off").click()
    expect(page.get_by_role("button", name="Add time off")).to_be_visible()
    assert asked == ["beforeunload"]


@pytest.mark.parametrize("script", [True, False], ids=["with JavaScript", "without"])
def test_a_copy_says_what_it_did_where_the_reader_is(sign_in, script):
    page = sign_in(CALLS, java_script_enabled=script, viewport={"width": 390, "height": 844})
    page.goto("/workspace/availability/")
    monday = page.get_by_role("group", name="Monday")
    monday.get_by_text("Copy Monday to").click()
    monday.get_by_role("button", name="Copy and replace").click()
    expect(monday.get_by_role("status")).to_have_text("Choose the days to copy to.")
    expect(monday.get_by_role("status")).to_be_focused()
    monday.get_by_label("Sunday").check()
    monday.get_by_role("button", name="Copy and replace").click()
    expect(monday.get_by_role("status")).to_have_text("Copied to Sunday. Not saved yet.")
    expect(monday.get_by_role("status")).to_be_focused()


def test_on_a_phone_save_is_in_reach_and_never_over_the_focus(sign_in):
    page = sign_in(CALLS, viewport={"width": 390, "height": 844}, reduced_motion="reduce")
    page.goto("/workspace/availability/")
    save = page.get_by_role("button", name="Save weekly hours")
    expect(save).to_be_in_viewport(ratio=1)
    page.locator("#id_block-0-starts").focus()
    for _ in range(60):
        page.keyboard.press("Tab")
        low = page.evaluate("document.activeElement.getBoundingClientRect().bottom")
        assert low <= page.locator(".save-bar").bounding_box()["y"]
    page.set_viewport_size({"width": 844, "height": 390})
    page.evaluate("scrollTo(0, 0)")
    expect(save).not_to_be_in_viewport()
    page.set_viewport_size({"width": 280, "height": 844})
    expect(save).not_to_be_in_viewport()


def test_a_look_at_what_would_stand_outside_keeps_the_form(sign_in):
    page = sign_in(CALLS)
    page.on("dialog", lambda dialog: pytest.fail(dialog.type))
    page.goto("/workspace/availability/off/")
    page.get_by_label("First day").fill(str(timezone.localdate()))
    page.get_by_label("Last day").fill(str(timezone.localdate() + timedelta(days=60)))
    page.get_by_role("button", name="Add time off").click()
    with page.expect_popup() as popup:
        page.get_by_role("link", name="Move the appointment of").first.click()
    expect(popup.value.get_by_role("heading", level=1)).to_be_visible()
    assert "/move/" in popup.value.url
    expect(page.get_by_role("alert").get_by_role("button", name="Save anyway")).to_be_visible()
