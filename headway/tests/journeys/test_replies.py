"""A provider saves a reply and puts it in a message, with scripts and without; an away note."""

import os

import pytest
from playwright.sync_api import expect

from demo.named import CALLS, CLIENT

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

LATE = "I’m running late.\nTen minutes, I think."


def photograph(page, name, *, at=None):
    if folder := os.environ.get("PICTURES"):
        for width in (390, 768, 1280):
            page.set_viewport_size({"width": width, "height": 900})
            if at:
                page.locator(at).last.scroll_into_view_if_needed()
            page.screenshot(path=f"{folder}/{name}-{width}.png", full_page=not at)


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_a_saved_reply_goes_in_the_box_beside_what_was_typed(sign_in, scripts):
    dana = sign_in(CALLS, java_script_enabled=scripts)
    dana.goto("/messages/")
    dana.get_by_role("link", name="Away note and saved replies").click()
    photograph(dana, "settings-empty")
    dana.get_by_label("Name").fill("Running late")
    dana.get_by_role("button", name="Save reply").click()
    expect(dana.get_by_role("alert")).to_contain_text("One thing to fix")
    photograph(dana, "settings-wrong")
    dana.get_by_label("Text").fill(LATE)
    dana.get_by_role("button", name="Save reply").click()
    expect(dana.get_by_role("listitem").filter(has_text="Ten minutes")).to_be_visible()
    dana.goto("/messages/")
    dana.get_by_role("link", name="Jordan Ellis").click()
    box = dana.get_by_label("Your message to Jordan")
    box.fill("Hi Jordan, see you!")
    if scripts:
        box.evaluate("box => box.setSelectionRange(3, 10)")  # "Jordan,"
    dana.get_by_text("Saved replies", exact=True).click()
    photograph(dana, f"replies-{scripts}", at="main form")
    dana.get_by_role("button", name="Running late").click()
    if scripts:
        expect(box).to_have_value(f"Hi Jordan,\n{LATE} see you!")
        expect(box).to_be_focused()
        expect(dana.locator("[data-draft-status]")).to_have_text("Draft saved")
        dana.reload()
    expect(box).to_have_value(
        f"Hi Jordan,\n{LATE} see you!" if scripts else f"Hi Jordan, see you!\n{LATE}"
    )
    expect(dana.get_by_role("article").filter(has_text="running late")).to_have_count(0)
    if scripts:  # the cursor was nowhere yet
        dana.get_by_text("Saved replies", exact=True).click()
        dana.get_by_role("button", name="Running late").click()
        expect(box).to_have_value(f"Hi Jordan,\n{LATE} see you!\n{LATE}")
    dana.get_by_role("button", name="Send message").click()
    expect(dana.get_by_role("article").last).to_contain_text("Ten minutes, I think.")


def test_an_away_note_is_above_the_box_until_the_provider_is_back(sign_in):
    dana, jordan = sign_in(CALLS), sign_in(CLIENT)
    dana.goto("/messages/settings/")
    today = dana.evaluate(
        "new Date().toLocaleDateString('en-CA', { timeZone: 'America/Los_Angeles' })"
    )
    for label in ("First day away", "Last day away"):
        dana.get_by_label(label).fill(today)
    dana.get_by_label("Your note").fill("For urgent refills, call (916) 555-0100.")
    dana.get_by_role("button", name="Save away note").click()
    expect(dana.get_by_text("Dana is away on")).to_be_visible()
    photograph(dana, "settings-full")
    jordan.goto("/messages/")
    jordan.get_by_role("link", name="Dana Whitfield").click()
    expect(jordan.get_by_text("Dana is away on")).to_be_visible()
    expect(jordan.get_by_text("For urgent refills")).to_be_visible()
    photograph(jordan, "away", at="main form")
    dana.get_by_role("button", name="I’m back").click()
    expect(dana.get_by_text("Clients don’t see an away note anymore.")).to_be_visible()
    jordan.reload()
    expect(jordan.get_by_text("Dana is away on")).to_be_hidden()
