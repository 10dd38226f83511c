"""What applies to every request: odd addresses, a missing database, sizes, limits, the log."""

import logging
import sys
from io import BytesIO
from wsgiref.util import setup_testing_defaults

import pytest
from django.conf import settings
from django.core.exceptions import BadRequest
from django.core.signals import request_finished, request_started
from django.db import IntegrityError, OperationalError, close_old_connections, connection
from django.test import Client

from accounts.tests.factories import UserFactory
from headway.errors import DiscreetFormatter
from headway.handler import Handler
from headway.tests.environment import SITE


@pytest.fixture
def guest(db):
    """A visitor who gets the page our server would send, even for an error."""
    return Client(raise_request_exception=False)


@pytest.fixture
def lines():
    """What the site's loggers print."""
    printed = []

    class Keep(logging.Handler):
        def emit(self, record):
            printed.append(self.format(record))

    handler = Keep()
    handler.setFormatter(DiscreetFormatter("{levelname} {name} {message}", style="{"))
    root = logging.getLogger()
    root.addHandler(handler)
    yield printed
    root.removeHandler(handler)


def away(*args, **kwargs):
    raise OperationalError("connection to server at 10.0.0.5 failed")


@pytest.mark.parametrize(
    "address", ["/help/%00/", "/%00", "/help/?q=%00", "/admin/%00/", "/accounts/login/?next=/%00"]
)
def test_a_nul_in_the_address_is_a_bad_request(visitor, address):
    assert visitor.get(address).status_code == 400
    assert visitor.post(address).status_code == 400


def test_without_a_database_a_page_says_so_and_claims_nothing_about_a_post(guest):
    with connection.execute_wrapper(away):
        page = guest.get("/help/")
        sent = guest.post("/accounts/login/code/", {"email": "robin@mail.example"})
    for answer in (page, sent):
        assert answer.status_code == 503
        assert answer["Retry-After"] == "30"
    assert "We don’t know whether" in sent.text
    assert "We don’t know whether" not in page.text


def test_the_page_comes_even_before_any_view_is_reached(guest, signed_in):
    key = signed_in(UserFactory()).session.session_key
    guest.cookies[settings.SESSION_COOKIE_NAME] = key
    with connection.execute_wrapper(away):
        assert guest.get("/account/").status_code == 503
        assert guest.get("/help/").status_code == 503


def test_another_mistake_is_not_called_an_absent_database(guest, lines):
    def broken(*args, **kwargs):
        raise IntegrityError("Key (email)=(robin@mail.example) already exists")

    with connection.execute_wrapper(broken):
        assert guest.get("/help/").status_code == 500
    log = "\n".join(lines)
    assert "IntegrityError" in log
    assert "views.py" in log
    assert "robin" not in log


def test_too_large_a_request_gets_a_page(guest):
    answer = guest.post("/accounts/login/code/", {"email": "x" * (1024 * 1024 + 1)})
    assert answer.status_code == 413
    assert "too large to send" in answer.text


def test_the_log_has_a_line_a_request_with_no_address_query_or_body(visitor, db, lines):
    visitor.post("/accounts/login/code/?next=/account/", {"email": "robin@mail.example"})
    visitor.get("/help/?q=my+secret")
    visitor.get("/feeds/a-secret.ics")
    Client(enforce_csrf_checks=True).post("/contact/?q=secret", {"email": "robin@mail.example"})
    access = [line for line in lines if "headway.access" in line]
    assert access[0].startswith("INFO headway.access POST account_request_login_code 302 ")
    assert access[1].startswith("INFO headway.access GET support:help 200 ")
    assert access[2].startswith("INFO headway.access GET booking:feed_file 404 ")
    assert "secret" not in " ".join(lines)
    assert "robin" not in " ".join(lines)


def test_the_log_says_which_user(signed_in, lines):
    user = UserFactory()
    signed_in(user).get("/account/")
    assert f"user={user.pk}" in lines[-1]


