"""Where a provider edits their profile: what it changes, what it refuses, who can see it."""

from datetime import UTC, date, datetime, timedelta

import pytest

from accounts.tests.factories import UserFactory
from accounts.tests.steps import hidden_fields
from booking import tasks
from booking.tests.factories import AppointmentFactory
from providers.models import Plan, Provider
from providers.tests.factories import (
    PlanFactory,
    ProviderFactory,
    SpecialtyFactory,
    typed_profile,
)

URL = "/workspace/profile/"


pytestmark = pytest.mark.usefixtures("db", "monday")


def error_at(page, field):
    """The error next to a field, named by its control."""
    assert page.status_code == 400
    assert f'id="id_{field}_error"' in page.text
    return " ".join(page.context["form"].errors[field])


def test_the_page_shows_what_is_there(danas, dana):
    page = danas.get(URL)
    for words in (
        "For worry that won’t switch off.",
        "https://video.example.com/dana",
        'value="aetna-test-ppo" id="id_plans_',
        "(916) 555-0101",
        f"http://testserver{dana.booking_url}",
        "California, PSY",
        "December 31, 2099",
        f'href="{dana.get_absolute_url()}"',
    ):
        assert words in page.text, words
    assert page.text.count(" checked>") == 3  # one specialty, one plan, the kind of first visit


def test_what_is_saved_is_on_the_public_page(danas, dana, visitor):
    SpecialtyFactory(name="Sleep")
    PlanFactory(carrier="Cigna", name="Open HMO")
    sent = typed_profile(specialties=["sleep", "worry"], plans=["cigna-open-hmo"])
    page = danas.post(URL, sent, follow=True)
    assert "Your profile is saved." in page.text
    public = visitor.get(dana.get_absolute_url())
    for words in ("Dana Whitfield, PsyD, LCSW", "For nights", "she/her", "Sleep", "$190", "Cigna"):
        assert words in public.text, words
    assert "Aetna" not in public.text
    assert dana.get_absolute_url() in visitor.get("/providers/?q=nights").text
    dana.refresh_from_db()
    assert dana.phone == "+19165550142"
    assert dana.bio == "I listen first.\n\nThen we plan."
    assert dana.user.provider.name == "Dana Whitfield"


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("headline", "x" * 161, "at most 160"),
        ("headline", "two\nlines", "one line"),
        ("bio", "nul \0", "invisible characters"),
        ("bio", "x" * 4001, "at most 4000"),
        ("credentials", "", "letters after your name"),
        ("pronouns", "a\u202eb", "invisible characters"),
        ("session_fee", "lots", "whole dollars"),
        ("session_fee", "-1", "below 0"),
        ("session_fee", "2001", "2,000"),
        ("session_fee", "9" * 5000, "whole dollars"),
        ("first_visit", "party", "one of the two"),
        ("specialties", ["worry", "\0"], "in it"),
        ("specialties", [], "at least one thing"),
        ("client_groups", [], "at least one kind"),
        ("languages", [], "at least one language"),
        ("plans", ["nobodys"], "in it"),
        ("phone", "12", "area code"),
        ("telehealth_link", "http://video.example.com/dana", "https://"),
        ("telehealth_link", "javascript:alert(1)", "https://"),
        ("telehealth_link", "https://me:secret@video.example.com/", "https://"),
        ("telehealth_link", "https://[::1", "https://"),
        ("telehealth_link", "https://[]", "https://"),
        ("telehealth_link", "//[x", "https://"),
        ("telehealth_link", "https://a\u2100b.example/", "https://"),
        ("telehealth_instructions", "x" * 2001, "at most 2000"),
        ("office_state", "XX", "from the list"),
        ("office_address", "", "street"),
    ],
)
def test_errors_are_at_the_field_and_nothing_is_saved(danas, dana, field, value, words):
    sent = typed_profile(office_city="Oakland", office_state="CA", office_address="411 30th Street")
    page = danas.post(URL, sent | {field: value})
    assert words in error_at(page, field)
    assert "I listen first." in page.text or field == "bio"
    dana.refresh_from_db()
    assert dana.session_fee == 180
    assert dana.headline == "For worry that won’t switch off."


def test_a_provider_who_sees_people_in_person_says_where(danas, dana):
    dana.working_hours.update(place="in_person")
    Provider.objects.update(offers_in_person=True)
    page = danas.post(URL, typed_profile())
    assert "tell people where" in error_at(page, "office_city")


def test_another_kind_of_first_visit_offers_other_times(danas, dana, visitor):
    Provider.objects.update(next_opening_at=datetime(2026, 12, 25, tzinfo=UTC))
    danas.post(URL, typed_profile(first_visit="session"))
    dana.refresh_from_db()
    assert dana.first_visit == "session"
    assert dana.next_opening_at == datetime(2026, 11, 30, 16, tzinfo=UTC)
    tasks.refresh_openings()
    dana.refresh_from_db()
    assert dana.next_opening_at == datetime(2026, 11, 30, 18, tzinfo=UTC)
    assert "Book session" in visitor.get(dana.get_absolute_url()).text


