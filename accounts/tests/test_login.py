"""Logging in: the same for new and known emails, and `next` is kept all the way through."""

import json
import re
from datetime import timedelta
from urllib.parse import unquote

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import tasks
from accounts.models import Notification, User
from accounts.tests.factories import UserFactory
from accounts.tests.steps import code_in

LOGIN = "/accounts/login/code/"
CODE = "/accounts/login/code/confirm/"
NEW = "robin@fastmail.example"


def ask(visitor, email, next_url=""):
    data = {"email": email, "next": next_url} if next_url else {"email": email}
    return visitor.post(LOGIN, data)


def wrong(code):
    return "000000" if code != "000000" else "111111"


def test_someone_new_comes_in_by_a_code_and_their_email_is_verified(visitor, mailbox):
    assert "Send me a code" in visitor.get(LOGIN).text
    assert ask(visitor, NEW).url == CODE
    page = visitor.get(CODE).text
    assert "Enter your code" in page
    assert f"<b>{NEW}</b>" in page  # the whole email, so people can see a typo
    user = User.objects.get(email=NEW)
    assert not user.has_usable_password()
    assert not EmailAddress.objects.get(user=user).verified
    assert visitor.post(CODE, {"code": code_in(mailbox[-1])}).url == reverse("home")
    assert EmailAddress.objects.get(user=user).verified
    assert visitor.get("/account/").status_code == 200


def test_someone_known_comes_in_the_same_way_whatever_the_case(visitor, mailbox):
    user = UserFactory(email="Sam@fastmail.example")
    ask(visitor, "sAM@fastmail.example")
    visitor.post(CODE, {"code": code_in(mailbox[-1])})
    assert visitor.session["_auth_user_id"] == str(user.pk)
    assert User.objects.count() == 1


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("sam@mail.te\ufb06", "sam@mail.test"), ("sam@b\xfccher.test", "sam@xn--bcher-kva.test")],
    ids=ascii,
)
def test_a_domain_is_one_however_it_is_written(visitor, mailbox, typed, kept):
    user = UserFactory(email=kept)
    ask(visitor, typed)
    visitor.post(CODE, {"code": code_in(mailbox[-1])})
    assert visitor.session["_auth_user_id"] == str(user.pk)
    assert User.objects.count() == 1


def test_an_impossible_domain_gets_an_error(db, visitor):
    page = ask(visitor, "sam@\u06dd.test")
    assert "Enter an email address, like name@example.com." in page.text
    assert not User.objects.exists()


def test_new_and_known_see_and_get_the_same(mailbox):
    UserFactory(email="known@fastmail.example")
    answers = []
    for email in ("known@fastmail.example", "newer@fastmail.example"):
        person = Client()
        asked = ask(person, email, "/account/")
        page = person.get(asked.url).text
        page = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", page)
        mail = mailbox[-1]
        body = mail.body.replace(code_in(mailbox[-1]), "CODE").replace(email, "")
        answers.append(
            (asked.status_code, asked.url, page.replace(email, "EMAIL"), mail.subject, body)
        )
    assert answers[0] == answers[1]


def test_neither_new_nor_known_costs_a_password_hash(db, monkeypatch):
    def refuse(*args, **kwargs):
        raise AssertionError("hashing takes its time, and tells by it")

    monkeypatch.setattr("django.contrib.auth.hashers.MD5PasswordHasher.encode", refuse)
    UserFactory(email="known@fastmail.example")
    assert ask(Client(), "known@fastmail.example").status_code == 302
    assert ask(Client(), NEW).status_code == 302


def test_someone_shut_out_sees_the_same_page_and_gets_no_code(visitor, mailbox):
    UserFactory(email=NEW, is_active=False)
    assert ask(visitor, NEW).url == CODE
    assert "Enter your code" in visitor.get(CODE).text
    assert not code_in(mailbox[-1])
    assert visitor.post(CODE, {"code": ""}).status_code == 200


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example", "javascript:alert(1)"]
)
def test_an_unsafe_next_leads_home(visitor, mailbox, target):
    asked = ask(visitor, NEW, target)
    assert "evil" not in asked.url
    done = visitor.post(CODE, {"code": code_in(mailbox[-1]), "next": target})
    assert done.url == reverse("home")


