"""What the journeys need: Chromium, the demo's people, and the demo inbox."""

import os

import pytest
from django.core.management import call_command

from conftest import CHROMIUM
from demo.named import PASSWORD

# Playwright runs an event loop in this process for as long as it lasts, and Django would refuse
# to touch the database beside one.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

EXPECTED = ("status of 4", "status of 503", "ERR_INTERNET_DISCONNECTED")
FLAGS = (
    "--no-sandbox --disable-background-networking --disable-component-update --disable-sync "
    "--no-first-run --disable-gpu --disable-quic"
)


@pytest.fixture(scope="session")
def base_url():
    """None: each visitor gets the live server's; the plugin's own fixture warns in pytest 9."""


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    return {**browser_type_launch_args, "executable_path": CHROMIUM, "args": FLAGS.split()}


@pytest.fixture
def demo(live_server, settings, tmp_path):
    """The address of a site filled the way `make run` does it, with eight providers."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = str(tmp_path / "inbox")
    settings.SITE_URL = live_server.url
    call_command("seed_demo", providers=8, seed=7, verbosity=0)
    return live_server.url


@pytest.fixture
def enter(demo, new_context):
    """`enter(**options)` is the page of a new visitor with their own browser, on the demo.

    An error in the site's scripts, or anything its security policy blocks, fails the test.
    """
    complaints = []

    def complain(text):
        # A refusal is an answer, too; and a test can cut the connection.
        if not any(each in text for each in EXPECTED):
            complaints.append(text)

    def enter(**options):
        context = new_context(base_url=demo, **options)
        context.set_default_timeout(10_000)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda line: complain(line.text) if line.type == "error" else None)
        return page

    yield enter
    assert not complaints


@pytest.fixture
def sign_in(enter):
    """`sign_in(email)` is the page of a demo person, logged in with the demo's password."""

    def sign_in(email, **options):
        page = enter(**options)
        page.goto("/accounts/login/")
        page.fill("[name=login]", email)
        page.fill("[name=password]", PASSWORD)
        page.get_by_role("main").get_by_role("button", name="Sign in", exact=True).click()
        page.wait_for_url(lambda url: "/accounts/" not in url)
        return page

    return sign_in
