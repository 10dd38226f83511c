"""A whole production site: only TLS, cookies that nothing else reads, and login works."""

import re

import pytest
from django.test import Client

from accounts.tests.factories import UserFactory
from accounts.tests.steps import code_in
from providers.tests.factories import ProviderFactory

pytestmark = [pytest.mark.production, pytest.mark.django_db]
PLAIN = {"X-Forwarded-Proto": "http"}
COOKIES = {"__Host-session", "__Host-csrf"}
DOOR = "/accounts/login/code/"


@pytest.fixture
def browser_like():
    """A client that sends what a browser sends with each form, CSRF checks included."""
    return Client(
        enforce_csrf_checks=True,
        headers={"Origin": "https://testserver", "Referer": f"https://testserver{DOOR}"},
    )


def fields(page, **typed):
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page.text)[1]
    return {"csrfmiddlewaretoken": token, **typed}


def test_somebody_new_comes_in_with_a_code_and_gets_only_guarded_cookies(browser_like, mailbox):
    page = browser_like.get(DOOR)
    asked = browser_like.post(DOOR, fields(page, email="robin@mail.example"))
    code = code_in(mailbox[-1])
    page = browser_like.get(asked.url)
    entered = browser_like.post(asked.url, fields(page, code=code))
    assert browser_like.get("/account/").status_code == 200
    assert {*page.cookies, *entered.cookies} == {*COOKIES, "__Host-device"}
    for cookie in [*page.cookies.values(), *entered.cookies.values()]:
        assert (cookie["secure"], cookie["httponly"], cookie["samesite"]) == (True, True, "Lax")
        assert (cookie["path"], cookie["domain"]) == ("/", "")


def test_a_form_from_elsewhere_is_refused(browser_like):
    page = browser_like.get(DOOR)
    sent = fields(page, email="robin@mail.example")
    for origin in ("http://testserver", "https://evil.test", "null"):
        assert browser_like.post(DOOR, sent, headers={"Origin": origin}).status_code == 403


@pytest.mark.parametrize("path", ["/", "/help/?q=a", "/admin/", "/health/", "/no/such/page/"])
def test_without_tls_each_page_leads_to_itself_with_it(visitor, path):
    answer = visitor.get(path, headers=PLAIN)
    assert (answer.status_code, answer.url) == (301, f"https://testserver{path}")
    assert not answer.cookies
    assert visitor.get(path).status_code in (200, 302, 404)


def test_a_probe_needs_no_tls(visitor):
    for path in ("/health/live", "/health/ready"):
        assert visitor.get(path, headers={**PLAIN, "Host": "10.1.2.3"}).status_code == 200


def test_a_browser_keeps_to_tls_for_a_year(visitor):
    answer = visitor.get("/help/")
    year = "max-age=31536000; includeSubDomains; preload"
    assert answer["Strict-Transport-Security"] == year


def test_no_page_is_open_without_the_second_factor_that_it_demands(signed_in):
    for user in (UserFactory(is_staff=True), ProviderFactory().user):
        person = signed_in(user, factor=False)
        for path in ("/account/", "/workspace/", "/admin/"):
            assert person.get(path).url.startswith("/accounts/2fa/?next="), path


def test_style_sheets_have_hashed_names_and_may_be_kept_for_good(visitor):
    address = re.search(r'href="(/static/css/site\.\w+\.css)"', visitor.get("/help/").text)[1]
    sheet = visitor.get(address)
    assert "immutable" in sheet["Cache-Control"]
    assert b"@import" not in b"".join(sheet)


def test_the_demo_is_not_here(visitor):
    assert visitor.get("/demo/inbox/").status_code == 404
    assert "headway-demo" not in visitor.get("/accounts/login/").text
