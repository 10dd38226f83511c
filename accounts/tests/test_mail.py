"""What our email looks like, and what it never says."""

import json
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.core import mail
from django.utils import timezone

from accounts import notifications, outbox
from accounts.models import Notification
from accounts.tests.factories import UserFactory

pytestmark = pytest.mark.django_db
CONTEXT = {"code": "123456", "password_reset_url": "https://headway.example/reset/abc/"}
ROOT = Path(settings.BASE_DIR)


@pytest.fixture(autouse=True)
def server(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    settings.SITE_URL = "https://headway.example"


def sent(prefix, to="jo@example.com", **context):
    """The email we send when allauth sends that template."""
    secret = json.dumps({"template": prefix, "context": CONTEXT | context})
    outbox.enqueue("accounts.mail", event=f"event-{timezone.now()}", to=to, secret=secret)
    outbox.sweep()
    return mail.outbox[-1]


def html_of(message):
    [(html, mimetype)] = message.alternatives
    assert mimetype == "text/html"
    return html


@pytest.mark.parametrize("name", notifications.MAILS)
def test_each_mail_is_text_and_html_with_its_styles_inlined(name):
    message = sent(f"account/email/{name}")
    html = html_of(message)
    assert Notification.objects.get().state == Notification.State.SENT
    assert "<style" not in html
    assert "class=" in html
    assert 'style="' in html
    assert "{" not in message.body + html
    for version in (message.body, html):
        assert "988" in version
        assert "911" in version
        assert "Headway never asks for your code by phone" in version
        assert "https://headway.example/help/" in version
    assert not re.search(r"\n{4,}", message.body)
    assert "&#" not in message.body


def test_allauth_sends_nothing_that_we_have_no_words_for():
    """Each "…/email/<name>" in allauth's code has an email of ours."""
    import allauth

    folder = Path(allauth.__file__).parent
    names = {
        name
        for app in ("account", "mfa")
        for file in (folder / app).rglob("*.py")
        if "tests" not in file.parts
        for name in re.findall(r'"(?:account|mfa)/email/(\w+)"', file.read_text())
    }
    assert len(names) > 10
    assert names == set(notifications.MAILS)


def test_a_code_stands_in_both_versions_and_is_the_same_for_new_and_known():
    UserFactory(email="known@example.com", time_zone="America/Denver")
    known = sent("account/email/login_code", to="known@example.com")
    new = sent("account/email/login_code", to="new@example.com")
    assert (known.subject, known.body) == (new.subject, new.body)
    assert html_of(known) == html_of(new)
    assert "\n123456\n" in known.body
    assert ">123456<" in html_of(known)
    assert "123456" not in known.subject


def test_subjects_are_neutral():
    subjects = {each.subject for each in notifications.MAILS.values()}
    assert subjects == {
        "Your code for Headway",
        "Confirm your email for Headway",
        "A change to your account",
        "A new password for Headway",
        "Signing in to Headway",
    }


def test_a_change_is_told_in_the_zone_of_its_reader():
    UserFactory(email="jo@example.com", time_zone="America/Phoenix")
    message = sent("account/email/password_changed")
    assert "Your password was changed." in message.body
    assert " MST" in message.body
    assert " MST" in html_of(message)
    assert " UTC" in sent("account/email/password_changed", to="new@example.com").body


def test_a_mail_says_that_no_person_wrote_it_and_keeps_its_id():
    message = sent("account/email/login_code")
    row = Notification.objects.get()
    headers = message.message()
    assert headers["Message-ID"] == f"<{row.uuid}@headway.example>"
    assert headers["Auto-Submitted"] == "auto-generated"
    assert headers["Date"]
    assert headers["From"] == settings.DEFAULT_FROM_EMAIL


def test_each_link_begins_with_our_own_site_whatever_host_was_asked(settings, visitor, mailbox):
    settings.ALLOWED_HOSTS = ["*"]
    other = {"Host": "other.example"}
    user = UserFactory(email="ada@mail.example", password="four plain words here")
    reset = visitor.post("/accounts/password/reset/", {"email": user.email}, headers=other)
    asked = visitor.post("/accounts/login/code/", {"email": user.email}, headers=other)
    unknown = {"email": "nobody@mail.example"}
    visitor.post("/accounts/password/reset/", unknown, headers=other)
    assert reset.status_code == asked.status_code == 302
    assert len(mailbox) >= 2
    for message in mailbox:
        links = re.findall(r"https?://[^\s\"<]+", message.body + html_of(message))
        assert {link.split("/")[2] for link in links} == {"headway.example"}, message.subject
    assert any("/password/reset/key/" in message.body for message in mailbox)


def test_what_stands_in_a_text_is_not_escaped_and_in_html_it_is():
    message = sent("account/email/password_reset_key", password_reset_url="https://h/?a=1&b=2")
    assert "https://h/?a=1&b=2" in message.body
    assert "https://h/?a=1&amp;b=2" in html_of(message)


def test_text_and_html_say_the_same(monkeypatch):
    words = {
        "heading": "Your appointment was moved",
        "lead": "Hello.",
        "code": "123456",
        "was": "Monday, 9:00 AM",
        "when": ("Tuesday", "10:00 AM"),
        "note": "Sign in to see it.",
        "button": "See your appointment",
        "link": "/appointments/1/",
        "caution": "It wasn’t you? You can ignore this.",
    }
    monkeypatch.setitem(outbox._kinds, "accounts.test", lambda _: outbox.Mail("News", **words))
    outbox.enqueue("accounts.test", event="1", to="jo@example.com")
    outbox.sweep()
    html = re.sub(r"(?s)<head>.*</head>", "", html_of(mail.outbox[0]))
    for word in (*(words.keys() - {"when"}), "Tuesday", "10:00 AM"):
        assert words.get(word, word) in mail.outbox[0].body
        assert words.get(word, word) in html
    assert "News" not in mail.outbox[0].body + html
    assert "https://headway.example/appointments/1/" in mail.outbox[0].body
    assert 'href="https://headway.example/appointments/1/"' in html


def test_a_calendar_file_keeps_its_method(monkeypatch):
    file = ("appointment.ics", b"BEGIN:VCALENDAR\r\n", "text/calendar; method=REQUEST")
    news = outbox.Mail("Hello", code="1", attachments=(file,))
    monkeypatch.setitem(outbox._kinds, "accounts.test", lambda notification: news)
    outbox.enqueue("accounts.test", event="1", to="jo@example.com")
    outbox.sweep()
    file = mail.outbox[0].message().get_payload()[-1]
    assert file.get_content_type() == "text/calendar"
    assert file.get_param("method") == "REQUEST"
    assert file.get_filename() == "appointment.ics"


def test_the_layout_knows_no_color_but_the_tokens():
    tokens = (ROOT / "static/css/tokens.css").read_text().split("prefers-color-scheme")[0]
    layout = (ROOT / "templates/mail/mail.html").read_text()
    colors = set(re.findall(r"#[0-9a-f]{6}\b", layout))
    assert colors
    assert colors <= set(re.findall(r"#[0-9a-f]{6}\b", tokens))


def test_no_mail_loads_anything_from_anywhere():
    for name in notifications.MAILS:
        html = html_of(sent(f"account/email/{name}"))
        assert not re.search(r"<img|<script|<link|src=|url\(", html)
