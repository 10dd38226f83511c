"""Someone new finds two providers and books a first visit with each, in a browser."""

import icalendar
import pytest
import vobject
from playwright.sync_api import expect

from demo.named import CALLS, SESSIONS
from providers.models import Provider

from .steps import NAME, choose_a_time, fill_in_details, find, log_in

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("script", [True, False], ids=["with JavaScript", "without"])
def test_someone_new_books_a_call_and_a_session(enter, sign_in, script):
    robin = enter(java_script_enabled=script)

    find(robin, "Dana Whitfield")
    choose_a_time(robin, "Book phone call")
    log_in(robin)
    fill_in_details(robin, call=True)
    robin.get_by_role("button", name="Book phone call").click()
    expect(robin.get_by_role("heading", level=1)).to_have_text("Your phone call is booked")
    call = calendar_file(robin)

    find(robin, "Marcus Okafor")
    choose_a_time(robin, "Book session", last=True)
    fill_in_details(robin, call=False)
    robin.get_by_role("button", name="Book session").click()
    expect(robin.get_by_role("heading", level=1)).to_have_text("Your session is booked")
    session = calendar_file(robin)

    assert call["UID"] != session["UID"]
    each_provider_sees_their_own(sign_in)
    a_second_first_visit_is_refused(robin)


def calendar_file(page):
    """The event in the page's calendar file, which two parsers read the same way."""
    address = page.get_by_role("link", name="Add to my calendar").get_attribute("href")
    answer = page.context.request.get(address)
    assert answer.ok and answer.headers["content-type"].startswith("text/calendar")
    [event] = icalendar.Calendar.from_ical(answer.body()).walk("VEVENT")
    other = vobject.readOne(answer.text()).vevent
    assert other.uid.value == str(event["UID"])
    assert other.dtstart.value == event.start
    assert other.dtend.value == event.end
    assert str(event["SUMMARY"]) == other.summary.value == "Appointment"
    return event


def each_provider_sees_their_own(sign_in):
    """Both workspaces name the client once, one for a call and one for a session."""
    for email, kind, other in [
        (CALLS, "Phone call", "session"),
        (SESSIONS, "ession", "Phone call"),
    ]:
        page = sign_in(email)
        page.goto("/workspace/")
        link = page.get_by_role("link", name=NAME, exact=True)
        expect(link).to_have_count(1)
        link.click()
        expect(page.get_by_role("heading", level=1)).to_have_text(NAME)
        expect(page.locator(".booked")).to_contain_text(kind)
        expect(page.locator(".booked")).not_to_contain_text(other)


def a_second_first_visit_is_refused(page):
    """The profile doesn't offer booking, and an old booking link says why."""
    page.goto("/providers/")
    page.get_by_role("heading", name="Dana Whitfield").get_by_role("link").click()
    expect(page.get_by_role("main")).to_contain_text("Your phone call with Dana is booked")
    expect(page.get_by_role("link", name="Book phone call")).to_have_count(0)
    page.goto(Provider.objects.get(name="Dana Whitfield").booking_url)
    expect(page.get_by_role("heading", level=1)).to_have_text("Your phone call with Dana is booked")
