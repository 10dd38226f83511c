"""The directory: what it finds, in which order, and what it says when it finds nothing."""

from datetime import UTC, datetime

import pytest
import time_machine
from django.utils import timezone

from booking.availability.calendar import refresh_next_openings
from booking.tests.factories import AppointmentFactory
from providers.models import Provider
from providers.tests.factories import PlanFactory, ProviderFactory, SpecialtyFactory

pytestmark = pytest.mark.usefixtures("db", "monday")


def refreshed(*providers):
    """The providers, with their next opening computed."""
    refresh_next_openings(providers, now=timezone.now())
    return providers


def names(page):
    """The providers on the page, in order."""
    return [provider.name for provider in page.context["providers"]]


def test_only_providers_who_take_the_plan_in_the_state_are_found(visitor):
    aetna, other = PlanFactory(carrier="Aetna", name="Test PPO"), PlanFactory(carrier="Cigna")
    refreshed(
        ProviderFactory(name="Dana Both", hours=True, plans=[aetna]),
        ProviderFactory(name="Otto Plan", hours=True, plans=[other]),
        ProviderFactory(name="Nia State", hours=True, plans=[aetna], licenses=["NY"]),
    )
    page = visitor.get("/providers/", {"state": "CA", "plan": aetna.slug})
    assert names(page) == ["Dana Both"]
    assert "1 provider takes Aetna Test PPO in California" in page.text


def test_a_carrier_finds_all_its_plans_once(visitor):
    plans = [PlanFactory(carrier="Acme Care"), PlanFactory(carrier="Acme Care")]
    refreshed(ProviderFactory(name="Dana Both", hours=True, plans=plans))
    page = visitor.get("/providers/", {"plan": "acme-care"})
    assert names(page) == ["Dana Both"]
    assert "1 provider takes Acme Care" in page.text


def test_an_expired_license_is_no_license(visitor):
    (dana,) = refreshed(ProviderFactory(hours=True))
    dana.licenses.update(expires="2026-11-29")
    assert names(visitor.get("/providers/", {"state": "CA"})) == []


@pytest.mark.parametrize(("expires", "found"), [("2026-11-30", True), ("2026-11-29", False)])
def test_a_license_counts_in_the_directory_until_its_day_ends_in_honolulu(visitor, expires, found):
    with time_machine.travel(datetime(2026, 12, 1, 9, tzinfo=UTC)):  # 11 PM there, 1 AM in L.A.
        (dana,) = refreshed(ProviderFactory(name="Dana Whitfield", hours=True))
        dana.licenses.update(expires=expires)
        page = visitor.get("/providers/", {"state": "CA"})
        assert names(page) == ["Dana Whitfield"] * found
        card = visitor.get("/providers/").text
    assert ("Virtual in California" in card) == found


def test_specialty_place_and_first_step_narrow_it_down(visitor):
    grief = SpecialtyFactory(name="Grief and more")
    call = ProviderFactory(name="Call Grief", hours=True, specialties=[grief])
    session = ProviderFactory(
        name="Session Person", hours=True, first_visit=Provider.FirstVisit.SESSION
    )
    session.working_hours.update(place="in_person")
    refreshed(call, session)
    for query, found in [
        ({"specialty": grief.slug}, ["Call Grief"]),
        ({"first_visit": "session"}, ["Session Person"]),
        ({"first_visit": "call"}, ["Call Grief"]),
        ({"place": "in_person"}, ["Session Person"]),
        ({"place": "virtual"}, ["Call Grief"]),
        ({"place": ["virtual", "in_person"]}, ["Call Grief", "Session Person"]),
        ({"q": "grief"}, ["Call Grief"]),
        ({"q": "session person"}, ["Session Person"]),
    ]:
        assert sorted(names(visitor.get("/providers/", query))) == found, query


@pytest.mark.parametrize(
    ("q", "found"),
    [
        ("veronica", ["Verónica Peña-Łuczak"]),
        ("VERÓNICA pena", ["Verónica Peña-Łuczak"]),
        ("Vero\u0301nica", ["Verónica Peña-Łuczak"]),
        ("luczak", ["Verónica Peña-Łuczak"]),
        ("won't canon", ["Verónica Peña-Łuczak"]),
        ("pèna %", []),
        ("o'neil", ["Ana O’Neil"]),
    ],
)
def test_accents_and_case_do_not_hide_anybody(visitor, q, found):
    refreshed(
        ProviderFactory(name="Verónica Peña-Łuczak", hours=True, office_city="Cañon City"),
        ProviderFactory(name="Ana O’Neil", hours=True, headline=""),
    )
    assert names(visitor.get("/providers/", {"q": q})) == found


