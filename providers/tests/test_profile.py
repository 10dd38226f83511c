"""A provider's profile, for someone new, their own client, and themselves."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.tests.factories import UserFactory
from booking.tests.factories import AppointmentFactory
from providers.models import Provider
from providers.tests.factories import PlanFactory, ProviderFactory

pytestmark = pytest.mark.usefixtures("db", "monday")


@pytest.fixture
def dana(dana):
    """Takes one plan with telehealth and one without."""
    dana.plans.add(PlanFactory(carrier="Cigna", name="Old HMO", covers_telehealth=False))
    dana.late_cancellation = "A late cancellation costs $90."
    dana.save()
    return dana


def test_the_profile_says_how_to_start_and_what_it_takes(visitor, dana):
    page = visitor.get(dana.get_absolute_url())
    for words in (
        "Dana Whitfield, PsyD",
        "Dana starts with a phone call",
        "It’s free and takes about 15 minutes",
        "Book phone call",
        "Today</span> 10:00 AM",
        "Pacific Time",
        'Aetna Test PPO<span class="quiet small">covers virtual sessions',
        'Cigna Old HMO<span class="quiet small">in person only',
        "California (PSY",
        "$180 for a 50-minute session",
        "Book at least 2 hours ahead",
        "Cancel up to 24 hours before a session",
        "A late cancellation costs $90.",
        "Trouble booking?",
    ):
        assert words in page.text, words
    assert dana.booking_url in page.text
    assert "Book session" not in page.text


def test_a_provider_who_starts_with_sessions_has_the_other_button(visitor):
    marcus = ProviderFactory(name="Marcus", hours=True, first_visit=Provider.FirstVisit.SESSION)
    page = visitor.get(marcus.get_absolute_url())
    assert "Book session" in page.text
    assert "Book phone call" not in page.text


def test_private_things_are_not_on_the_profile(visitor, dana):
    page = visitor.get(dana.get_absolute_url())
    for secret in (dana.phone, "555-0101", dana.telehealth_link, dana.user.email):
        assert secret not in page.text


@pytest.mark.parametrize(("expires", "shown"), [("2026-11-30", True), ("2026-11-29", False)])
def test_the_profile_shows_a_license_until_its_day_ends_where_the_provider_is(
    visitor, dana, expires, shown
):
    number = dana.licenses.get().number
    dana.licenses.update(expires=expires)
    page = visitor.get(dana.get_absolute_url())
    assert (f"California ({number})" in page.text) == shown
    assert ("Virtual in California" in page.text) == shown
    assert ("No state right now" in page.text) != shown


def test_an_existing_client_sees_the_way_to_their_provider_and_no_button(signed_in, dana):
    jordan = UserFactory()
    made = AppointmentFactory(provider=dana, client=jordan)
    page = signed_in(jordan).get(dana.get_absolute_url())
    assert "Your phone call with Dana is booked" in page.text
    assert made.get_absolute_url() in page.text
    assert "Book phone call" not in page.text
    assert dana.booking_url not in page.text


def test_a_provider_sees_no_button_on_their_own_profile(signed_in, dana):
    page = signed_in(dana.user).get(dana.get_absolute_url())
    assert "This is your own profile" in page.text
    assert f'href="{dana.booking_url}' not in page.text


def test_a_profile_that_takes_no_new_clients_says_so_and_shows_similar_providers(visitor, dana):
    near = ProviderFactory(name="Near By", hours=True)
    ProviderFactory(name="Far Away", hours=True, licenses=["NY"])
    dana.accepting_new_clients = False
    dana.save()
    page = visitor.get(dana.get_absolute_url())
    assert "Dana isn’t taking new clients right now" in page.text
    assert near.get_absolute_url() in page.text
    assert "Far Away" not in page.text
    assert "Book phone call" not in page.text


@pytest.mark.parametrize("slug", ["unpublished", "nobody"])
def test_an_unpublished_profile_is_unfound(visitor, slug):
    ProviderFactory(slug="unpublished", published=False)
    assert visitor.get(f"/providers/{slug}/").status_code == 404


def test_state_and_plan_of_the_search_go_along(visitor, dana):
    page = visitor.get(dana.get_absolute_url(), {"state": "CA", "plan": "aetna-test-ppo"})
    assert f"{dana.booking_url}?state=CA&amp;plan=aetna-test-ppo" in page.text


def test_the_page_has_the_same_number_of_queries_at_any_number_of_plans(
    visitor, dana, django_assert_num_queries
):
    for days in (2, 3):
        with django_assert_num_queries(11):
            visitor.get(dana.get_absolute_url())
        dana.plans.add(PlanFactory(), PlanFactory())
        AppointmentFactory(provider=dana, starts_at=timezone.now() + timedelta(days=days))


def test_what_a_provider_wrote_is_text_and_never_markup(visitor, dana):
    dana.bio = "<script>alert(1)</script> I listen."
    dana.headline = "<b>Hello</b>"
    dana.save()
    page = visitor.get(dana.get_absolute_url())
    assert "<script>alert" not in page.text
    assert "&lt;b&gt;Hello" in page.text
