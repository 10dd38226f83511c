"""What tests of log-in share."""

import re

import pytest
from django.test import Client


@pytest.fixture
def just_logged_in(mailbox):
    """`just_logged_in(user)` is a test client that logged in just now, by a code."""

    def enter(user):
        person = Client()
        asked = person.post("/accounts/login/code/", {"email": user.email})
        code = re.search(r"\b\d{6}\b", mailbox.to(user.email)[-1].body)[0]
        person.post(asked.url, {"code": code})
        return person

    return enter
