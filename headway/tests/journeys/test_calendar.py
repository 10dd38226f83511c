"""A provider adds to a day from the calendar, with only the keyboard, even without JavaScript."""

import re

import pytest
from playwright.sync_api import expect

from booking.models import TimeOff
from demo.named import CALLS

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


def menu_of_sunday(page):
    """The plus sign in the heading of next week's Sunday."""
    page.goto("/workspace/calendar/")
    page.get_by_role("link", name="Next week").click()
    return page.get_by_role("region", name=re.compile("Sun")).locator("summary")


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("script", [True, False], ids=["with JavaScript", "without"])
def test_time_off_is_added_for_a_day_of_the_calendar_and_leads_back(sign_in, script, width):
    page = sign_in(CALLS, java_script_enabled=script)
    page.set_viewport_size({"width": width, "height": 900})
    before = TimeOff.objects.count()
    sign = menu_of_sunday(page)
    heading = page.get_by_role("heading", level=1).text_content()
    sign.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")  # the second line: time off
    expect(page.get_by_label("First day")).not_to_have_value("")
    page.get_by_role("button", name="Add time off").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(heading)
    sunday = page.get_by_role("region", name=re.compile("Sun"))
    expect(sunday.get_by_text("All day")).to_be_visible()
    assert TimeOff.objects.count() == before + 1


def test_an_open_menu_closes_on_escape_and_on_a_press_elsewhere(sign_in):
    page = sign_in(CALLS)
    sign = menu_of_sunday(page)
    choice = page.get_by_role("link", name="An appointment")
    sign.click()
    expect(choice).to_be_visible()
    page.keyboard.press("Escape")
    expect(choice).to_be_hidden()
    expect(sign).to_be_focused()
    sign.click()
    page.get_by_role("heading", level=1).click()
    expect(choice).to_be_hidden()