def test_an_error_in_the_log_keeps_its_place_and_loses_its_text():
    try:
        try:
            raise IntegrityError("robin@mail.example")
        except IntegrityError as error:
            raise BadRequest("a secret") from error
    except BadRequest:
        text = DiscreetFormatter().formatException(sys.exc_info())
    assert "test_middleware.py" in text
    assert "django.core.exceptions.BadRequest" in text
    assert "IntegrityError" in text
    assert "robin" not in text
    assert "secret" not in text


@pytest.fixture
def knock(db):
    """`knock(method, address, kind)` is our server's status for that content type."""

    def ask(method, address, kind):
        path, _, query = address.partition("?")
        environ = {"REQUEST_METHOD": method, "PATH_INFO": path, "QUERY_STRING": query}
        environ |= {"HTTP_HOST": "testserver", "CONTENT_TYPE": kind}
        environ |= {"CONTENT_LENGTH": "3", "wsgi.input": BytesIO(b"a=b")}
        environ |= {"wsgi.url_scheme": "https", "HTTP_X_FORWARDED_PROTO": "https"}
        setup_testing_defaults(environ)
        statuses = []
        Handler()(environ, lambda status, headers: statuses.append(int(status[:3]))).close()
        return statuses[0]

    signals = (request_started, request_finished)
    for signal in signals:  # or they'd close the test's own connection
        signal.disconnect(close_old_connections)
    yield ask
    for signal in signals:
        signal.connect(close_old_connections)


CHARSETS = ["rot13", "utf-16", "unicode_escape", "base64", "punycode", "nonsense", "idna"]


@pytest.mark.parametrize("method", ["GET", "POST", "OPTIONS"])
@pytest.mark.parametrize("address", ["/", "/help/?q=a", "/no/such/page/", "/contact/", "/?x=%00"])
def test_a_charset_that_no_browser_sends_is_a_bad_request(knock, method, address):
    for charset in CHARSETS:
        kind = f"application/x-www-form-urlencoded; charset={charset}"
        assert knock(method, address, kind) == 400, charset
    assert knock(method, address, "text/plain; a*=nonsense''b") == 400


def test_no_charset_hides_a_nul(knock):
    for charset in ("unicode_escape", "utf-7", "utf-8"):
        address = "/?plan=%5Cx00" if charset != "utf-8" else "/?plan=%00"
        assert knock("GET", address, f"a/b; charset={charset}") == 400


def test_many_fields_in_the_address_of_a_form_are_a_bad_request(knock):
    assert knock("GET", "/?" + "a&" * 1001, "a/b; charset=utf-8") == 400


def test_utf_8_may_be_said(visitor, knock):
    kind = 'application/x-www-form-urlencoded; charset="UTF-8"'
    assert knock("GET", "/help/", kind) == 200
    page = visitor.post("/contact/", "name=J%C3%B8rgen", content_type=kind)
    assert "Jørgen" in page.text


def test_a_damaged_form_sent_nowhere_is_not_found(db):
    guest = Client(enforce_csrf_checks=True, raise_request_exception=False)
    guest.get("/contact/")
    assert guest.cookies[settings.CSRF_COOKIE_NAME]
    damaged = guest.post("/no/such/page/", b"x", content_type="multipart/form-data")
    large = guest.post("/no/such/page/", {"a": "x" * (1024 * 1024 + 1)})
    for answer in (damaged, large):
        assert answer.status_code == 404
        assert "We can’t find that page" in answer.text


METHODS = ["PUT", "DELETE", "PATCH", "TRACE", "OPTIONS", "FOO"]
PAGES = {  # with the methods of each
    "/": "GET, HEAD",
    "/providers/": "GET, HEAD",
    "/help/": "GET, HEAD",
    "/help/first-visit/": "GET, HEAD",
    "/privacy/": "GET, HEAD",
    "/robots.txt": "GET, HEAD",
    "/health/live": "GET, HEAD",
    "/health/ready": "GET, HEAD",
    "/contact/": "GET, HEAD, POST",
}
if settings.DEMO:
    PAGES["/demo/inbox/"] = "GET, HEAD"


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("path", PAGES)
def test_a_page_has_no_other_methods(visitor, db, method, path):
    answer = visitor.generic(method, path)
    assert answer.status_code == 405
    assert answer["Allow"] == PAGES[path]
    assert answer.content == b""
    assert visitor.generic(method, "/accounts/login/").status_code == 405


