"""The second factor: providers and staff need it in each session, and nothing gets around it."""

import re
from datetime import timedelta
from io import StringIO

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from accounts import second_factor, tasks
from accounts.models import AccessEvent
from accounts.tests.factories import UserFactory
from accounts.tests.steps import code_in, contend, digits, with_app
from providers.tests.factories import ProviderFactory

ACTIVATE = "/accounts/2fa/totp/activate/"
DEACTIVATE = "/accounts/2fa/totp/deactivate/"
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


def test_a_code_may_have_a_space_and_digits_of_any_script(visitor, signed_in, staff):
    def pasted(secret):
        code = digits(secret).translate({ord(str(n)): chr(0x0660 + n) for n in range(10)})
        return {"code": f"\u200f{code[:3]} {code[3:]}."}

    secret = with_app(staff)
    person = signed_in(staff, factor=False)
    assert person.post(person.get("/account/").url, pasted(secret)).url == "/account/"
    with time_machine.travel(timezone.now() + timedelta(minutes=1)):  # no code passes twice
        log_in(visitor, staff)
        assert visitor.post(AUTHENTICATE, pasted(secret)).url == "/account/"
    newcomer = Client()
    log_in(newcomer, UserFactory(password=PASSWORD, is_staff=True))
    newcomer.get(ACTIVATE)
    newcomer.post(ACTIVATE, pasted(newcomer.session["mfa.totp.secret"]))
    assert Authenticator.objects.filter(type=Authenticator.Type.TOTP).count() == 2


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


def test_the_admin_asks_for_it_even_if_nothing_else_does(signed_in, staff, settings):
    asks = "headway.middleware.SecondFactorMiddleware"
    settings.MIDDLEWARE = [each for each in settings.MIDDLEWARE if each != asks]
    assert signed_in(staff).get("/admin/").status_code == 200
    person = signed_in(staff, factor=False)
    assert person.get("/account/").status_code == 200
    for path in ("/admin/", "/admin/accounts/user/"):
        assert person.get(path, follow=True).status_code == 403, path


def test_the_admin_leads_to_the_one_password_form(signed_in, staff):
    page = signed_in(staff).get("/admin/password_change/")
    assert (page.status_code, page.url) == (302, "/accounts/password/change/")
    for person in (signed_in(staff, factor=False), Client(), signed_in(UserFactory())):
        assert person.get("/admin/password_change/").url != page.url


def test_a_passkey_page_renders_under_the_strict_policy(just_logged_in):
    page = just_logged_in(UserFactory()).get("/accounts/2fa/webauthn/add/")
    assert page.status_code == 200
    for script in re.findall(r"<script(.*?)>", page.text):
        assert "src=" in script or 'type="application/json"' in script
    assert "style=" not in page.text


# The last one, and a lost one


def with_key(user):
    """Give the user a security key; its row."""
    return Authenticator.objects.create(
        user=user, type=Authenticator.Type.WEBAUTHN, data={"name": "Key", "passwordless": False}
    )


def enter(visitor, user, secret):
    log_in(visitor, user)
    visitor.post(AUTHENTICATE, {"code": digits(secret)})
    return visitor


@pytest.fixture
def provider(db):
    user = ProviderFactory().user
    user.set_password(PASSWORD)
    user.save()
    return user


@pytest.mark.parametrize("who", ["staff", "provider"])
def test_who_needs_a_second_factor_cannot_remove_the_last(visitor, request, who):
    user = request.getfixturevalue(who)
    enter(visitor, user, with_app(user))
    page = visitor.post(DEACTIVATE)
    assert "Add another second step before you remove this one" in page.text
    assert Authenticator.objects.filter(user=user).exists()
    key = with_key(user)
    assert visitor.post(DEACTIVATE).status_code == 302
    page = visitor.post(f"/accounts/2fa/webauthn/keys/{key.pk}/remove/", follow=True)
    assert "Add another second step before you remove this one" in page.text
    assert Authenticator.objects.get(user=user) == key