def test_next_survives_a_wrong_code_and_a_new_one(visitor, mailbox):
    asked = ask(visitor, NEW, "/account/?a=1&b=2")
    first = code_in(mailbox[-1])
    again = visitor.post(asked.url, {"code": wrong(first), "next": "/account/?a=1&b=2"})
    assert "That code isn’t right." in again.text
    assert 'value="/account/?a=1&amp;b=2"' in again.text
    resent = visitor.post(asked.url, {"action": "resend"})
    assert resent.url == asked.url
    assert code_in(mailbox[-1]) != first
    assert len(mailbox) == 2
    done = visitor.post(resent.url, {"code": code_in(mailbox[-1])})
    assert done.url == "/account/?a=1&b=2"


def test_after_three_wrong_codes_the_login_page_is_there_with_next(visitor, mailbox):
    asked = ask(visitor, NEW, "/account/")
    code = code_in(mailbox[-1])
    for _ in range(2):
        assert visitor.post(asked.url, {"code": wrong(code)}).status_code == 200
    third = visitor.post(asked.url, {"code": wrong(code)})
    assert third.url == f"{LOGIN}?next=%2Faccount%2F"
    page = visitor.get(third.url).text
    assert "it no longer works. Get a new one here." in page
    assert f'value="{NEW}"' in page  # so one press sends it
    assert visitor.post(asked.url, {"code": code}).url == f"{LOGIN}?next=%2Faccount%2F"
    ask(visitor, NEW, "/account/")
    assert visitor.post(asked.url, {"code": code_in(mailbox[-1])}).url == "/account/"


@pytest.mark.parametrize("slip", ["", " ", "12345", "1234567", "12 34 5", "abcdef", "１２３４５"])
def test_what_can_be_no_code_costs_no_try(visitor, mailbox, slip):
    asked = ask(visitor, NEW)
    for _ in range(4):
        page = visitor.post(asked.url, {"code": slip})
        assert page.status_code == 200
        assert "Enter the six digits from the email." in page.text
    assert visitor.post(asked.url, {"code": code_in(mailbox[-1])}).url == reverse("home")


def test_a_code_may_be_pasted_with_what_is_around_it(visitor, mailbox):
    asked = ask(visitor, NEW)
    code = code_in(mailbox[-1])
    assert visitor.post(asked.url, {"code": f"\u200b{code[:3]}\xa0-{code[3:]}."}).url == reverse(
        "home"
    )


def test_the_page_says_that_a_new_code_is_sent_and_only_that_one_works(visitor, mailbox):
    asked = ask(visitor, NEW)
    for count in (2, 3):
        page = visitor.post(asked.url, {"action": "resend"}, follow=True).text
        assert "We sent you a new code." in page
        assert len(mailbox) == count
    old, last = code_in(mailbox[1]), code_in(mailbox[2])
    assert visitor.post(asked.url, {"code": old}).status_code == 200
    assert visitor.post(asked.url, {"code": last}).url == reverse("home")


def test_another_email_starts_from_what_was_typed_for_as_long_as_its_code_works(visitor, db):
    with time_machine.travel(timezone.now(), tick=False) as clock:
        assert (
            "value=" not in visitor.get(LOGIN).text.partition('name="email"')[2].partition(">")[0]
        )
        ask(visitor, "robbin@fastmail.example")
        assert 'value="robbin@fastmail.example"' in visitor.get(LOGIN).text
        assert "robbin" not in Client().get(LOGIN).text
        clock.shift(601)
        assert "robbin" not in visitor.get(LOGIN).text


def test_a_code_works_for_ten_minutes(visitor, mailbox):
    with time_machine.travel(timezone.now(), tick=False) as clock:
        asked = ask(visitor, NEW, "/account/")
        code = code_in(mailbox[-1])
        clock.shift(601)
        late = visitor.post(asked.url, {"code": code})
        assert late.url == f"{LOGIN}?next=%2Faccount%2F"
        assert "_auth_user_id" not in visitor.session


