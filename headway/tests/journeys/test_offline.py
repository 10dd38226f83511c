"""A message that meets a dead connection is sent once it's back, and only once."""

import os
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from booking.models import Relationship
from demo.named import CALLS, CLIENT
from messaging.models import Message

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

WAITS = "You’re offline. We’ll send this as soon as you’re back."
TEXT = "Could we meet at four?"


@pytest.fixture
def jordan(sign_in):
    """Jordan's conversation with Dana."""
    page, pair = (
        sign_in(CLIENT),
        Relationship.objects.get(client__email=CLIENT, provider__user__email=CALLS),
    )
    page.goto(f"/messages/{pair.uuid}/#write")
    return page


def photograph(page, name):
    if folder := os.environ.get("PICTURES"):
        for width in (390, 768, 1280):
            page.set_viewport_size({"width": width, "height": 900})
            page.locator("main form").last.scroll_into_view_if_needed()
            page.screenshot(path=f"{folder}/{name}-{width}.png")


def box(page):
    return page.get_by_label("Your message to Dana")


def press_send(page):
    page.get_by_role("button", name="Send message").click()


def sent():
    return Message.objects.filter(author__email=CLIENT).exclude(body__isnull=True)


def count():
    return sum(each.body == TEXT for each in sent())


def lose_answers(page, *, times):
    """Let the server have what's sent, and lose its answer."""
    lost = []

    def lose(route):
        if route.request.method != "POST" or len(lost) == times:
            return route.fallback()
        lost.append(route.fetch(max_redirects=0).status)
        return route.abort("internetdisconnected")

    page.route(urlsplit(page.url).path, lose)
    return lost


def test_what_is_sent_offline_waits_and_goes_out_once(jordan):
    jordan.context.set_offline(True)
    box(jordan).fill(TEXT)
    press_send(jordan)
    expect(jordan.get_by_text(WAITS)).to_be_visible()
    expect(box(jordan)).to_have_value(TEXT)
    photograph(jordan, "waiting")
    press_send(jordan)
    assert count() == 0
    jordan.context.set_offline(False)
    expect(jordan.get_by_role("article").last).to_contain_text(TEXT)
    expect(box(jordan)).to_have_value("")
    expect(jordan.get_by_text(WAITS)).to_be_hidden()
    assert count() == 1
    box(jordan).fill("And thank you.")
    press_send(jordan)
    expect(jordan.get_by_role("article").last).to_contain_text("And thank you.")
    assert count() == 1


def test_dont_send_gives_the_text_back(jordan):
    jordan.context.set_offline(True)
    box(jordan).fill(TEXT)
    press_send(jordan)
    jordan.get_by_role("button", name="Don’t send").click()
    expect(jordan.get_by_text(WAITS)).to_be_hidden()
    expect(box(jordan)).to_be_focused()
    with jordan.expect_response("**/news/"):
        jordan.context.set_offline(False)
        jordan.wait_for_timeout(100)
    box(jordan).press("End")
    box(jordan).press_sequentially("!")
    expect(jordan.locator("[data-draft-status]")).to_have_text("Draft saved")
    assert count() == 0
    press_send(jordan)
    expect(jordan.get_by_role("article").last).to_contain_text(f"{TEXT}!")


def test_a_try_whose_answer_was_lost_is_not_sent_twice(jordan):
    lost = lose_answers(jordan, times=2)
    box(jordan).fill(TEXT)
    press_send(jordan)
    expect(jordan.get_by_role("article").last).to_contain_text(TEXT)
    expect(box(jordan)).to_have_value("")
    expect(jordan.get_by_text(WAITS)).to_be_hidden()
    assert lost == [302] * len(lost)
    assert lost
    assert count() == 1
    box(jordan).fill("Another one.")
    press_send(jordan)
    expect(jordan.get_by_role("article").last).to_contain_text("Another one.")
    assert count() == 1


def test_two_quick_presses_and_two_tabs_send_one_message(jordan):
    box(jordan).fill(TEXT)
    expect(jordan.locator("[data-draft-status]")).to_have_text("Draft saved")
    second = jordan.context.new_page()
    second.goto(jordan.url)
    expect(box(second)).to_have_value(TEXT)
    jordan.context.set_offline(True)
    for page in (jordan, second):
        press_send(page)
        expect(page.get_by_text(WAITS)).to_be_visible()
    jordan.context.set_offline(False)
    for page in (jordan, second):
        expect(page.get_by_role("article").last).to_contain_text(TEXT)
        expect(box(page)).to_have_value("")
    assert count() == 1
    jordan.get_by_role("button", name="Send message").evaluate("it => { it.click(); it.click(); }")
    expect(jordan.get_by_role("alert")).to_contain_text("Write something first.")


def test_what_the_server_refuses_is_a_page_with_the_reason(jordan):
    box(jordan).fill("x" * 5001)
    press_send(jordan)
    expect(jordan.get_by_role("alert")).to_contain_text("Use at most 5000 characters.")
    expect(box(jordan)).to_have_value("x" * 5001)
    box(jordan).fill(TEXT)
    press_send(jordan)
    expect(jordan.get_by_role("article").last).to_contain_text(TEXT)
    expect(jordan.get_by_role("alert")).to_be_hidden()
    assert count() == 1


def test_a_site_that_is_down_for_a_moment_is_waited_for(jordan):
    answers = []

    def be_down(route):
        if route.request.method != "POST" or answers:
            return route.fallback()
        answers.append(503)
        return route.fulfill(status=503, body="Down.")

    jordan.route(urlsplit(jordan.url).path, be_down)
    box(jordan).fill(TEXT)
    press_send(jordan)
    expect(jordan.get_by_role("article").last).to_contain_text(TEXT)
    assert answers == [503]
    assert count() == 1
