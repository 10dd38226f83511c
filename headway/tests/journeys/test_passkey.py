"""A passkey that fails or is canceled says so, and the button is hidden if none can work."""

import pytest
from playwright.sync_api import expect

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

CANCELED = """
navigator.credentials.get = () => Promise.reject(new DOMException("no", "NotAllowedError"));
"""
FAILED = "That didn’t work. Sign in with a code instead."
USE_A_PASSKEY = {"name": "Use a passkey"}


@pytest.mark.parametrize("path", ["/accounts/login/code/", "/accounts/login/"])
def test_a_canceled_passkey_says_so(enter, demo, path):
    page = enter()
    page.add_init_script(CANCELED)
    page.goto(demo.replace("127.0.0.1", "localhost") + path)
    message = page.locator("[data-passkey-failed]")
    expect(message).to_have_text("")
    page.get_by_role("button", **USE_A_PASSKEY).click()
    expect(message).to_have_text(FAILED)
    expect(message).to_have_attribute("aria-live", "polite")


def test_no_passkey_is_offered_at_an_ip_address_or_by_an_old_browser(enter, demo):
    page = enter()
    by_name = demo.replace("127.0.0.1", "localhost")
    old = enter()
    old.add_init_script("delete window.PublicKeyCredential")
    for visitor, host in ((page, demo.replace("localhost", "127.0.0.1")), (old, by_name)):
        visitor.goto(host + "/accounts/login/code/", wait_until="networkidle")
        expect(visitor.get_by_role("link", name="Use my password")).to_be_visible()
        expect(visitor.get_by_role("button", **USE_A_PASSKEY)).to_be_hidden()
