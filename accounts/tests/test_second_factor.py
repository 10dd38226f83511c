"""The second factor: providers and staff need it in each session, and nothing gets around it."""

import re

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client

from accounts.tests.factories import UserFactory
from accounts.tests.steps import code_in, digits, with_app
from providers.tests.factories import ProviderFactory

ACTIVATE = "/accounts/2fa/totp/activate/"
AUTHENTICATE = "/accounts/2fa/authenticate/"
PASSWORD = "four plain words here"


@pytest.fixture(autouse=True)
def _not_the_demo(settings):
    settings.DEMO = False


@pytest.fixture
def staff(db):
    return UserFactory(email="staff@mail.example", password=PASSWORD, is_staff=True)


def log_in(visitor, user):
    sent = {"login": user.email, "password": PASSWORD, "next": "/account/"}
    return visitor.post("/accounts/login/", sent)


def test_staff_and_providers_are_sent_to_set_one_up(signed_in, staff):
    for user in (staff, ProviderFactory().user):
        person = signed_in(user, factor=False)
        for path in ("/account/", "/", "/admin/", "/no/such/page/"):
            assert person.get(path).url.startswith("/accounts/2fa/?next="), path
        assert person.post("/account/").url.startswith("/accounts/2fa/?next=")
        for path in ("/accounts/2fa/", "/accounts/logout/", "/health/live"):
            assert person.get(path).status_code == 200, path


def test_clients_are_offered_one_and_go_on_without(signed_in):
    person = signed_in(UserFactory())
    assert 'href="/accounts/2fa/"' in person.get("/account/").text


@pytest.mark.demo
def test_in_the_demo_nobody_needs_one(signed_in, settings, staff):
    settings.DEMO = True
    assert signed_in(staff).get("/account/").status_code == 200


@pytest.mark.django_db(transaction=True)
def test_setting_one_up_opens_the_session_and_encrypts_the_seed(visitor, staff, mailbox):
    log_in(visitor, staff)
    assert visitor.get("/account/").status_code == 302
    page = visitor.get(ACTIVATE)
    assert "data:image/svg" in page.text
    assert "img-src 'self' data:" in page["Content-Security-Policy"]
    secret = visitor.session["mfa.totp.secret"]
    visitor.post(ACTIVATE, {"code": digits(secret)})
    stored = Authenticator.objects.get(type=Authenticator.Type.TOTP).data["secret"]
    assert secret not in stored
    assert visitor.get("/account/").status_code == 200
    assert visitor.get("/admin/").status_code == 200
    assert "<code>" in visitor.get("/accounts/2fa/recovery-codes/").text
    assert mailbox.to(staff.email)[-1].subject == "A change to your account"


def test_only_the_page_with_the_picture_may_show_one(just_logged_in):
    person = just_logged_in(UserFactory())
    assert "data:image/svg" in person.get(ACTIVATE).text
    assert "img-src 'self' data:" in person.get(ACTIVATE)["Content-Security-Policy"]
    for path in ("/accounts/2fa/", "/accounts/2fa/webauthn/", "/accounts/password/set/"):
        assert "data:" not in person.get(path)["Content-Security-Policy"], path


def test_people_with_one_need_it_at_each_login(visitor, staff):
    secret = with_app(staff)
    assert log_in(visitor, staff).url == AUTHENTICATE
    assert visitor.get("/account/").url.startswith("/accounts/login/code/")
    assert "_auth_user_id" not in visitor.session
    assert visitor.post(AUTHENTICATE, {"code": "000000"}).status_code == 200
    assert visitor.post(AUTHENTICATE, {"code": digits(secret)}).url == "/account/"
    assert visitor.get("/account/").status_code == 200
    assert visitor.get("/admin/").status_code == 200


def test_a_code_by_mail_does_not_lead_around_it(visitor, staff, mailbox):
    with_app(staff)
    visitor.post("/accounts/login/code/", {"email": staff.email})
    code = code_in(mailbox[-1])
    assert visitor.post("/accounts/login/code/confirm/", {"code": code}).url == AUTHENTICATE
    assert "_auth_user_id" not in visitor.session


def test_a_password_reset_does_not_lead_around_it(visitor, staff, mailbox):
    with_app(staff)
    visitor.post("/accounts/password/reset/", {"email": staff.email})
    link = re.search(r"/accounts/password/reset/key/\S+", mailbox[-1].body)[0]
    form = visitor.get(link, follow=True)
    new = "another few words"
    visitor.post(form.request["PATH_INFO"], {"password1": new, "password2": new})
    assert "_auth_user_id" not in visitor.session
    again = visitor.post("/accounts/login/", {"login": staff.email, "password": new})
    assert again.url == AUTHENTICATE


def test_a_session_that_did_not_pass_it_can_only_give_it(signed_in, staff):
    secret = with_app(staff)
    person = signed_in(staff, factor=False)
    for path in ("/admin/", "/accounts/email/", "/accounts/2fa/totp/deactivate/", ACTIVATE):
        assert person.get(path).url.startswith("/accounts/2fa/reauthenticate/?next="), path
    here = person.get("/account/").url
    assert person.get(here).status_code == 200
    assert person.post(here, {"code": digits(secret)}).url == "/account/"
    assert person.get("/account/").status_code == 200


def test_the_admin_has_no_login_page_of_its_own(visitor, signed_in, staff):
    page = visitor.get("/admin/login/?next=/admin/", follow=True)
    assert page.redirect_chain[-1][0] == "/accounts/login/code/?next=%2Fadmin%2F"
    sent = {"username": staff.email, "password": PASSWORD}
    assert Client().post("/admin/login/", sent).url.startswith("/accounts/login/code/")
    client = signed_in(UserFactory())
    assert client.get("/admin/", follow=True).status_code == 403
    assert client.post("/admin/login/", sent).status_code == 403


def test_a_passkey_page_renders_under_the_strict_policy(just_logged_in):
    page = just_logged_in(UserFactory()).get("/accounts/2fa/webauthn/add/")
    assert page.status_code == 200
    for script in re.findall(r"<script(.*?)>", page.text):
        assert "src=" in script or 'type="application/json"' in script
    assert "style=" not in page.text
