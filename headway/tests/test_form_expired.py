"""The page after a form's protection expired shows what was typed, to copy."""

import re
from html import unescape

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from headway.tests.environment import SITE

TYPED = {"topic": "coding", "name": "Robin", "body": "It’s <b>broken</b>.\n\nTwice.", "email": ""}
COOKIES = "didn’t send us any cookies"


@pytest.fixture
def guest(db):
    """A browser with our cookies, and a form whose token is too old."""
    guest = Client(enforce_csrf_checks=True)
    guest.get("/contact/")
    return guest


def to_copy(page):
    """The text areas of a page, by label."""
    areas = re.findall(
        r">([^<>]+)</label>\s*<textarea[^>]* readonly>\n([^<]*)</textarea>", page.text
    )
    return {label: unescape(text) for label, text in areas}


def test_the_words_are_there_to_copy_and_nothing_is_stored(guest):
    page = guest.post("/contact/", TYPED, headers={"Referer": f"{SITE}/contact/?a=1"})
    assert page.status_code == 403
    assert to_copy(page) == {"Name": "Robin", "Message": TYPED["body"]}
    assert "<b>broken" not in page.text
    assert 'href="/contact/?a=1">Open the page again' in page.text
    assert "reload" not in page.text.lower()
    assert not Session.objects.exists()


def test_passwords_codes_files_and_hidden_fields_are_not_shown(guest):
    hidden = {"uuid": "1d8f", "version": "41", "initial-body": "Old.", "csrfmiddlewaretoken": "tok"}
    secret = {"password": "pa55", "code": "123456", "oldpassword": "pa55"}
    file = {"photo": SimpleUploadedFile("me.png", b"x")}
    page = guest.post("/accounts/login/", {"email": "a@b.example", **hidden, **secret, **file})
    assert page.status_code == 403
    assert to_copy(page) == {"Email": "a@b.example"}
    for text in ("pa55", "123456", "1d8f", "Old.", "me.png"):
        assert text not in page.text


def test_at_most_64_kb_are_shown(guest):
    page = guest.post("/contact/", {"name": "é" * 30_000, "body": "x" * 30_000})
    shown = to_copy(page)
    assert len(shown["Name"]) == 30_000
    assert shown["Message"] == "x" * (64 * 1024 - 60_000)


@pytest.mark.parametrize(
    "headers", [{"Origin": "https://evil.test"}, {"Sec-Fetch-Site": "cross-site"}]
)
def test_the_words_of_another_site_are_not_shown(guest, headers):
    page = guest.post("/contact/", TYPED, headers=headers)
    assert page.status_code == 403
    assert not to_copy(page)


def test_without_any_cookie_it_says_that_first(guest):
    page = Client(enforce_csrf_checks=True).post("/contact/", TYPED)
    assert page.text.index(COOKIES) < page.text.index("Here’s what you typed")
    assert to_copy(page)
    assert guest.cookies[settings.CSRF_COOKIE_NAME]
    assert COOKIES not in guest.post("/contact/", TYPED).text
