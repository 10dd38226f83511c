"""What's printed is all of it: a conversation, the directory, and a provider's week."""

import os
import re

import pytest
from playwright.sync_api import expect

from booking.models import Relationship
from demo.named import CALLS, CLIENT
from messaging.tests.factories import write

from .steps import fill_with_cards

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

PAPER = {"portrait": (740, 980), "landscape": (980, 740), "large": (1300, 1000)}
CUT = """() => [...document.querySelectorAll("main, main *")].filter(each => {
    const style = getComputedStyle(each), box = each.getBoundingClientRect();
    const clips = /hidden|clip|auto|scroll/.test(style.overflowX + style.overflowY);
    const isMeantToBe = style.clipPath !== "none" || box.width < 2 || each.matches("input, select");
    const isTall = each.scrollHeight > each.clientHeight + 1;
    const isCut = isTall || each.scrollWidth > each.clientWidth + 1;
    return clips && isCut && !isMeantToBe && each.checkVisibility();
}).map(each => each.outerHTML.slice(0, 120))"""


def on_paper(page, name):
    """What's cut off on the page when it's printed, and how many sheets it takes."""
    cut = []
    page.emulate_media(media="print")
    for kind, (width, height) in PAPER.items():
        page.set_viewport_size({"width": width, "height": height})
        cut += [f"{kind}: {html}" for html in page.evaluate(CUT)]
        if folder := os.environ.get("PICTURES"):
            page.screenshot(path=f"{folder}/print-{name}-{kind}.png", full_page=True)
    return cut, len(re.findall(rb"/Type\s*/Page\b", page.pdf(format="Letter")))


def test_a_printed_conversation_has_all_its_messages(sign_in):
    page = sign_in(CLIENT)
    page.set_viewport_size({"width": 1280, "height": 900})
    pair = Relationship.objects.get(client__email=CLIENT, provider__user__email=CALLS)
    for number in range(60):
        write(pair, pair.client, body=f"Message {number}.\n\nIt has three lines, and\nthis is one.")
    page.goto(f"/messages/{pair.uuid}/")
    on_paper(page, "part")
    expect(page.get_by_text("There are earlier messages")).to_be_visible()
    page.emulate_media(media="screen")
    expect(page.get_by_text("There are earlier messages")).to_be_hidden()
    page.get_by_role("link", name="Show all to print").click()
    expect(page.locator(".message").first).to_contain_text("It was good to talk today")
    cut, sheets = on_paper(page, "thread")
    assert not cut
    assert sheets > 3
    boxes = page.locator(".message").evaluate_all("all => all.map(each => each.offsetHeight)")
    assert len(boxes) >= 60
    assert all(boxes)


def test_a_printed_conversation_has_its_requests_and_offers(sign_in):
    """Each whole on its sheet, with its times and how it stands, and no buttons but the times."""
    pair = Relationship.objects.get(client__email=CLIENT, provider__user__email=CALLS)
    fill_with_cards(pair)
    for email, times in ((CLIENT, "Choose"), (CALLS, "Move it here")):
        page = sign_in(email)
        page.goto(f"/messages/{pair.uuid}/")
        cut, _ = on_paper(page, f"cards-{email}")
        assert not cut
        slips = page.locator(".slip")
        expect(slips).to_have_count(7)
        for words in ("Withdrawn", "Declined", "Taken back", "None of these work", "Accepted"):
            expect(slips.filter(has_text=words).first).to_be_visible()
        expect(page.get_by_role("button", name=times)).to_have_count(3)
        expect(slips.locator(".button").filter(visible=True)).to_have_count(0)
        split = slips.evaluate_all("all => all.map(each => getComputedStyle(each).breakInside)")
        assert set(split) == {"avoid"}


def test_the_printed_directory_has_all_its_cards(enter):
    page = enter()
    page.goto("/providers/")
    cut, sheets = on_paper(page, "directory")
    assert not cut
    assert sheets > 1
    expect(page.locator("#filters")).to_be_hidden()


def test_a_printed_week_has_all_its_words(sign_in):
    page = sign_in(CALLS)
    page.goto("/workspace/calendar/")
    cut, _ = on_paper(page, "week")
    assert not cut
    page.goto("/workspace/calendar/?day=" + page.locator("#jump").input_value())
    cut, _ = on_paper(page, "day")
    assert not cut
