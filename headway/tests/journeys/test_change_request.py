"""A client asks to move a session, the provider offers three times, and the client takes one."""

import re
from dataclasses import dataclass

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts import outbox
from booking.clock.formatting import describe_time
from booking.models import Appointment
from demo import inbox
from demo.named import CALLS, CLIENT

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

QUESTION, WHY = "Could we move our session?", "My shift changed."
NEWS = 15_000  # milliseconds; an open page asks every 4 seconds
MOST = 200  # presses of Tab to get somewhere
HAS_FOCUS = "it => it === document.activeElement"
STAYED = "window.stayed === true"


@dataclass
class Person:
    """Someone at a browser, perhaps without JavaScript or with the keyboard alone."""

    page: Page
    scripts: bool
    keys: bool

    def reach(self, target):
        """Press Tab until it has the focus."""
        for _ in range(MOST):
            if target.evaluate(HAS_FOCUS):
                return
            self.page.keyboard.press("Tab")
        pytest.fail(f"Tab never gets to {target}")

    def press(self, target, key="Enter"):
        if not self.keys:
            return target.click()
        self.reach(target)
        return self.page.keyboard.press(key)

    def check(self, box):
        self.press(box, "Space")
        expect(box).to_be_checked()

    def write(self, box, text):
        if not self.keys:
            return box.fill(text)
        self.reach(box)
        return self.page.keyboard.type(text)

    def follow(self, name):
        self.press(self.page.get_by_role("link", name=name).first)

    def push(self, name):
        self.press(self.page.get_by_role("button", name=name))

    def stay(self):
        """From here on the page isn't loaded again; what's new has to come by itself."""
        if self.scripts:
            self.page.evaluate("window.stayed = true")

    def look(self):
        """At what's new: an open page follows, and one without JavaScript is loaded again."""
        if not self.scripts:
            self.page.reload()

    def sees(self, found, *words):
        """What's new is in view, on the page that was open all the time."""
        for each in words:
            expect(found).to_contain_text(each, timeout=NEWS)
        assert not self.scripts or self.page.evaluate(STAYED)

    def card(self, words):
        return self.page.get_by_role("article").filter(has_text=words)


@pytest.fixture
def session(demo):
    """The session that Jordan has with Dana two weeks from now."""
    pair = {"client__email": CLIENT, "provider__user__email": CALLS}
    return Appointment.objects.upcoming(timezone.now()).get(**pair)


@pytest.mark.parametrize(
    ("scripts", "keys"),
    [(True, False), (True, True), (False, False)],
    ids=["with JavaScript", "by keyboard", "without JavaScript"],
)
def test_a_session_is_moved_in_a_conversation_of_two(sign_in, session, scripts, keys):
    jordan, dana = (
        Person(sign_in(email, java_script_enabled=scripts), scripts, keys)
        for email in (CLIENT, CALLS)
    )
    they_write(jordan, dana)
    jordan_asks(jordan, dana, session)
    dana_offers(dana, jordan)
    chosen = jordan_accepts(jordan, dana)
    was = described(session)
    session.refresh_from_db()
    assert int(session.starts_at.timestamp()) == chosen
    new = described(session)
    both_cards_agree(jordan, dana, was, new)
    both_calendars_agree(jordan, dana, session, was, new)
    both_mails_agree(was, new)


def described(session):
    """Its time in the words and the zone of each of the two."""
    zones = {CLIENT: session.client.time_zone, CALLS: session.provider.time_zone}
    return {email: describe_time(session, zone) for email, zone in zones.items()}


def they_write(jordan, dana):
    jordan.page.goto("/messages/")
    dana.page.goto("/messages/")
    jordan.follow("Dana Whitfield")
    dana.follow("Jordan Ellis")
    expect(dana.page.get_by_label("Your message to Jordan")).to_be_visible()
    dana.stay()
    jordan.write(jordan.page.get_by_label("Your message to Dana"), QUESTION)
    jordan.push("Send message")
    expect(jordan.page.get_by_role("article").last).to_contain_text(QUESTION)
    dana.look()
    dana.sees(dana.page.get_by_role("article").last, QUESTION)