def test_other_edits_leave_the_next_opening_alone(danas, dana):
    Provider.objects.update(next_opening_at=datetime(2026, 12, 25, tzinfo=UTC))
    danas.post(URL, typed_profile())
    dana.refresh_from_db()
    assert dana.next_opening_at == datetime(2026, 12, 25, tzinfo=UTC)


@pytest.mark.parametrize(
    ("link", "warned"),
    [
        ("https://meet.google.com/abc-defg-hij", True),
        ("https://us02web.zoom.us/j/123", True),
        ("https://www.whereby.com/dana", True),
        ("https://notzoom.us.example.com/j/1", False),
        ("https://video.example.com/dana", False),
    ],
)
def test_a_consumers_room_is_kept_with_a_warning(danas, dana, link, warned):
    page = danas.post(URL, typed_profile(telehealth_link=link), follow=True)
    dana.refresh_from_db()
    assert dana.telehealth_link == link
    assert ("the agreement that health privacy law requires" in page.text) == warned


def test_a_license_says_that_it_expires_soon_or_has_expired(danas, dana):
    dana.licenses.create(state="AZ", number="AZ 1", expires=date(2026, 12, 20))
    dana.licenses.create(state="NV", number="NV 1", expires=date(2026, 11, 29))
    dana.licenses.create(state="OR", number="OR 1", expires=date(2026, 11, 30))
    page = danas.get(URL)
    assert page.text.count("Expires soon") == 2
    assert page.text.count(">Expired<") == 1


def test_a_renewed_booking_link_stops_the_old_one(danas, dana, visitor):
    old = dana.booking_url
    page = danas.post(URL, {"do": "renew-link", "link": dana.booking_link}, follow=True)
    dana.refresh_from_db()
    assert "The old one no longer works" in page.text
    assert dana.booking_url in page.text
    assert visitor.get(old).status_code == 404
    assert visitor.get(dana.booking_url).status_code == 200


def test_a_second_press_renews_nothing_more_and_a_look_nothing_at_all(danas, dana):
    first = dana.booking_link
    assert danas.get(URL, {"do": "renew-link", "link": first}).status_code == 200
    dana.refresh_from_db()
    assert dana.booking_link == first
    danas.post(URL, {"do": "renew-link", "link": first})
    dana.refresh_from_db()
    renewed = dana.booking_link
    danas.post(URL, {"do": "renew-link", "link": first})
    dana.refresh_from_db()
    assert dana.booking_link == renewed != first


def test_the_page_is_only_there_for_providers(dana, signed_in, visitor):
    for stranger in (UserFactory(), UserFactory(is_staff=True, is_superuser=True)):
        person = signed_in(stranger)
        for method in ("get", "post", "put", "delete"):
            answer = getattr(person, method)(URL, {"do": "renew-link", "link": dana.booking_link})
            if stranger.is_staff:  # the second factor comes before every page
                assert "/accounts/" in answer.get("Location", "") or answer.status_code == 404
            else:
                assert answer.status_code == 404, method
    assert visitor.get(URL).url.startswith("/accounts/login/code/")
    link = dana.booking_link
    dana.refresh_from_db()
    assert dana.booking_link == link


def test_an_edit_changes_nobody_elses_profile(danas):
    other = ProviderFactory(headline="Mine.")
    danas.post(URL, typed_profile(slug=other.slug, provider=other.pk, user=other.user_id))
    other.refresh_from_db()
    assert other.headline == "Mine."


def test_unpublished_is_said_and_has_no_dead_link(danas, dana):
    Provider.objects.update(published=False)
    page = danas.get(URL)
    assert "not published yet" in page.text
    assert f'href="{dana.get_absolute_url()}"' not in page.text


def test_the_page_costs_the_same_with_more_chosen(danas, dana, django_assert_num_queries):
    danas.get(URL)
    for state in ("AZ", "NV"):
        with django_assert_num_queries(17):
            danas.get(URL)
        dana.plans.add(*Plan.objects.all()[:3])
        dana.specialties.add(SpecialtyFactory(), SpecialtyFactory())
        dana.licenses.create(state=state, number="AZ 1", expires=date(2030, 12, 20))


def test_a_new_booking_link_costs_nothing_that_was_typed(danas, dana):
    sent = typed_profile(
        headline="Half a sentence", link=dana.booking_link, credentials="", do="renew-link"
    )
    page = danas.post(URL, sent)
    old = dana.booking_link
    dana.refresh_from_db()
    assert dana.booking_link != old
    for words in ("Half a sentence", dana.booking_url, "aren’t saved", "You have a new booking"):
        assert words in page.text, words
    assert not page.context["form"].errors
    assert dana.headline == "For worry that won’t switch off."


