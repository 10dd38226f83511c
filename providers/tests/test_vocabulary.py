"""The vocabulary is there after a migrate, has enough terms, and reloads without changes."""

import pytest
from django.core.management import call_command

from accounts.states import State
from providers import vocabulary
from providers.models import ClientGroup, Language, Method, Plan, Specialty

pytestmark = pytest.mark.django_db


def test_a_migrated_database_knows_the_words_of_the_field():
    assert len(State) == 51
    assert Plan.objects.values("carrier_slug").distinct().count() >= 14
    assert Plan.objects.count() >= 45
    assert Specialty.objects.count() >= 36
    assert Method.objects.count() >= 24
    assert Language.objects.count() >= 18
    assert Language.objects.filter(slug="american-sign-language").exists()
    assert ClientGroup.objects.first().slug == "children"


def test_a_few_plans_dont_cover_telehealth():
    assert 2 <= Plan.objects.filter(covers_telehealth=False).count() <= 6


def test_loading_again_changes_nothing_that_is_there():
    before = list(Plan.objects.values_list())
    Specialty.objects.filter(slug="anxiety").update(name="Anxiety and worry")
    vocabulary.load()
    assert list(Plan.objects.values_list()) == before
    assert Specialty.objects.get(slug="anxiety").name == "Anxiety and worry"


def test_a_word_that_was_lost_comes_back():
    Method.objects.all().delete()
    vocabulary.load()
    assert Method.objects.filter(slug="emdr").exists()


@pytest.mark.django_db(transaction=True)
def test_a_flush_leaves_the_words():
    call_command("flush", interactive=False, verbosity=0)
    assert Plan.objects.exists()


def test_slugs_are_short_and_plain():
    slugs = [vocabulary.slug_of(name) for name in (*vocabulary.SPECIALTIES, *vocabulary.METHODS)]
    assert len(slugs) == len(set(slugs))
    assert {"ocd", "mens-issues", "trauma-and-ptsd", "adhd"} <= set(slugs)
