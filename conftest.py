"""What every test has at hand, and what every test is held to."""

import os
import shutil
import socket
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import hypothesis
import pytest
import time_machine
from allauth.account.internal.flows.login import record_authentication
from django.conf import settings
from django.core import mail
from django.core.cache import cache
from django.core.management import call_command
from django.http import HttpRequest
from django.template import engines
from django.template.base import FilterExpression
from django.test import Client, override_settings
from django.test.client import ClientHandler

from accounts import second_factor
from accounts.tests.steps import code_in

hypothesis.settings.register_profile("quick", deadline=None, max_examples=60)
hypothesis.settings.register_profile("soak", deadline=None, max_examples=5_000)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "quick"))

TEMPLATES = Path(__file__).parent / "templates"
PROXY = "10.0.0.1"
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
REDIS = os.environ.get("REDIS_URL_TEST", "redis://127.0.0.1:6379/9")


# Fixtures


@pytest.fixture
def visitor(client):
    """Django's test client, signed out: a client is a person here."""
    return client


@pytest.fixture
def signed_in(db):
    """`signed_in(user)` is a test client of its own, logged in as that user.

    Past the second factor, too, where one is demanded; `factor=False` stops before it.
    """

    def enter(user, factor=True):
        person = Client()
        person.force_login(user)
        if factor and second_factor.is_demanded(user):
            pass_second_factor(person, user)
        return person

    return enter


@pytest.fixture
def just_logged_in(mailbox):
    """`just_logged_in(user)` is a test client that logged in just now, by a code."""

    def enter(user):
        person = Client()
        asked = person.post("/accounts/login/code/", {"email": user.email})
        code = code_in(mailbox.to(user.email)[-1])
        person.post(asked.url, {"code": code})
        return person

    return enter


def pass_second_factor(person, user):
    """Long ago, so that what asks for it again still asks."""
    request = HttpRequest()
    request.session = person.session
    record_authentication(request, user, second_factor.METHOD, at=0)
    request.session.save()


@pytest.fixture
def monday():
    """Stop the clock on Monday, November 30, 2026, at 8 AM Pacific Time."""
    with time_machine.travel(datetime(2026, 11, 30, 16, tzinfo=UTC), tick=False) as traveller:
        yield traveller


class Mailbox(Sequence):
    """The mails sent in this test; each look first delivers what the outbox owes by now."""

    def __getitem__(self, index):
        return self._delivered()[index]

    def __len__(self):
        return len(self._delivered())

    def to(self, address):
        """Those sent to an address, the oldest first."""
        return [message for message in self if message.to == [address]]

    @staticmethod
    def _delivered():
        from accounts import outbox

        outbox.sweep()
        return mail.outbox


@pytest.fixture
def mailbox(db):
    """The delivered mails, a sequence of EmailMessage."""
    return Mailbox()


@pytest.fixture(autouse=True, scope="session")
def _quick_passwords():
    """Hash passwords quickly: how slow they are in earnest is Django's matter."""
    with override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"]):
        yield


@pytest.fixture(autouse=True)
def _empty_cache(request):
    """Forget what a test with real commits left in the cache's table: its limits bind no other."""
    yield
    if "transactional_db" in request.fixturenames:
        cache.clear()


@pytest.fixture(autouse=True, scope="session")
def _proxy():
    """In production each test client comes through a proxy that speaks TLS, as people do."""
    with pytest.MonkeyPatch.context() as patch:
        if not settings.DEMO:
            patch.setattr(ClientHandler, "__call__", _proxied(ClientHandler.__call__))
        yield


def _proxied(answer):
    def ask(handler, environ):
        environ.setdefault("HTTP_HOST", environ["SERVER_NAME"])
        environ.setdefault("HTTP_X_FORWARDED_PROTO", "https")
        environ.setdefault("HTTP_X_FORWARDED_FOR", environ["REMOTE_ADDR"])
        return answer(handler, environ | {"REMOTE_ADDR": PROXY})

    return ask


# Undefined names in our templates fail the test


class Undefined(str):
    """What stands in for an undefined name; fails the test if it was one of our templates.

    Django asks whether it is true at one place only, FilterExpression.resolve, and not for
    `{% if name %}` and `{% for … in name %}`. `{{ name|default:"" }}` says that it may be missing.
    Stock templates of Django and allauth rely on names being optional: they are let through.
    """

    def __bool__(self):
        frame = sys._getframe(1)
        if frame.f_code is FilterExpression.resolve.__code__:
            expression = frame.f_locals["self"]
            optional = any(f.__name__.startswith("default") for f, _ in expression.filters)
            origin = _template_of(frame)
            if origin and not optional:
                pytest.fail(f"Undefined {expression.token!r} in {origin}", pytrace=False)
        return False


def _template_of(frame):
    """The path of the template being rendered, if it is ours."""
    while frame:
        node = frame.f_locals.get("self")
        if frame.f_code.co_name in ("render", "render_annotated") and hasattr(node, "origin"):
            path = Path(node.origin.name)
            return path.relative_to(TEMPLATES) if path.is_relative_to(TEMPLATES) else None
        frame = frame.f_back
    return None


@pytest.fixture(autouse=True, scope="session")
def _undefined_names_fail():
    engines["django"].engine.string_if_invalid = Undefined()


# What this machine cannot run is left out, and said; with REQUIRE_ALL=1 it fails


def _answers(address, port):
    try:
        with socket.create_connection((address, port), timeout=1):
            return True
    except OSError:
        return False


def _missing(need):
    """Why tests with this marker cannot run here, or nothing."""
    if need == "journey" and not shutil.which(CHROMIUM):
        return "browser journeys (no Chromium; name one in CHROMIUM)"
    if need == "redis":
        url = urlsplit(REDIS)
        if not _answers(url.hostname, url.port or 6379):
            return "Celery on Redis (none answers; name one in REDIS_URL_TEST)"
    if need == "postgres" and not os.environ.get("DATABASE_URL", "").startswith("postgres"):
        return "PostgreSQL (name one in DATABASE_URL)"
    return None


def pytest_sessionstart(session):
    """A production site serves the static files that were gathered for it."""
    if not settings.DEMO and not hasattr(session.config, "workerinput"):
        call_command("collectstatic", interactive=False, verbosity=0)


def pytest_runtest_setup(item):
    if item.get_closest_marker("production" if settings.DEMO else "demo"):
        pytest.skip("Holds for other settings (DEMO)")
    for need in ("journey", "redis", "postgres"):
        if item.get_closest_marker(need) and (why := _missing(need)):
            if os.environ.get("REQUIRE_ALL") == "1":
                pytest.fail(f"Missing: {why}", pytrace=False)
            pytest.skip(f"Left out: {why}")


def pytest_terminal_summary(terminalreporter):
    reasons = {report.longrepr[2] for report in terminalreporter.stats.get("skipped", [])}
    left_out = sorted(r.partition("Left out: ")[2] for r in reasons if "Left out: " in r)
    if left_out:
        terminalreporter.write_line(f"Left out on this machine: {'; '.join(left_out)}.")
