"""Someone looks through the weeks: only the times change, and they don't lose their place."""

import pytest
from playwright.sync_api import expect

from demo.named import SESSIONS
from providers.models import Provider

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def weeks(enter):
    """The page with a provider's weeks, loaded once."""
    page = enter(timezone_id="America/Los_Angeles")
    page.goto(Provider.objects.get(user__email=SESSIONS).booking_url)
    page.wait_for_load_state("networkidle")  # the first page loads again in the visitor's zone
    page.evaluate("window.here = true")
    return page


def stayed(page):
    return page.evaluate("window.here === true")


def test_a_week_comes_without_a_new_page_and_back_leads_back(weeks):
    first = weeks.locator("#week h2").inner_text()
    later = weeks.get_by_role("link", name="Later:")
    later.press("Enter")
    expect(weeks.locator("#week h2")).not_to_have_text(first, use_inner_text=True)
    expect(weeks.get_by_role("status")).to_contain_text("free times")
    expect(later).to_be_focused()
    assert "week=" in weeks.url
    assert stayed(weeks)
    weeks.go_back()
    expect(weeks.locator("#week h2")).to_have_text(first, use_inner_text=True)


def test_at_the_last_week_the_focus_stays_where_it_was(weeks):
    later = weeks.get_by_role("link", name="Later:")
    while later.count():
        address = weeks.url
        later.press("Enter")
        weeks.wait_for_url(lambda url, before=address: url != before)
        expect(weeks.locator("#times")).not_to_have_attribute("aria-busy", "true")
    expect(weeks.locator("#week-after")).to_be_focused()
    assert stayed(weeks)


def test_another_zone_and_place_change_the_times_and_what_leads_on(weeks):
    weeks.get_by_text("Change", exact=True).click()
    weeks.get_by_label("Time zone").select_option(label="Eastern Time")
    weeks.get_by_role("button", name="Use this time zone").click()
    expect(weeks.locator("#zone-name")).to_have_text("Eastern Time")
    expect(weeks.locator(".crumb a")).to_have_attribute(
        "href", "/providers/marcus-okafor/?zone=America%2FNew_York"
    )
    weeks.get_by_role("link", name="Virtual").click()
    expect(weeks.get_by_role("status")).to_contain_text("virtual, Eastern Time")
    expect(weeks.get_by_role("link", name="Virtual")).to_have_attribute("aria-current", "true")
    assert stayed(weeks)


def test_where_no_times_come_the_link_leads_there_plainly(weeks):
    provider = Provider.objects.get(user__email=SESSIONS)
    provider.accepting_new_clients = False
    provider.save()
    weeks.get_by_role("link", name="Later:").click()
    expect(weeks.get_by_role("heading", level=1)).to_have_text("Marcus isn’t taking new clients")
    assert not stayed(weeks)