def test_a_client_may_remove_the_last(visitor, db):
    user = UserFactory(password=PASSWORD)
    enter(visitor, user, with_app(user))
    assert visitor.post(DEACTIVATE).status_code == 302
    assert not Authenticator.objects.filter(user=user).exists()


def test_someone_elses_key_is_not_found(visitor, staff):
    enter(visitor, staff, with_app(staff))
    key = with_key(UserFactory())
    assert visitor.post(f"/accounts/2fa/webauthn/keys/{key.pk}/remove/").status_code == 404


@pytest.mark.django_db(transaction=True)
def test_two_removals_at_once_leave_one():
    staff = UserFactory(email="staff@mail.example", password=PASSWORD, is_staff=True)
    tab = enter(Client(), staff, with_app(staff))
    key = with_key(staff)
    other = Client()
    other.cookies = tab.cookies
    contend(
        [
            lambda: tab.post(DEACTIVATE),
            lambda: other.post(f"/accounts/2fa/webauthn/keys/{key.pk}/remove/"),
        ]
    )
    assert Authenticator.objects.filter(user=staff).count() == 1


@pytest.mark.django_db(transaction=True)
def test_with_a_recovery_code_an_app_on_a_new_phone_replaces_the_old(visitor, staff):
    old = with_app(staff)
    code = RecoveryCodes.activate(staff).get_unused_codes()[0]
    log_in(visitor, staff)
    assert visitor.post(AUTHENTICATE, {"code": code}).url == "/account/"
    assert visitor.get(ACTIVATE).status_code == 200
    new = visitor.session["mfa.totp.secret"]
    visitor.post(ACTIVATE, {"code": digits(new)})
    browser = Client()
    log_in(browser, staff)
    assert browser.post(AUTHENTICATE, {"code": digits(old)}).status_code == 200
    assert Authenticator.objects.filter(user=staff, type=Authenticator.Type.TOTP).count() == 1


def test_a_lost_one_is_removed_a_day_after_its_owner_heard_of_it(visitor, staff, mailbox):
    with_app(staff)
    with time_machine.travel(timezone.now(), tick=False) as clock:
        call_command("release_second_factor", staff.email, stdout=StringIO())
        assert "can’t use your second step anymore" in mailbox.to(staff.email)[-1].body
        clock.shift(timedelta(hours=23, minutes=59))
        tasks.finish_releases()
        assert log_in(Client(), staff).url == AUTHENTICATE
        clock.shift(timedelta(minutes=1))
        tasks.finish_releases()
        tasks.finish_releases()
        assert log_in(visitor, staff).url == "/account/"
        assert visitor.get("/account/").url.startswith("/accounts/2fa/?next=")
        said = [message.body for message in mailbox.to(staff.email)]
        assert sum("Your second step was removed." in body for body in said) == 1
    trail = AccessEvent.objects.filter(subject=staff).values_list("what", flat=True)
    assert sorted(trail) == ["second step: removal planned", "second step: removed"]


def test_using_it_in_that_day_keeps_it(visitor, staff, mailbox):
    secret = with_app(staff)
    with time_machine.travel(timezone.now(), tick=False) as clock:
        call_command("release_second_factor", staff.email, stdout=StringIO())
        enter(visitor, staff, secret)
        clock.shift(timedelta(hours=25))
        tasks.finish_releases()
    assert Authenticator.objects.filter(user=staff).exists()
    assert AccessEvent.objects.filter(what="second step: removal canceled").exists()


def test_a_release_that_is_off_by_then_is_not_mailed(staff, mailbox, monkeypatch):
    with_app(staff)
    monkeypatch.setattr("accounts.outbox.nudge", lambda pk: None)
    second_factor.release(staff)
    second_factor.keep_what_works(staff)
    assert len(mailbox) == 0


def test_there_is_nothing_to_release_of_someone_without_one(staff):
    for email in (staff.email, "nobody@mail.example"):
        with pytest.raises(CommandError):
            call_command("release_second_factor", email)