# The usual link, and booked virtual sessions


@pytest.fixture
def booked(dana):
    """Two virtual sessions on the usual link, and others that don't use it."""
    when = datetime(2026, 12, 1, 18, tzinfo=UTC)
    for number, facts in enumerate(
        (
            {"place": "virtual"},
            {"place": "virtual"},
            {"place": "virtual", "join_link": "https://video.example.com/own"},
            {"place": "in_person"},
            {"place": "phone", "kind": "call"},
            {"place": "virtual", "status": "canceled"},
            {"place": "virtual", "starts_at": datetime(2026, 11, 20, 18, tzinfo=UTC)},
        )
    ):
        AppointmentFactory(
            provider=dana,
            **{"kind": "session", "starts_at": when + timedelta(hours=number), **facts},
        )
    AppointmentFactory(provider=ProviderFactory(first_visit="session"))


def test_clearing_the_usual_link_says_whose_sessions_have_none(danas, booked):
    page = danas.get(URL)
    assert "2 booked sessions use this link" in page.text
    assert "Without a usual link, 2 booked virtual sessions don’t have a link to join" in page.text
    assert "you haven’t set a usual one" not in page.text
    page = danas.post(URL, typed_profile(telehealth_link=""), follow=True)
    assert page.redirect_chain
    assert "2 booked virtual sessions don’t have a link to join, because you" in page.text
    page = danas.post(URL, typed_profile(), follow=True)
    assert "you haven’t set a usual one" not in page.text


def test_nobody_booked_is_no_warning(danas, dana):
    page = danas.post(URL, typed_profile(telehealth_link=""), follow=True)
    assert "a link to join" not in page.text
    assert "use this link" not in page.text


def test_a_profile_that_was_changed_meanwhile_is_told_and_typed_words_stay(danas, dana):
    old = typed_profile(headline="For worry that won’t switch off.", bio="I wait.")
    assert danas.post(URL, typed_profile(headline="Newer.")).status_code == 302
    page = danas.post(URL, old)
    assert page.status_code == 409
    assert "Your profile changed after you opened this page" in page.text
    assert "I wait." in page.text
    assert 'value="Newer."' in page.text
    dana.refresh_from_db()
    assert dana.headline == "Newer."
    assert dana.bio != "I wait."
    again = page.context["form"]["version"].value()
    assert danas.post(URL, old | {"version": again}).status_code == 302
    dana.refresh_from_db()
    assert (dana.bio, dana.headline) == ("I wait.", "Newer.")


def test_what_two_tabs_changed_is_told_at_the_field(danas, dana):
    old = typed_profile(headline="Of this tab.", specialties=["worry", SpecialtyFactory().slug])
    danas.post(URL, typed_profile(headline="Newer.", specialties=[SpecialtyFactory().slug]))
    page = danas.post(URL, old)
    assert page.status_code == 409
    errors = page.context["form"].errors
    assert "It’s now “Newer.”." in errors["headline"][0]
    assert "specialties" in errors
    assert 'value="Of this tab."' in page.text
    assert danas.post(URL, old | hidden_fields(page)).status_code == 302
    dana.refresh_from_db()
    assert dana.headline == "Of this tab."
    assert len(dana.specialties.all()) == 2


def test_new_pronouns_from_the_account_page_outlast_an_old_profile_page(danas, dana):
    old = typed_profile(pronouns=dana.user.pronouns)
    type(dana.user).objects.update(pronouns="they/them")
    assert danas.post(URL, old).status_code == 302
    dana.user.refresh_from_db()
    assert dana.user.pronouns == "they/them"


def test_a_first_choice_outlasts_an_error_elsewhere(danas, dana):
    emdr = "emdr"
    page = danas.post(URL, typed_profile(methods=[emdr], credentials=""))
    assert page.status_code == 400
    shown = hidden_fields(page)
    assert "initial-methods" not in shown
    typed = {name: value for name, value in typed_profile().items() if "initial" not in name}
    assert danas.post(URL, typed | shown | {"methods": [emdr]}).status_code == 302
    assert [each.slug for each in dana.methods.all()] == [emdr]


def test_a_page_that_does_not_say_what_it_saw_is_stale(danas, dana):
    assert danas.post(URL, typed_profile(version="")).status_code == 409
    dana.refresh_from_db()
    assert dana.headline == "For worry that won’t switch off."


def test_a_second_press_saves_the_same_once_more(danas):
    sent = typed_profile()
    for _ in range(2):
        assert danas.post(URL, sent).status_code == 302
