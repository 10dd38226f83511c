"""The preview of a profile: as typed, with nothing saved, and a button back to the form."""

from accounts.tests.steps import hidden_fields
from providers.models import Plan, Provider
from providers.tests.factories import (
    SpecialtyFactory,
    typed_profile,
)

URL = "/workspace/profile/"


def test_the_preview_is_the_profile_as_typed_and_saves_nothing(danas, dana, visitor):
    SpecialtyFactory(name="Sleep")
    before = visitor.get(dana.get_absolute_url()).text
    sent = typed_profile(
        do="preview", specialties=["sleep"], plans=[], first_visit="session", methods=["emdr"]
    )
    page = danas.post(URL, sent)
    assert page.status_code == 200
    shown = page.text.partition('class="profile"')[2]
    for words in (
        "Dana Whitfield, PsyD, LCSW",
        "For nights that won’t end.",
        "<p>Then we plan.</p>",
        "she/her",
        'class="chip">Sleep<',
        "EMDR",
        "English",
        "Dana starts with a session",
        "$190",
        "doesn’t take insurance",
    ):
        assert words in shown, words
    assert "Worry" not in shown
    assert "Aetna" not in shown
    assert visitor.get(dana.get_absolute_url()).text == before
    dana.refresh_from_db()
    assert dana.user.pronouns != "she/her"


def test_from_the_preview_one_saves_or_goes_on_editing(danas, dana):
    preview = danas.post(URL, typed_profile(do="preview", headline="“Quoted” & <b>"))
    carried = hidden_fields(preview)
    assert carried["specialties"] == ["worry"]
    page = danas.post(URL, carried | {"do": "edit"})
    assert page.status_code == 200
    assert "“Quoted” &amp; &lt;b&gt;" in page.text
    dana.refresh_from_db()
    assert dana.headline == "For worry that won’t switch off."
    page = danas.post(URL, carried | {"do": "save"}, follow=True)
    assert page.redirect_chain
    dana.refresh_from_db()
    assert dana.headline == "“Quoted” & <b>"
    assert dana.bio == "I listen first.\n\nThen we plan."
    assert [each.slug for each in dana.specialties.all()] == ["worry"]


def test_errors_come_before_a_preview(danas):
    page = danas.post(URL, typed_profile(do="preview", session_fee="lots"))
    assert page.status_code == 400
    assert "whole dollars" in page.context["form"].errors["session_fee"][0]
    assert "This is a preview" not in page.text


def test_going_on_editing_complains_of_nothing_yet(danas):
    page = danas.post(URL, typed_profile(do="edit", session_fee="lots"))
    assert page.status_code == 200
    assert 'value="lots"' in page.text


def test_a_provider_who_is_not_published_yet_has_a_preview_too(danas):
    Provider.objects.update(published=False)
    assert "For nights" in danas.post(URL, typed_profile(do="preview")).text


def test_a_button_that_is_none_saves_nothing(danas, dana):
    assert danas.post(URL, typed_profile(do="dance")).status_code == 400
    dana.refresh_from_db()
    assert dana.headline == "For worry that won’t switch off."


def test_a_preview_costs_the_same_with_more_chosen(danas, dana, django_assert_num_queries):
    sent = typed_profile(do="preview")
    danas.post(URL, sent)
    for _ in range(2):
        with django_assert_num_queries(18):
            danas.post(URL, sent)
        sent["plans"] = [plan.slug for plan in Plan.objects.all()[:3]]
        sent["specialties"] = ["worry", SpecialtyFactory().slug]
