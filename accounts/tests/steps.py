"""What tests about people share."""

import re
import smtplib
import time
from html import unescape
from threading import Barrier, BoundedSemaphore, Thread

from allauth.mfa.totp.internal import auth
from django.conf import settings
from django.core.mail.backends.locmem import EmailBackend
from django.db import connections
from django.test import RequestFactory

from accounts import trail


def look(actor, subject, what="appointment viewed"):
    request = RequestFactory(REMOTE_ADDR="203.0.113.7").get("/")
    request.user = actor
    trail.record(request, subject=subject, what=what, record="some-uuid")


def hidden_fields(page):
    """What the hidden inputs of a page send: lists of values by name."""
    found = {}
    for name, value in re.findall(
        r'<input type="hidden" name="([^"]+)"(?: value="([^"]*)")?', page.text
    ):
        found.setdefault(name, []).append(unescape(value))
    return found


WAYS = (  # to write a date
    *("%m/%d/%Y", "%m/%d/%y", "%m-%d-%Y", "%m-%d-%y", "%m.%d.%Y", "%m.%d.%y", "%m %d %Y"),
    *("%Y-%m-%d", "%m%d%Y", "%m%d%y", " %m / %d / %Y "),
    *("%B %d, %Y", "%B %d %Y", "%b %d, %y", "%b. %dth, %Y", "%d %B %Y", "%d %b %y"),
)
UNREADABLE_DAYS = ("24.12.2026", "02/30/2026", "12/24", "12/24/126", "1242026", "soon")


def written(day):
    """The date in each of the ways in which people write one."""
    return [day.strftime(way) for way in WAYS]


def code_in(mail):
    """The code that a mail has for its reader; None where it has none."""
    found = re.search(r"\b\d{6}\b", mail.body)
    return found and found[0]


def with_app(user):
    """Give the user an authenticator app; its secret."""
    secret = auth.generate_totp_secret()
    auth.TOTP.activate(user, secret)
    return secret


def digits(secret):
    """What the app shows now."""
    return auth.format_hotp_value(auth.hotp_value(secret, int(time.time()) // 30))


def contend(work):
    """Run the callables at the same moment, each on its own connection; return their results.

    As many at once as a web process does: see headway/handler.py.
    """
    barrier, turns = Barrier(len(work)), BoundedSemaphore(settings.DATABASE_POOL)
    results = [None] * len(work)

    def run(n):
        barrier.wait()
        with turns:
            try:
                results[n] = work[n]()
            except Exception as error:
                results[n] = error
            finally:
                connections.close_all()

    threads = [Thread(target=run, args=[n]) for n in range(len(work))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


class Refusing(EmailBackend):
    """A mail server that knows nobody at some addresses; use it through `nobody_at`."""

    unknown = ()

    def send_messages(self, messages):
        for message in messages:
            if refused := {to: (550, b"5.1.1 unknown") for to in message.to if to in self.unknown}:
                raise smtplib.SMTPRecipientsRefused(refused)
        return super().send_messages(messages)


def nobody_at(monkeypatch, settings, *addresses):
    """From now on the mail server refuses mail to the addresses for good."""
    settings.EMAIL_BACKEND = "accounts.tests.steps.Refusing"
    monkeypatch.setattr(Refusing, "unknown", addresses)
