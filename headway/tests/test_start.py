"""The start page and the other pages that span several apps."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.tests.factories import UserFactory
from booking.availability.calendar import refresh_next_openings
from providers.tests.factories import ProviderFactory


@pytest.mark.django_db
def test_the_start_page_has_one_search_and_who_has_time_next(visitor):
    dana = ProviderFactory(name="Dana Whitfield", hours=True)
    refresh_next_openings([dana], now=timezone.now())
    page = visitor.get("/")
    assert "Talk to someone who takes your insurance." in page.text
    assert 'action="/providers/"' in page.text
    for name in ("specialty", "state", "plan"):
        assert f'name="{name}"' in page.text
    assert "Dana Whitfield, PsyD" in page.text
    assert "For a virtual session, you join on your appointment’s page" in page.text


@pytest.mark.django_db
def test_the_start_page_has_the_same_number_of_queries_at_one_and_three_rows(
    visitor, django_assert_num_queries
):
    for count in (1, 2):
        made = [ProviderFactory(hours=True) for _ in range(count)]
        refresh_next_openings(made, now=timezone.now())
        with django_assert_num_queries(7):
            visitor.get("/")


@pytest.mark.django_db
def test_a_provider_with_no_time_soon_is_not_on_the_start_page(visitor):
    far = ProviderFactory(name="Far Off", next_opening_at=timezone.now() + timedelta(days=50))
    assert far.name not in visitor.get("/").text


@pytest.mark.django_db
def test_home_leads_each_to_their_own_things(signed_in):
    assert signed_in(UserFactory()).get("/home/").url == "/appointments/"
    assert signed_in(ProviderFactory().user).get("/home/").url == "/workspace/"
    assert signed_in(UserFactory(is_staff=True)).get("/home/").url == "/admin/"


@pytest.mark.django_db
@pytest.mark.parametrize(
    "url",
    ["/privacy/", "/terms/", "/accessibility/", "/robots.txt", "/health/live", "/health/ready"],
)
def test_pages_of_words_and_of_health_are_public(visitor, url):
    assert visitor.get(url).status_code == 200
