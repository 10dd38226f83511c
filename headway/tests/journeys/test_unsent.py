"""What someone typed while they were signed out in another tab, or for too long, isn't lost."""

import os
import re

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from playwright.sync_api import expect

from demo.named import CLIENT, PASSWORD

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

QUESTION = "Could we meet at four on Thursday?\nOr at five?"


def leave_for_an_hour():
    for session in Session.objects.all():
        store = SessionStore(session.session_key)
        store["seen"] = store.get("seen", 0) - 3601
        store.save()


def write(page):
    page.goto("/messages/")
    page.get_by_role("link", name="Dana Whitfield").click()
    page.get_by_text("Add what it’s about").click()
    page.get_by_role("radio", name="Follow-up").check()
    page.get_by_label("Your message to Dana").fill(QUESTION)


def photograph(page, name):
    if folder := os.environ.get("PICTURES"):
        for width in (390, 768, 1280):
            page.set_viewport_size({"width": width, "height": 900})
            page.screenshot(path=f"{folder}/{name}-{width}.png", full_page=True)


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_a_message_sent_after_an_hour_is_back_after_signing_in(sign_in, scripts):
    page = sign_in(CLIENT, java_script_enabled=scripts)
    write(page)
    leave_for_an_hour()
    page.get_by_role("button", name="Send message").click()
    expect(page.get_by_role("main")).to_contain_text("we’ll put back what you typed")
    page.get_by_role("link", name=re.compile("password")).click()
    page.fill("[name=login]", CLIENT)
    page.fill("[name=password]", PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_label("Your message to Dana")).to_have_value(QUESTION)
    expect(page.get_by_role("radio", name="Follow-up")).to_be_checked()
    photograph(page, "unsent")
    page.get_by_role("button", name="Send message").click()
    expect(page.get_by_role("article").last).to_contain_text("Or at five?")
    expect(page.get_by_label("Your message to Dana")).to_have_value("")


def test_a_message_from_a_tab_older_than_the_sign_in_can_be_copied(sign_in):
    page = sign_in(CLIENT)
    write(page)
    other = page.context.new_page()
    other.goto("/account/")
    other.get_by_role("main").get_by_role("button", name="Sign out").click()
    page.get_by_role("button", name="Send message").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("This wasn’t sent")
    expect(page.get_by_label("Message")).to_have_value(QUESTION)
    photograph(page, "expired")
