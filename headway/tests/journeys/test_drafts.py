"""What someone types in Messages is kept, on every tab, until it's sent."""

import os
import re

import pytest
from playwright.sync_api import expect

from demo.named import CLIENT
from messaging.models import Draft

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

LABEL = "Your message to Dana"
OTHER = "Not saved: another tab has a different draft."


def photograph(page, name):
    if folder := os.environ.get("PICTURES"):
        for width in (390, 768, 1280):
            page.set_viewport_size({"width": width, "height": 900})
            page.locator("main form, .messages-list").last.scroll_into_view_if_needed()
            page.screenshot(path=f"{folder}/{name}-{width}.png")


def box(page):
    return page.get_by_label(LABEL)


def status(page):
    return page.locator("[data-draft-status]")


def until(page, happened):
    """Wait for what the server does after the browser has left the page that asked for it."""
    for _ in range(100):
        if happened():
            return
        page.wait_for_timeout(50)
    pytest.fail("It didn't happen.")


@pytest.fixture
def jordan(sign_in):
    """Jordan's conversation with Dana, open in a tab."""
    page = sign_in(CLIENT)
    page.goto("/messages/")
    page.get_by_role("link", name="Dana Whitfield").click()
    expect(box(page)).to_be_visible()
    return page


def another_tab(page):
    tab = page.context.new_page()
    tab.goto(page.url)
    return tab


def test_a_draft_is_back_after_a_reload_and_gone_once_it_was_sent(jordan):
    jordan.get_by_text("Add what it’s about").click()
    jordan.get_by_role("radio", name="Follow-up").check()
    box(jordan).press_sequentially("Could we meet")
    expect(status(jordan)).to_have_text("Draft saved")
    jordan.reload()
    expect(box(jordan)).to_have_value("Could we meet")
    expect(jordan.get_by_role("radio", name="Follow-up")).to_be_checked()
    expect(status(jordan)).to_contain_text(re.compile(r"Draft from \w+day, .+\d, \d+:\d\d [AP]M"))
    photograph(jordan, "draft-loaded")
    box(jordan).press("End")
    box(jordan).press_sequentially(" at four?")
    jordan.get_by_role("button", name="Send message").click()
    expect(jordan.get_by_role("article").last).to_contain_text("Could we meet at four?")
    expect(box(jordan)).to_have_value("")
    jordan.go_back()
    jordan.get_by_role("link", name="Dana Whitfield").click()
    expect(box(jordan)).to_have_value("")
    jordan.reload()
    expect(box(jordan)).to_have_value("")
    assert not Draft.objects.exclude(body="").exists()


def test_what_was_typed_just_before_leaving_is_kept(jordan):
    box(jordan).fill("Typed in a hurry")
    jordan.goto("/messages/")
    until(jordan, Draft.objects.exists)
    jordan.reload()
    row = jordan.get_by_role("link", name="Dana Whitfield")
    expect(row).to_contain_text("Draft: Typed in a hurry")
    photograph(jordan, "draft-list")
    row.click()
    expect(box(jordan)).to_have_value("Typed in a hurry")


def test_two_tabs_that_differ_keep_both(jordan):
    second = another_tab(jordan)
    box(jordan).fill("From the first tab.")
    expect(status(jordan)).to_have_text("Draft saved")
    box(second).fill("From the second tab.")
    expect(status(second)).to_have_text(OTHER)
    other = second.locator(".notice", has_text="The other version")
    expect(other).to_contain_text("From the first tab.")
    expect(box(second)).to_have_value("From the second tab.")
    photograph(second, "draft-differs")
    assert Draft.objects.get().body == "From the first tab."
    with second.expect_response("**/draft/"):
        other.get_by_role("button", name="Use it").click()
    expect(box(second)).to_have_value("From the first tab.")
    expect(other).to_contain_text("From the second tab.")
    with second.expect_response("**/draft/"):
        other.get_by_role("button", name="Use it").click()
    expect(box(second)).to_have_value("From the second tab.")
    expect(status(second)).to_have_text("Draft saved")
    other.get_by_role("button", name="Keep what’s in the box").click()
    expect(other).to_be_hidden()
    second.reload()
    expect(box(second)).to_have_value("From the second tab.")
    box(jordan).press_sequentially(" More.")
    expect(status(jordan)).to_have_text(OTHER)
    expect(jordan.locator("[data-draft-other]")).to_contain_text("From the second tab.")


