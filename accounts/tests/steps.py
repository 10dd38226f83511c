"""What tests of people share."""

import re
from html import unescape

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
