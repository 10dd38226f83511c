"""The count of unread messages in the header follows on every page of someone signed in."""

from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from playwright.sync_api import expect

from booking.models import Relationship
from demo.named import CALLS, CLIENT
from messaging import writing

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

EVERY, IDLE = 30_000, 600_000
HIDE = """
hidden => {
  Object.defineProperty(document, "hidden", { value: hidden, configurable: true });
  document.dispatchEvent(new Event("visibilitychange"));
}
"""


def watch(page):
    """The requests for news that the page sends from now on."""
    asked = []

    def note(sent):
        path = urlsplit(sent.url).path
        if path.endswith("/news/"):
            asked.append(path)

    page.on("request", note)
    return asked


def pass_time(page, milliseconds):
    """Move the page's clock, and let the server answer what the page asked for."""
    page.clock.run_for(milliseconds)
    page.wait_for_timeout(300)


def test_the_count_follows_while_the_page_is_in_view_and_used(sign_in):
    pair = Relationship.objects.get(client__email=CLIENT, provider__user__email=CALLS)
    jordan = sign_in(CLIENT)
    jordan.goto(f"/messages/{pair.uuid}/")
    jordan.clock.install()
    jordan.goto("/appointments/")
    asked = watch(jordan)
    count = jordan.get_by_role("navigation", name="Main").locator(".bar .count")
    expect(count).to_be_hidden()
    writing.send(pair, by=pair.provider.user, uuid=uuid4(), body="Hello.")
    pass_time(jordan, EVERY)
    expect(count).to_have_text("1 unread")
    assert asked == ["/messages/news/"]
    jordan.evaluate(HIDE, True)
    pass_time(jordan, 3 * EVERY)
    assert len(asked) == 1
    jordan.evaluate(HIDE, False)
    pass_time(jordan, 1)
    assert len(asked) == 2
    jordan.clock.fast_forward(IDLE)
    pass_time(jordan, 1)
    asked.clear()
    pass_time(jordan, 3 * EVERY)
    assert not asked
    jordan.keyboard.press("Shift")
    pass_time(jordan, 1)
    assert len(asked) == 1


def test_it_stops_with_the_session(sign_in):
    jordan = sign_in(CLIENT)
    jordan.clock.install()
    jordan.goto("/appointments/")
    asked = watch(jordan)
    jordan.context.clear_cookies()
    pass_time(jordan, EVERY)
    pass_time(jordan, 3 * EVERY)
    assert len(asked) == 1


def test_a_visitor_asks_nothing_and_messages_ask_only_once(enter, sign_in):
    visitor, jordan = enter(), sign_in(CLIENT)
    for page, address in ((visitor, "/help/"), (jordan, "/messages/")):
        page.clock.install()
        page.goto(address)
        asked = watch(page)
        expect(page.locator("script[src*=badge]")).to_have_count(0)
        pass_time(page, 4_000)
        assert len(asked) == (page is jordan)
