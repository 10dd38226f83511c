"""What holds for every request: odd addresses, an absent database, sizes, limits, the log."""

import logging
import sys

import pytest
from django.core.exceptions import BadRequest
from django.db import IntegrityError, OperationalError, connection
from django.test import Client

from accounts.tests.factories import UserFactory
from headway.errors import DiscreetFormatter


@pytest.fixture
def guest(db):
    """A visitor who gets the page that our server would send, also where it went wrong."""
    return Client(raise_request_exception=False)


@pytest.fixture
def lines():
    """What the site's loggers say, as they print it."""
    said = []

    class Keep(logging.Handler):
        def emit(self, record):
            said.append(self.format(record))

    handler = Keep()
    handler.setFormatter(DiscreetFormatter("{levelname} {name} {message}", style="{"))
    root = logging.getLogger()
    root.addHandler(handler)
    yield said
    root.removeHandler(handler)


def away(*args, **kwargs):
    raise OperationalError("connection to server at 10.0.0.5 failed")


@pytest.mark.parametrize(
    "address", ["/help/%00/", "/%00", "/help/?q=%00", "/admin/%00/", "/accounts/login/?next=/%00"]
)
def test_a_nul_in_the_address_is_a_bad_request(visitor, address):
    assert visitor.get(address).status_code == 400
    assert visitor.post(address).status_code == 400


def test_a_database_that_is_away_is_told_and_nothing_is_claimed_of_a_post(guest):
    with connection.execute_wrapper(away):
        page = guest.get("/help/")
        sent = guest.post("/accounts/login/code/", {"email": "robin@mail.example"})
    for answer in (page, sent):
        assert answer.status_code == 503
        assert answer["Retry-After"] == "30"
    assert "We don’t know whether" in sent.text
    assert "We don’t know whether" not in page.text


def test_it_is_told_also_where_no_view_was_reached_yet(guest, signed_in):
    key = signed_in(UserFactory()).session.session_key
    guest.cookies["sessionid"] = key
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


def test_more_than_we_take_in_is_told(guest):
    answer = guest.post("/accounts/login/code/", {"email": "x" * (1024 * 1024 + 1)})
    assert answer.status_code == 413
    assert "more than we can take in" in answer.text


def test_the_log_has_a_line_a_request_with_no_address_query_or_body(visitor, db, lines):
    visitor.post("/accounts/login/code/?next=/account/", {"email": "robin@mail.example"})
    visitor.get("/help/?q=my+secret")
    visitor.get("/feeds/a-secret.ics")
    Client(enforce_csrf_checks=True).post("/contact/?q=secret", {"email": "robin@mail.example"})
    access = [line for line in lines if "headway.access" in line]
    assert access[0].startswith("INFO headway.access POST account_request_login_code 302 ")
    assert access[1].startswith("INFO headway.access GET support:help 200 ")
    assert access[2].startswith("INFO headway.access GET - 404 ")
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
