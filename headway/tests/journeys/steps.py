"""What journeys share: a first visit's steps, requests and offers, what axe finds on a page."""

import re
from datetime import UTC, datetime
from uuid import uuid4

from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone
from playwright.sync_api import expect

from booking.appointments import free_times
from messaging import offers, requests

EMAIL, NAME = "robin.vale@example.com", "Robin Vale"
LOOKS = [(width, scheme) for width in (390, 1280) for scheme in ("light", "dark")]
OPTIONS = {"preload": False, "resultTypes": ["violations"]}  # preloading fetches styles again


def find(page, provider):
    """From the start page, through search, to the provider's profile."""
    page.goto("/")
    page.wait_for_load_state("networkidle")  # the first page loads again in the visitor's zone
    page.get_by_label("I live in").select_option(label="California")
    page.get_by_role("button", name="See who has time").click()
    page.get_by_role("heading", name=provider).get_by_role("link").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(provider)


def choose_a_time(page, button, *, last=False):
    """From the profile's green button to a held time; `last` takes the week's last one."""
    page.get_by_role("link", name=button).click()
    slots = page.locator("#week button.slot")
    (slots.last if last else slots.first).click()
    page.wait_for_url(re.compile(r"/(details|login/code)/"))


def log_in(page):
    """An email, then the code from the demo inbox in a second tab; the time stays held."""
    ask_for_a_code(page)
    page.get_by_label("Code").fill(code_for(page))
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url("**/details/**")


def ask_for_a_code(page):
    """From the login page, which says the time is held, to the page that asks for the code."""
    expect(page.get_by_role("main")).to_contain_text("We’re holding")
    page.get_by_label("Email").fill(EMAIL)
    page.get_by_role("button", name="Send me a code").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Enter your code")


def code_for(page):
    """The code in the demo inbox's latest email."""
    inbox = page.context.new_page()
    inbox.goto("/demo/inbox/")
    expect(inbox.get_by_role("main")).to_contain_text(EMAIL)
    inbox.locator(".mail-list a").first.click()
    code = inbox.locator(".mail-code").inner_text()
    inbox.close()
    return code


def fill_in_details(page, *, call):
    """What we ask a new client; the second time, we know most of it."""
    page.get_by_label("Your name").fill(NAME)
    page.get_by_label("Date of birth").fill("04/27/1990")
    page.get_by_label("Phone number").fill("(916) 555-0142")
    state = page.get_by_label("Which state will you be in?")
    if state.count():
        state.select_option(label="California")
    if call:
        page.get_by_label("Yes", exact=True).check()
    page.get_by_label("Myself").check()


def violations(page):
    """What axe finds on the open page, in each look."""
    for width, scheme in LOOKS:
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        for found in Axe().run(page, options=OPTIONS).response["violations"]:
            places = [node["html"][:120] for node in found["nodes"][:3]]
            yield f"{page.url} {width} {scheme}: {found['id']} {places}"


def fill_with_cards(pair):
    """Requests and offers of all kinds in a conversation; the (request, offer) that are open.

    The request has wishes, and no other times are offered instead.
    """
    now, client, provider = timezone.now(), pair.client, pair.provider.user
    session = pair.appointments.upcoming(now).get()
    what = {"place": session.place, "minutes": session.minutes}
    free = free_times.free_starts(pair.provider, client, now=now, moved=session, **what)[::8]
    starts = [datetime.fromtimestamp(each, UTC) for each in free]

    def ask(wants, **when):
        how = {"appointment": session, "sequence": session.sequence, "words": "My shift changed."}
        return requests.ask(pair, by=client, uuid=uuid4(), wants=wants, **how, **when)

    def offer(*times, **instead):
        how = {"starts": times, "hours": 24, "words": "Would these work?", "anyway": True}
        return offers.offer(pair, by=provider, uuid=uuid4(), **what, **how, **instead)

    instead = {"instead_of": session, "sequence": session.sequence}
    requests.withdraw(ask("cancel"), by=client)
    requests.decline(
        ask("move", weekday=4, part="morning"), by=provider, uuid=uuid4(), words="I’m away then."
    )
    offers.take_back(offer(*starts[:3], **instead), by=provider)
    offers.refuse(offer(*starts[:2]), by=client, uuid=uuid4())
    offers.accept(offer(starts[-1]), by=client, start=free[-1])
    return ask("move", wishes=free[:3]), offer(*starts[3:6])
