"""axe finds nothing on any page, in either color scheme; large text fits."""

from datetime import UTC, datetime

import pytest
from django.test import Client
from playwright.sync_api import expect

from accounts.models import User
from booking.models import Relationship
from demo.named import CALLS, CLIENT, NEW, SESSIONS
from headway.tests.crawl import crawl, route_of
from messaging import offers, requests

from .steps import (
    LOOKS,
    ask_for_a_code,
    choose_a_time,
    code_for,
    fill_in_details,
    fill_with_cards,
    find,
    violations,
)

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

OWN = {
    None: ["/accounts/login/", "/providers/?q=nobody+at+all", "/nowhere/"],
    NEW: ["/appointments/", "/account/"],
    CLIENT: ["/appointments/", "/account/"],
    CALLS: ["/workspace/"],
    SESSIONS: ["/workspace/"],
}
INSIDE = "menu => menu.getBoundingClientRect().right <= document.documentElement.clientWidth"
NOT_OURS = ("/admin/", "/demo/inbox/")  # Django's pages; the text of an email as we sent it


def pages_of(email):
    """{(route, status): an address} for our own pages that this person reaches."""
    person = Client()
    if email:
        person.force_login(User.objects.get(email=email))
    found = {}
    for page in crawl(person, "/", *OWN[email]):
        if page.text and page.status < 500 and not page.address.startswith(NOT_OURS):
            found.setdefault((route_of(page.address), page.status), page.address)
    return found


@pytest.mark.parametrize("email", OWN)
def test_axe_finds_nothing(enter, sign_in, email):
    pages = pages_of(email)
    if email:  # check public pages only once, and the frame around them on the start page
        public = pages_of(None)
        pages = {key: at for key, at in pages.items() if key not in public or at == "/"}
    page = sign_in(email) if email else enter()
    found = []
    for address in pages.values():
        page.goto(address)
        found += violations(page)
    assert len(pages) > 2
    assert not found, "\n".join(found)


@pytest.mark.parametrize("email", OWN)
def test_nothing_scrolls_sideways_at_twice_the_text(enter, sign_in, email):
    """With text at 200% on a phone, no page is wider than the screen, and Menu is on it."""
    pages = pages_of(email)
    page = sign_in(email) if email else enter()
    page.set_viewport_size({"width": 390, "height": 844})
    wide = {}
    for address in pages.values():
        page.goto(address)
        page.evaluate("document.documentElement.style.fontSize = '32px'")
        root = page.locator("html")
        over = root.evaluate("root => root.scrollWidth - root.clientWidth")
        if over or not page.locator("summary", has_text="Menu").evaluate(INSIDE):
            wide[address] = over
    assert not wide


def test_axe_finds_nothing_on_the_way_to_a_booking(enter):
    """Pages without a link to them: a held time, the code, details with errors, a refusal."""
    page, found = enter(), []
    find(page, "Dana Whitfield")
    choose_a_time(page, "Book phone call")
    found += violations(page)
    ask_for_a_code(page)
    found += violations(page)
    page.get_by_label("Code").fill(code_for(page))
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.get_by_role("button", name="Book phone call").click()
    expect(page.get_by_role("alert").first).to_be_visible()
    found += violations(page)
    page.get_by_role("button", name="Choose another time").click()
    expect(page.locator("#week")).to_be_visible()
    found += violations(page)
    page.locator("#week button.slot").nth(2).click()
    fill_in_details(page, call=True)
    page.get_by_role("button", name="Book phone call").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your phone call is booked")
    found += violations(page)
    assert not found, "\n".join(found)


def test_axe_finds_nothing_on_requests_and_offers(sign_in):
    """Open and settled, on both sides; and their forms, with errors where they can have some."""
    jordan, dana, found = sign_in(CLIENT), sign_in(CALLS), []
    pair = Relationship.objects.get(client__email=CLIENT, provider__user__email=CALLS)
    thread = f"/messages/{pair.uuid}/"

    def look(page, address, button=None):
        page.goto(address)
        if button:
            page.get_by_role("button", name=button).click()
            expect(page.get_by_role("alert").first).to_be_visible()
        found.extend(violations(page))

    look(jordan, f"{thread}ask/")
    look(jordan, f"{thread}ask/", "Ask Dana")
    request, offer = fill_with_cards(pair)
    for page in (jordan, dana):
        look(page, thread)
        expect(page.locator(".slip-open")).to_have_count(2)
    suggest = f"{thread}suggest/?instead_of={request.appointment.uuid}"
    look(dana, suggest)
    look(dana, f"{thread}suggest/", "Offer these times")
    look(dana, f"/messages/requests/{request.message.uuid}/decline/", "Decline and send")
    look(jordan, f"/messages/offers/{offer.message.uuid}/refuse/")
    look(jordan, f"{thread}ask/?appointment={request.appointment.uuid}")
    requests.move(request, by=pair.provider.user, starts_at=wish_of(request))
    offers.take_back(offer, by=pair.provider.user)
    for page in (jordan, dana):
        look(page, thread)
        expect(page.locator(".slip-open")).to_have_count(0)
    assert not found, "\n".join(found)


def wish_of(request):
    return datetime.fromtimestamp(request.wishes[0], UTC)


def test_axe_would_find_something(enter):
    page = enter()
    page.goto("/help/")
    page.evaluate("document.querySelector('h1').insertAdjacentHTML('afterend', '<input>')")
    assert len(list(violations(page))) == len(LOOKS)
