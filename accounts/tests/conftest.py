"""What tests of the door share."""

import re

import pytest
from django.test import Client


@pytest.fixture
def through_the_door(mailbox):
    """`through_the_door(user)` is a test client that came in just now, by a code."""

    def enter(user):
        person = Client()
        asked = person.post("/accounts/login/code/", {"email": user.email})
        code = re.search(r"\b\d{6}\b", mailbox.to(user.email)[-1].body)[0]
        person.post(asked.url, {"code": code})
        return person

    return enter