def jordan_asks(jordan, dana, session):
    """For the first of Dana's free times; the card comes in on Dana's page."""
    jordan.follow("Change this appointment")
    times = jordan.page.get_by_role("group", name="Which times would suit you?")
    jordan.check(times.get_by_role("checkbox").first)
    jordan.write(jordan.page.get_by_label("Anything Dana should know?"), WHY)
    jordan.push("Ask Dana")
    mine = jordan.card("You asked to move a session")
    expect(mine).to_contain_text("Waiting for Dana")
    dana.look()
    was = described(session)[CALLS]["full"]
    dana.sees(dana.card("Jordan asks to move a session"), "Waiting for you", was, WHY)


def dana_offers(dana, jordan):
    """The wish, which is checked already, and two more."""
    jordan.stay()
    dana.press(dana.card("Jordan asks").get_by_role("link", name="Suggest other times"))
    boxes = dana.page.get_by_role("group", name="Which times?").get_by_role("checkbox")
    expect(boxes.first).to_be_checked()
    for number in (4, 8):
        dana.check(boxes.nth(number))
    dana.push("Offer these times")
    expect(dana.card("You offered 3 times")).to_contain_text("Waiting for Jordan")
    dana.stay()
    jordan.look()
    jordan.sees(jordan.card("Dana offers 3 times"), "Waiting for you")
    jordan.sees(jordan.card("You asked to move a session"), "Waiting for you")


def jordan_accepts(jordan, dana):
    """The second one; the start that was pressed."""
    times = jordan.card("Dana offers 3 times").get_by_role("button")
    expect(times).to_have_count(3)
    chosen = int(times.nth(1).get_attribute("value"))
    jordan.press(times.nth(1))
    expect(jordan.page.get_by_role("status").first).to_contain_text("It’s settled")
    dana.look()
    dana.sees(dana.card("You offered 3 times"), "Accepted")
    return chosen


def both_cards_agree(jordan, dana, was, new):
    mine, theirs = new[CLIENT]["full"], new[CALLS]["full"]
    expect(jordan.card("Dana offers 3 times")).to_contain_text("Accepted")
    expect(jordan.card("Dana offers 3 times")).to_contain_text(f"You chose {mine}.")
    dana.sees(dana.card("You offered 3 times"), f"Jordan chose {theirs}.")
    for person, words, email in (
        (jordan, "You asked to move a session", CLIENT),
        (dana, "Jordan asks to move a session", CALLS),
    ):
        card = person.card(words)
        for line in ("Done", was[email]["full"], f"Moved to {new[email]['full']}."):
            expect(card).to_contain_text(line, timeout=NEWS)
        expect(person.page.get_by_role("link", name="Suggest other times")).to_have_count(0)
        expect(person.page.get_by_role("button", name=re.compile("Withdraw|Take"))).to_have_count(0)


def both_calendars_agree(jordan, dana, session, was, new):
    mine, theirs = new[CLIENT], new[CALLS]
    jordan.page.goto("/appointments/")
    row = jordan.page.get_by_role("article").filter(has_text="Dana Whitfield").first
    expect(row.get_by_role("link", name=mine["full"])).to_be_visible()
    expect(row).to_contain_text("Moved")
    expect(jordan.page.get_by_role("main")).not_to_contain_text(was[CLIENT]["full"])
    dana.page.goto(f"/workspace/calendar/?day={theirs['date']}")
    link = dana.page.get_by_role("link", name="Jordan Ellis", exact=True)
    entry = dana.page.get_by_role("region", name="The day in order").get_by_role("listitem")
    expect(entry.filter(has=link)).to_contain_text(f"{theirs['starts']} to {theirs['ends']}")
    dana.press(link)
    expect(dana.page).to_have_url(re.compile(session.workspace_url))
    expect(dana.page.get_by_role("main")).to_contain_text(theirs["span"])
    expect(dana.page.get_by_role("main")).to_contain_text(theirs["day"])


def both_mails_agree(was, new):
    """One each, with the old time and the new."""
    outbox.sweep()
    for email in (CLIENT, CALLS):
        texts = [each.text for each in inbox.letters() if email in each.to]
        words = [[at[email]["day"], at[email]["span"]] for at in (new, was)]
        [told] = (text for text in texts if all(each in text for each in words[0]))
        assert all(each in told for each in words[1])
