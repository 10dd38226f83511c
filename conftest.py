"""Fixtures for every test, and checks that every test has to pass."""

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
from django.conf import settings
from django.core import mail
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection
from django.http import HttpRequest
from django.template import engines
from django.template.base import FilterExpression
from django.test import Client, override_settings
from django.test.client import ClientHandler

import headway.urls  # noqa: F401 (with the demo's addresses, before a test changes DEMO)
from accounts import second_factor
from accounts.allauth_internals import record_authentication
from accounts.tests.steps import code_in

hypothesis.settings.register_profile("quick", deadline=None, max_examples=60)
hypothesis.settings.register_profile("soak", deadline=None, max_examples=5_000)
PROFILE = os.environ.get("HYPOTHESIS_PROFILE", "quick")
hypothesis.settings.load_profile(PROFILE)
SOAK = PROFILE == "soak"  # long outages, too

TEMPLATES = Path(__file__).parent / "templates"
PROXY = "10.0.0.1"
SWITCH = ("DISABLE", "ENABLE")
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
REDIS = os.environ.get("REDIS_URL_TEST", "redis://127.0.0.1:6379/9")


# Fixtures


@pytest.fixture
def visitor(client):
    """Django's test client, signed out. ("Client" means a person here.)"""
    return client


@pytest.fixture
def signed_in(db):
    """`signed_in(user)` is a separate test client, logged in as that user.

    It's past the second factor too, if they need one; `factor=False` stops before it.
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
    """Dates it long ago, so pages that ask for it again still ask."""
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
    """The emails sent in this test; reading it first delivers what the outbox owes by now."""

    def __getitem__(self, index):
        return self._delivered()[index]

    def __len__(self):
        return len(self._delivered())

    def to(self, address):
        """The ones to an address, oldest first."""
        return [message for message in self if message.to == [address]]

    @staticmethod
    def _delivered():
        from accounts import outbox

        outbox.sweep()
        return mail.outbox


@pytest.fixture
def mailbox(db):
    """The delivered emails, a sequence of EmailMessage."""
    return Mailbox()


@pytest.fixture(autouse=True, scope="session")
def _quick_passwords():
    """Hash passwords quickly: how slow it really is is up to Django."""
    with override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"]):
        yield


@pytest.fixture(autouse=True)
def _empty_cache(request):
    """Clear the cache's table after tests with real commits, which leave what they put there."""
    yield
    if "transactional_db" in request.fixturenames:
        cache.clear()


@pytest.fixture(autouse=True, scope="session")
def _flush_empties_the_trail():
    """Django empties all tables after a test with real commits; the trail's trigger refuses."""
    operations = type(connection.ops)
    with pytest.MonkeyPatch.context() as patch:
        if connection.vendor == "postgresql":
            flush = operations.execute_sql_flush
            off, on = (f"ALTER TABLE accounts_accessevent {each} TRIGGER USER" for each in SWITCH)
            patch.setattr(
                operations, "execute_sql_flush", lambda ops, sql: flush(ops, [off, *sql, on])
            )
        yield


@pytest.fixture(autouse=True, scope="session")
def _proxy():
    """In production each test client comes through a TLS proxy, like people do."""
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
    """Replaces an undefined name, and fails the test if it was in one of our templates.

    Django tests whether it's true in only one place, FilterExpression.resolve, and not for
    `{% if name %}` and `{% for … in name %}`. `{{ name|default:"" }}` says that it can be missing.
    Stock templates in Django and allauth rely on optional names, so we let those through.
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
    """The path of the template being rendered, if it's ours."""
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


# We skip and list what this computer can't run; with REQUIRE_ALL=1 that's a failure


def _answers(address, port):
    try:
        with socket.create_connection((address, port), timeout=1):
            return True
    except OSError:
        return False


def _missing(need):
    """Why tests with this marker can't run here, or None."""
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
    """A production site serves the collected static files."""
    if not settings.DEMO and not hasattr(session.config, "workerinput"):
        call_command("collectstatic", interactive=False, verbosity=0)


def pytest_runtest_setup(item):
    if item.get_closest_marker("production" if settings.DEMO else "demo"):
        pytest.skip("Only for other settings (DEMO)")
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
