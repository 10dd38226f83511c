"""A message appears on the other's open page, with its count; out of view, a page asks nothing."""

from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from playwright.sync_api import expect

from booking.models import Relationship
from demo.named import CALLS, CLIENT
from messaging import writing

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

QUICK, SLOW, IDLE = 4_000, 30_000, 600_000
HIDE = """
hidden => {
  Object.defineProperty(document, "hidden", { value: hidden, configurable: true });
  document.dispatchEvent(new Event("visibilitychange"));
}
"""


@pytest.fixture
def pair(demo):
    return Relationship.objects.get(client__email=CLIENT, provider__user__email=CALLS)


@pytest.fixture
def write(pair):
    """`write(text)` is a message from Dana."""

    def write(text):
        writing.send(pair, by=pair.provider.user, uuid=uuid4(), body=text)

    return write


@pytest.fixture
def asked(sign_in, pair):
    """Jordan's page with the conversation, on a clock of its own; and what it has asked for."""
    jordan, asked = sign_in(CLIENT), []
    jordan.clock.install()
    jordan.goto(f"/messages/{pair.uuid}/#write")
    jordan.on("request", lambda sent: asked.append(sent) if is_for_news(sent) else None)
    return jordan, asked


def is_for_news(sent):
    return urlsplit(sent.url).path.endswith("/news/")


def pass_time(page, milliseconds):
    """Move the page's clock, and let the server answer what the page asked for."""
    page.clock.run_for(milliseconds)
    page.wait_for_timeout(300)


def test_what_one_writes_appears_on_the_others_page(sign_in, pair):
    jordan, dana = sign_in(CLIENT), sign_in(CALLS)
    jordan.goto(f"/messages/{pair.uuid}/")
    jordan.goto("/messages/")
    dana.goto(f"/messages/{pair.uuid}/#write")
    count = jordan.get_by_role("navigation", name="Main").locator(".bar .count")
    expect(count).to_be_hidden()
    dana.get_by_label("Your message to Jordan").fill("Does Thursday work?")
    dana.get_by_role("button", name="Send message").click()
    expect(count).to_have_text("1 unread")
    row = jordan.get_by_role("link", name="Dana Whitfield").first
    expect(row).to_contain_text("New: Does Thursday work?")
    row.click()
    expect(count).to_be_hidden()
    jordan.get_by_label("Your message to Dana").fill("Yes, Thursday works.")
    jordan.get_by_role("button", name="Send message").click()
    answer = dana.get_by_role("article").last
    expect(answer).to_contain_text("Yes, Thursday works.")
    expect(answer).to_be_in_viewport()
    expect(dana.locator("#arrived")).to_have_text("New message from Jordan")
    expect(dana.get_by_role("link", name="Jordan Ellis")).to_contain_text("Yes, Thursday works.")
    expect(dana.get_by_role("link", name="New message")).to_be_hidden()


def test_a_message_that_is_out_of_view_is_a_press_away(asked, write):
    jordan, _ = asked
    for number in range(12):
        write(f"Message {number}.\n\nAnd more of it.")
    jordan.reload()
    jordan.get_by_role("article").first.scroll_into_view_if_needed()
    write("The newest.")
    jordan.clock.run_for(QUICK)
    newest = jordan.get_by_role("article").last
    expect(newest).to_contain_text("The newest.")
    expect(newest).not_to_be_in_viewport()
    jordan.get_by_role("link", name="New message").click()
    expect(newest).to_be_in_viewport()
    expect(jordan.get_by_role("link", name="New message")).to_be_hidden()


def test_a_page_asks_seldom_when_idle_and_never_out_of_view(asked):
    jordan, requests = asked
    pass_time(jordan, QUICK)
    assert len(requests) == 1
    jordan.evaluate(HIDE, True)
    pass_time(jordan, 10 * SLOW)
    assert len(requests) == 1
    jordan.evaluate(HIDE, False)
    pass_time(jordan, 1)
    assert len(requests) == 2
    jordan.clock.fast_forward(IDLE)
    pass_time(jordan, 1)
    requests.clear()
    pass_time(jordan, SLOW - QUICK)
    assert len(requests) == 0
    pass_time(jordan, 2 * QUICK)
    assert len(requests) == 1
    jordan.keyboard.press("Shift")
    pass_time(jordan, 1)
    assert len(requests) == 2
    pass_time(jordan, QUICK)
    assert len(requests) == 3


def test_what_came_while_the_page_was_hidden_is_read_once_it_is_in_view(asked, write, pair):
    jordan, _ = asked
    jordan.evaluate(HIDE, True)
    write("While you were away.")
    pass_time(jordan, SLOW)
    pair.conversation.refresh_from_db()
    assert pair.conversation.is_unread_by(pair.client)
    jordan.evaluate(HIDE, False)
    expect(jordan.get_by_role("article").last).to_contain_text("While you were away.")
    pair.conversation.refresh_from_db()
    assert not pair.conversation.is_unread_by(pair.client)


def test_a_dead_connection_is_shown_until_it_is_back(asked, write):
    jordan, _ = asked
    words = jordan.get_by_text("You’re offline. New messages")
    jordan.context.set_offline(True)
    pass_time(jordan, QUICK)
    expect(words).to_be_hidden()
    pass_time(jordan, QUICK)
    expect(words).to_be_visible()
    write("Are you there?")
    jordan.context.set_offline(False)
    expect(jordan.get_by_role("article").last).to_contain_text("Are you there?")
    expect(words).to_be_hidden()


def test_the_end_of_the_session_is_shown(asked):
    jordan, requests = asked
    jordan.context.clear_cookies()
    pass_time(jordan, QUICK)
    expect(jordan.get_by_text("You were signed out.")).to_be_visible()
    pass_time(jordan, SLOW)
    assert len(requests) == 1
