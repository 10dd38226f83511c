"""A client asks in Messages, and the provider reads it and answers."""

import pytest
from playwright.sync_api import expect

from demo.named import CALLS, CLIENT

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

QUESTION = "Could we meet at four on Thursday?"
ANSWER = "Yes, I’ll plan it for four."


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_the_two_write_to_each_other(sign_in, scripts):
    jordan = sign_in(CLIENT, java_script_enabled=scripts)
    jordan.goto("/messages/")
    jordan.get_by_role("link", name="Dana Whitfield").click()
    jordan.get_by_text("Add what it’s about").click()
    jordan.get_by_role("radio", name="Follow-up").check()
    jordan.get_by_label("Your message to Dana").fill(QUESTION)
    jordan.get_by_role("button", name="Send message").click()
    expect(jordan.get_by_role("article").last).to_contain_text(QUESTION)
    expect(jordan.get_by_label("Your message to Dana")).to_have_value("")
    dana = sign_in(CALLS, java_script_enabled=scripts)
    dana.goto("/messages/")
    row = dana.get_by_role("link", name="Jordan Ellis")
    expect(row).to_contain_text("New:")
    row.click()
    expect(dana.get_by_role("article").last).to_be_in_viewport()
    expect(dana.get_by_role("article").last).to_contain_text(QUESTION)
    dana.get_by_label("Your message to Jordan").fill(ANSWER)
    dana.get_by_role("button", name="Send message").click()
    expect(dana.get_by_role("article").last).to_contain_text(ANSWER)
    jordan.reload()
    expect(jordan.get_by_role("article").last).to_contain_text(ANSWER)
