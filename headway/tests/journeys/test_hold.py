"""The details page announces, next to the button, that the hold is over."""

import re

import pytest
from playwright.sync_api import expect

from demo.named import NEW
from providers.models import Provider

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


def test_the_end_of_a_hold_is_announced_next_to_the_button(sign_in):
    page = sign_in(NEW, viewport={"width": 390, "height": 844})
    page.clock.install()
    page.goto(Provider.objects.get(name="Dana Whitfield").booking_url)
    page.locator("#week button.slot").first.click()
    page.wait_for_url(re.compile("/details/"))
    page.get_by_label("A few words").fill("I can’t sleep.")
    note = page.locator("#held")
    status = note.get_by_role("status")
    expect(note).to_contain_text("10 more minutes")
    expect(status).to_have_text("", use_inner_text=True)

    page.clock.fast_forward("08:15")
    expect(status).to_contain_text("less than two more minutes", use_inner_text=True)
    note.get_by_role("button", name="I need 10 more minutes").click()
    expect(page.get_by_label("A few words")).to_have_value("I can’t sleep.")
    expect(status).to_have_text("", use_inner_text=True)
    expect(note.get_by_role("button")).to_have_count(0)

    page.clock.fast_forward("12:00")
    expect(status).to_contain_text("We’re no longer holding this time.", use_inner_text=True)
    expect(note).not_to_contain_text("Held for you", use_inner_text=True)