def test_while_waiting_for_a_code_you_can_give_another_email(visitor, mailbox):
    asked = ask(visitor, "robbin@fastmail.example", "/account/")
    assert f'href="{LOGIN}?next=%2Faccount%2F"' in visitor.get(asked.url).text
    assert visitor.get(f"{LOGIN}?next=%2Faccount%2F").status_code == 200
    ask(visitor, NEW, "/account/")
    assert mailbox[-1].to == [NEW]


def test_while_waiting_for_a_code_you_can_use_a_password_or_a_passkey(visitor, mailbox):
    UserFactory(email=NEW, password="four plain words here")
    asked = ask(visitor, NEW, "/account/")
    link = re.search(r'href="(/accounts/login/\?next=[^"]+)"', visitor.get(asked.url).text)[1]
    assert "Sign in with your password" in visitor.get(link).text
    assert visitor.get(
        "/accounts/2fa/webauthn/login/", headers={"accept": "application/json"}
    ).json()
    assert (
        visitor.post(link, {"login": NEW, "password": "four plain words here"}).url == "/account/"
    )


def test_the_code_is_encrypted_in_the_outbox_expires_and_is_blanked(visitor, mailbox, monkeypatch):
    monkeypatch.setattr("accounts.outbox.nudge", lambda pk: None)
    ask(visitor, NEW)
    owed = Notification.objects.get()
    assert owed.expires_at - timezone.now() <= timedelta(minutes=10)
    assert json.loads(owed.secret)["context"]["code"].isdigit()
    assert mailbox[-1].to == [NEW]
    owed.refresh_from_db()
    assert owed.secret == ""


def test_sign_up_is_the_login_page(visitor):
    assert visitor.get("/accounts/signup/?next=/account/").url == f"{LOGIN}?next=%2Faccount%2F"
    assert visitor.post("/accounts/signup/?next=//evil.example").url == LOGIN


def test_the_signed_in_are_sent_on(signed_in):
    person = signed_in(UserFactory())
    assert person.get(f"{LOGIN}?next=/account/").url == "/account/"


def test_private_pages_lead_to_the_login_page_and_public_ones_do_not(visitor, db):
    for path in ("/account/", "/accounts/email/", "/accounts/2fa/", "/accounts/sessions/"):
        assert visitor.get(path).url.startswith(f"{LOGIN}?next="), path
    for path in (LOGIN, "/accounts/login/", "/accounts/password/reset/", "/accounts/inactive/"):
        assert visitor.get(path).status_code == 200, path
    for path in ("/admin/", "/admin/accounts/user/1/change/", "/admin/no/such/page/"):
        last = visitor.get(path, follow=True).redirect_chain[-1][0]
        assert unquote(last) == f"{LOGIN}?next={path}"


@pytest.mark.parametrize(
    "email", ["", "nobody", "a@b", "x\r\nBcc: y@z.example", f"{'a' * 250}@b.example"]
)
def test_what_is_not_an_email_gets_an_error_at_the_field(visitor, db, email):
    page = ask(visitor, email)
    assert page.status_code == 200
    assert 'aria-invalid="true"' in page.text
    assert not User.objects.exists()


def test_people_who_never_came_back_are_forgotten_after_a_day(visitor, mailbox):
    with time_machine.travel(timezone.now() - timedelta(hours=25)):
        ask(visitor, "gone@fastmail.example")
        ask(visitor, "back@fastmail.example")
        ask(visitor, "in@fastmail.example")
        visitor.post(CODE, {"code": code_in(mailbox[-1])})
        UserFactory(email="verified@fastmail.example")
        attached = UserFactory(email="attached@fastmail.example", verified=False)
        Notification.objects.create(kind="x", event="x", address="x@y.example", recipient=attached)
    ask(Client(), "back@fastmail.example")
    tasks.drop_unfinished_users()
    left = set(User.objects.values_list("email", flat=True))
    assert left == {f"{n}@fastmail.example" for n in ("back", "in", "verified", "attached")}
