"""Sessions end: when idle, after a day, and at logout without a trace."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.conf import settings
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from accounts import devices
from accounts.tests.factories import UserFactory
from accounts.tests.steps import code_in

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
CHROME = "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15"


@pytest.fixture
def clock():
    with time_machine.travel(timezone.now(), tick=False) as clock:
        yield clock


def is_in(person):
    return person.get("/account/").status_code == 200


def minutes(count):
    return timedelta(minutes=count)


@pytest.mark.parametrize(("staff", "allowed"), [(False, 60), (True, 30)])
def test_an_idle_session_ends(signed_in, clock, staff, allowed):
    person = signed_in(UserFactory(is_staff=staff))
    assert is_in(person)
    clock.shift(minutes(allowed))
    assert is_in(person)
    clock.shift(minutes(allowed) + timedelta(seconds=1))
    ended = person.get("/account/")
    assert ended.url == "/accounts/login/code/?next=/account/"
    assert not is_in(person)


def test_a_busy_session_ends_after_a_day(signed_in, clock):
    person = signed_in(UserFactory())
    for _ in range(48):
        assert is_in(person)
        clock.shift(minutes(30))
    assert is_in(person)
    clock.shift(minutes(1))
    assert not is_in(person)


def test_an_ended_session_is_gone_from_the_table(signed_in, clock):
    person = signed_in(UserFactory())
    assert is_in(person)
    key = person.session.session_key
    clock.shift(minutes(61))
    person.post("/account/")
    assert not Session.objects.filter(session_key=key).exists()


def test_being_there_is_written_once_a_minute(signed_in, clock):
    person = signed_in(UserFactory())
    assert is_in(person)
    seen = person.session["seen"]
    clock.shift(timedelta(seconds=59))
    assert is_in(person)
    assert person.session["seen"] == seen
    clock.shift(timedelta(seconds=1))
    assert is_in(person)
    assert person.session["seen"] == seen + 60


def test_logging_out_takes_a_post_and_clears_the_browser(signed_in):
    person = signed_in(UserFactory())
    asked = person.get("/accounts/logout/")
    assert asked.status_code == 200
    assert "Clear-Site-Data" not in asked
    assert is_in(person)
    out = person.post("/accounts/logout/")
    assert out.url == "/?signed-out"
    assert out["Clear-Site-Data"] == '"cache", "storage"'
    assert not person.cookies[settings.SESSION_COOKIE_NAME].value
    assert not is_in(person)
    start = Client().get(out.url)  # the browser forgot everything, even a message in a cookie
    said = "You’re signed out."
    assert said in start.text
    assert said not in Client().get("/").text
    assert said not in signed_in(UserFactory()).get(out.url).text


def test_leaving_a_log_in_half_way_keeps_the_visitors_session(visitor, db):
    visitor.post("/accounts/login/code/", {"email": "robin@mail.example"})
    key = visitor.session.session_key
    out = visitor.post("/accounts/logout/", {"next": "/accounts/login/code/"})
    assert out.url == "/accounts/login/code/"
    assert "Clear-Site-Data" not in out
    assert visitor.session.session_key == key


def test_what_a_logged_in_person_saw_stays_in_no_cache(signed_in, visitor):
    person = signed_in(UserFactory())
    for path in ("/account/", "/accounts/email/", "/no/such/page/", "/help/"):
        assert person.get(path)["Cache-Control"] == "no-store, private", path
    assert "no-store" not in visitor.get("/help/").get("Cache-Control", "")


def test_people_see_where_they_are_signed_in_and_can_end_the_others(db):
    user = UserFactory(password="four plain words here", time_zone="America/Los_Angeles")
    here, there = Client(), Client(headers={"user-agent": FIREFOX})
    with time_machine.travel(datetime(2026, 11, 24, 17, 10, tzinfo=UTC)):
        for person in (here, there):
            sent = {"login": user.email, "password": "four plain words here"}
            person.post("/accounts/login/", sent)
        page = here.get("/accounts/sessions/").text
        here.post("/accounts/sessions/")
        assert is_in(here)
        assert not is_in(there)
    signed_in = "signed in November 24, 9:10 AM, Pacific Time"
    assert f"<b>A browser</b> (this one), {signed_in}" in page
    assert f"<b>Firefox on Linux</b>, {signed_in}" in page
    assert "Mozilla" not in page


@pytest.mark.parametrize(
    ("user_agent", "words"),
    [
        (f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {CHROME} Safari/537.36", "Chrome on Windows"),
        (f"Mozilla/5.0 (Windows NT 10.0) {CHROME} Safari/537.36 Edg/140.0", "Edge on Windows"),
        (f"Mozilla/5.0 (Linux; Android 16) {CHROME} Mobile Safari/537.36", "Chrome on Android"),
        (f"{IPHONE} Version/18.5 Mobile/15E148 Safari/604.1", "Safari on iPhone"),
        (f"{IPHONE} CriOS/140.0 Mobile/15E148 Safari/604.1", "Chrome on iPhone"),
        ("Mozilla/5.0 (Macintosh) AppleWebKit/605 Version/18 Safari/605", "Safari on Mac"),
        (FIREFOX, "Firefox on Linux"),
        ("curl/8.0", "A browser"),
        ("", "A browser"),
    ],
)
def test_a_device_has_a_name_that_people_know(user_agent, words):
    assert devices.words(user_agent) == words


def test_changing_the_email_asks_for_the_password_again(visitor, mailbox):
    user = UserFactory(password="four plain words here")
    with time_machine.travel(timezone.now()) as clock:
        visitor.post("/accounts/login/", {"login": user.email, "password": "four plain words here"})
        clock.shift(minutes(16))
        asked = visitor.post("/accounts/email/", {"email": "new@mail.example", "action_add": ""})
    assert asked.url.startswith("/accounts/reauthenticate/")
    assert not mailbox.to("new@mail.example")


@pytest.mark.parametrize("path", ["email/", "password/change/", "2fa/totp/activate/"])
def test_someone_who_just_used_a_password_is_not_asked_again(db, visitor, path):
    user = UserFactory(password="four plain words here")
    visitor.post("/accounts/login/", {"login": user.email, "password": "four plain words here"})
    assert visitor.get(f"/accounts/{path}").status_code == 200


SENSITIVE = ("email/", "password/set/", "2fa/totp/activate/", "2fa/webauthn/add/")


@pytest.mark.parametrize("path", SENSITIVE)
def test_people_with_only_codes_need_a_new_one_to_change_how_they_sign_in(
    just_logged_in, mailbox, path
):
    path = f"/accounts/{path}"
    with time_machine.travel(timezone.now()) as clock:
        user = UserFactory(email="robin@mail.example")
        person = just_logged_in(user)
        assert person.get(path).status_code == 200
        clock.shift(minutes(16))
        asked = person.get(path)
        assert asked.url.startswith("/accounts/reauthenticate/code/?next=")
        assert person.post(path, {"email": "x@y.example"}).url == asked.url
        assert "r•••@mail.example" in person.get(asked.url).text
        assert is_in(person)  # a GET changed nothing
        confirm = person.post(asked.url).url
        assert not is_in(person)
        page = person.get(confirm).text  # nobody typed the email here
        assert "r•••@mail.example" in page
        assert "robin@mail.example" not in page
        code = code_in(mailbox.to(user.email)[-1])
        assert person.post(confirm, {"code": code}).url == path
        assert person.get(path).status_code == 200


def test_someone_with_a_password_is_not_asked_for_a_code(signed_in):
    person = signed_in(UserFactory(password="four plain words here"))
    assert person.get("/accounts/2fa/totp/activate/").url.startswith("/accounts/reauthenticate/?")