@pytest.mark.parametrize("path", [path for path, allowed in PAGES.items() if "POST" not in allowed])
def test_a_page_to_read_takes_no_form(visitor, db, path):
    assert visitor.post(path).status_code == 405
    assert visitor.head(path).status_code == 200


def test_opening_an_address_for_forms_gets_a_page(visitor, db):
    page = visitor.get("/contact/code/")
    assert (page.status_code, page["Allow"]) == (405, "POST")
    assert 'href="/"' in page.text


@pytest.mark.parametrize(
    ("came_from", "kept"),
    [
        (
            f"{SITE}/workspace/availability/?week=1#x",
            "/workspace/availability/%3Fweek%3D1",
        ),
        ("https://evil.test/workspace/", "/"),
        ("javascript:alert(1)", "/"),
        ("", "/"),
    ],
)
def test_a_form_without_a_session_leads_back_to_its_page(visitor, db, came_from, kept):
    path = "/workspace/availability/preview/week/"
    answer = visitor.post(path, headers={"Referer": came_from})
    assert answer.url == f"/accounts/login/code/?next={kept}"


@pytest.mark.parametrize("method", METHODS)
def test_the_pages_after_log_in_have_no_other_methods(visitor, signed_in, method):
    assert visitor.generic(method, "/appointments/").status_code == 302
    assert signed_in(UserFactory()).generic(method, "/appointments/").status_code == 405
    assert signed_in(UserFactory()).generic(method, "/no/such/page/").status_code == 404


def test_each_answer_carries_the_headers(visitor, db):
    for path in ("/", "/no/such/page/", "/%00", "/static/css/site.css", "/appointments/"):
        answer = visitor.get(path)
        list(answer)  # all of it, or the file stays open
        policy = "camera=(), microphone=(), geolocation=(), payment=()"
        assert answer["Permissions-Policy"] == policy, path
        assert answer["Cross-Origin-Resource-Policy"] == "same-origin", path
        assert "Access-Control-Allow-Origin" not in answer, path


def test_no_cache_keeps_what_a_session_shows(visitor, db):
    assert "Cache-Control" not in visitor.get("/help/")
    for path in ("/contact/", "/contact/confirm/", "/demo/inbox/"):
        assert visitor.get(path)["Cache-Control"] == "no-store, private", path
    assert settings.SESSION_COOKIE_NAME not in visitor.cookies
    begun = visitor.post("/accounts/login/code/", {"email": "robin@mail.example"})
    assert begun["Cache-Control"] == "no-store, private"
    assert visitor.get("/help/")["Cache-Control"] == "no-store, private"


@pytest.mark.parametrize("host", ["10.1.2.3", "[2001:db8::1]:8000", "evil.test", "-_-", ""])
def test_a_probe_is_answered_whatever_its_host_and_nothing_else_is(guest, host):
    for path, text in (("/health/live", "live"), ("/health/ready", "ready")):
        answer = guest.get(path, headers={"Host": host})
        assert (answer.status_code, answer.text) == (200, text)
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert "Location" not in answer
        assert not answer.cookies
        assert guest.post(path, headers={"Host": host}).status_code == 405
    for path in ("/", "/health/", "/health/live/", "/health/readiness", "/HEALTH/live", "/admin/"):
        assert guest.get(path, headers={"Host": host}).status_code == 400, path


def test_a_probe_looks_nobody_up_and_learns_that_the_database_is_away(
    signed_in, guest, lines, django_assert_num_queries
):
    person = signed_in(UserFactory())
    with django_assert_num_queries(1):
        assert person.get("/health/ready").status_code == 200
    with connection.execute_wrapper(away):
        assert guest.get("/health/live").status_code == 200
        assert guest.get("/health/ready").status_code == 503
    assert "GET headway.views.ready 503" in lines[-1]
    assert "10.0.0.5" not in " ".join(lines)