def test_a_changed_headline_is_found_and_the_old_one_no_longer(visitor):
    (dana,) = refreshed(ProviderFactory(name="Dana", hours=True, headline="For worry."))
    dana.headline = "For façades."
    dana.save()
    assert names(visitor.get("/providers/", {"q": "facades"})) == ["Dana"]
    assert names(visitor.get("/providers/", {"q": "worry"})) == []


def test_the_soonest_free_time_comes_first(visitor):
    late, soon = ProviderFactory(name="Late"), ProviderFactory(name="Soon")
    late.working_hours.create(weekday=2, from_minute=540, to_minute=1020)
    soon.working_hours.create(weekday=1, from_minute=540, to_minute=1020)
    refreshed(late, soon)
    assert names(visitor.get("/providers/")) == ["Soon", "Late"]


def test_the_first_time_on_a_card_is_the_first_on_the_booking_page(visitor):
    (dana,) = refreshed(ProviderFactory(hours=True))
    AppointmentFactory(provider=dana, starts_at=datetime(2026, 11, 30, 18, tzinfo=UTC))
    page = visitor.get("/providers/", {"state": "CA"})
    assert "Today</span> 10:15 AM" in page.text
    week = visitor.get(dana.booking_url)
    first = next(band.slots[0] for day in week.context["days"] for band in day.bands if band.slots)
    assert first[1] == "10:15 AM"
    assert f"at={first[0]}" in page.text


def test_only_published_providers_who_take_new_clients_are_listed(visitor):
    refreshed(
        ProviderFactory(hours=True, published=False),
        ProviderFactory(hours=True, accepting_new_clients=False),
    )
    assert names(visitor.get("/providers/")) == []


def test_nothing_found_names_the_filter_to_drop_and_what_that_gives(visitor):
    aetna = PlanFactory(carrier="Aetna", name="Test PPO")
    refreshed(*[ProviderFactory(hours=True, plans=[aetna]) for _ in range(2)])
    page = visitor.get("/providers/", {"state": "WY", "plan": aetna.slug})
    assert "No providers match these filters" in page.text
    assert "Without Wyoming: 2 providers" in page.text
    assert "Without Aetna Test PPO" not in page.text


@pytest.mark.parametrize(
    "query",
    [
        {"state": "ZZ"},
        {"plan": "nonsense"},
        {"specialty": "x", "place": "moon"},
        {"first_visit": "dance"},
        {"page": "-1"},
        {"page": "999999999999999999999999"},
        {"page": "²"},
        {"page": "x", "q": "  "},
        {"zone": "../../etc/passwd"},
    ],
)
def test_a_bad_filter_counts_as_none(visitor, query):
    refreshed(ProviderFactory(name="Dana", hours=True))
    page = visitor.get("/providers/", query)
    assert page.status_code == 200
    assert names(page) == ["Dana"]


def test_twenty_stand_on_a_page(visitor):
    refreshed(*[ProviderFactory(hours=True) for _ in range(21)])
    first = visitor.get("/providers/", {"state": "CA"})
    assert len(names(first)) == 20
    assert "1 to 20 of 21" in first.text
    assert first.text.index("Times are in Pacific Time") < first.text.index("provider-card")
    assert "?state=CA&amp;page=2" in first.text
    assert len(names(visitor.get("/providers/", {"state": "CA", "page": "2"}))) == 1


def test_a_chip_for_each_filter_drops_just_that_one(visitor):
    refreshed(ProviderFactory(hours=True))
    page = visitor.get("/providers/", {"state": "CA", "first_visit": "call"})
    assert 'href="?first_visit=call"' in page.text
    assert 'href="?state=CA"' in page.text


def test_the_page_has_the_same_number_of_queries_at_one_and_three_rows(
    visitor, django_assert_num_queries
):
    plan = PlanFactory()
    for count in (1, 2):
        refreshed(*[ProviderFactory(hours=True, plans=[plan]) for _ in range(count)])
        with django_assert_num_queries(8):
            visitor.get("/providers/", {"state": "CA", "plan": plan.slug})