def test_a_tab_with_a_draft_that_was_sent_elsewhere_asks_first(jordan):
    box(jordan).fill("Hello.")
    expect(status(jordan)).to_have_text("Draft saved")
    second = another_tab(jordan)
    second.get_by_role("button", name="Send message").click()
    expect(second.get_by_role("article").last).to_contain_text("Hello.")
    box(jordan).press_sequentially("!")
    expect(status(jordan)).to_have_text("Not saved: you sent or cleared this draft in another tab.")
    assert not Draft.objects.exclude(body="").exists()
    expect(jordan.get_by_role("button", name="Use it")).to_be_hidden()
    jordan.get_by_role("button", name="Keep what’s in the box").click()
    expect(status(jordan)).to_have_text("Draft saved")


def test_a_new_text_in_a_tab_that_had_none_needs_no_question(jordan):
    second = another_tab(jordan)
    box(second).fill("Hello.")
    expect(status(second)).to_have_text("Draft saved")
    second.get_by_role("button", name="Send message").click()
    expect(second.get_by_role("article").last).to_contain_text("Hello.")
    box(jordan).fill("And one more thing.")
    expect(status(jordan)).to_have_text("Draft saved")


def test_it_says_when_nothing_was_saved(jordan):
    jordan.evaluate(
        "() => { window.real = fetch; window.fetch = () => Promise.reject(new TypeError()); }"
    )
    box(jordan).fill("Hello.")
    expect(status(jordan)).to_have_text("Not saved: we can’t reach the site.")
    photograph(jordan, "draft-failed")
    jordan.evaluate("() => { window.fetch = window.real; }")
    box(jordan).press_sequentially(" Dana.")
    expect(status(jordan)).to_have_text("Draft saved")


def test_a_text_that_another_tab_sent_leaves_the_box(jordan):
    box(jordan).fill("Hello.\n\nHow are you?")
    expect(status(jordan)).to_have_text("Draft saved")
    second = another_tab(jordan)
    expect(box(second)).to_have_value("Hello.\n\nHow are you?")
    third = another_tab(jordan)
    box(third).fill("Something else.")
    second.get_by_role("button", name="Send message").click()
    expect(second.get_by_role("article").last).to_contain_text("How are you?")
    expect(box(jordan)).to_have_value("")
    expect(status(jordan)).to_have_text("You sent this already. It’s above.")
    expect(third.get_by_role("article").last).to_contain_text("How are you?")
    expect(box(third)).to_have_value("Something else.")
    box(jordan).fill("And one more thing.")
    expect(status(jordan)).to_have_text("Draft saved")  # without a question


@pytest.mark.parametrize(("width", "height"), [(390, 600), (1280, 640)])
def test_the_other_version_is_in_view_and_the_focus_stays(jordan, width, height):
    second = another_tab(jordan)
    second.set_viewport_size({"width": width, "height": height})
    box(jordan).fill("From the first tab.\n" * 20)
    expect(status(jordan)).to_have_text("Draft saved")
    box(second).focus()
    box(second).press_sequentially("From the second tab.")
    expect(second.get_by_role("button", name="Use it")).to_be_in_viewport(ratio=1)
    expect(box(second)).to_be_focused()


def test_what_the_other_tab_left_says_where_it_is_from(jordan):
    second = another_tab(jordan)
    box(jordan).fill("From the first tab.")
    expect(status(jordan)).to_have_text("Draft saved")
    box(second).fill("From the second tab.")
    expect(status(second)).to_have_text(OTHER)
    second.get_by_role("button", name="Send message").click()
    expect(second.get_by_role("article").last).to_contain_text("From the second tab.")
    expect(box(second)).to_have_value("From the first tab.")
    expect(second.get_by_text("This is a draft from another tab.")).to_be_visible()
    photograph(second, "draft-elsewhere")
