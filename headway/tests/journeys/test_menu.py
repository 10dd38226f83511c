"""The bar's menu on a phone: it opens, and closes without a choice."""

import pytest
from playwright.sync_api import expect

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


def test_the_open_menu_closes_on_escape_and_on_a_press_elsewhere(enter):
    page = enter(viewport={"width": 390, "height": 844})
    page.goto("/help/")
    sign = page.locator(".menu > summary")
    choice = page.get_by_role("navigation", name="Main").get_by_role("link", name="Help")
    sign.click()
    expect(choice).to_be_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("Escape")
    expect(choice).to_be_hidden()
    expect(sign).to_be_focused()
    sign.click()
    page.get_by_role("heading", level=1).click(position={"x": 5, "y": 5}, force=True)
    expect(choice).to_be_hidden()
