"""Makes providers, and the terms that describe their work, for tests."""

from datetime import date

import factory
from django.utils.text import slugify

from accounts.tests.factories import UserFactory
from providers.forms_profile import ProfileForm
from providers.models import License, Plan, Provider, Specialty


class SpecialtyFactory(factory.django.DjangoModelFactory):
    """A specialty; with a slug that exists already, that one."""

    class Meta:
        model = Specialty
        django_get_or_create = ("slug",)

    name = factory.Sequence(lambda n: f"Concern {n}")
    slug = factory.LazyAttribute(lambda made: slugify(made.name))


class PlanFactory(factory.django.DjangoModelFactory):
    """A plan that covers telehealth; with a slug that exists already, that one."""

    class Meta:
        model = Plan
        django_get_or_create = ("slug",)

    carrier = "Acme Health"
    name = factory.Sequence(lambda n: f"Choice PPO {n}")
    carrier_slug = factory.LazyAttribute(lambda made: slugify(made.carrier))
    slug = factory.LazyAttribute(lambda made: slugify(f"{made.carrier} {made.name}"))


class LicenseFactory(factory.django.DjangoModelFactory):
    """A license that stays valid for years."""

    class Meta:
        model = License

    provider = factory.SubFactory("providers.tests.factories.ProviderFactory", licenses=[])
    state = "CA"
    number = factory.Sequence(lambda n: f"PSY {30000 + n}")
    expires = date(2099, 12, 31)


class ProviderFactory(factory.django.DjangoModelFactory):
    """A published, accepting provider who starts with calls, in Pacific Time, licensed in CA.

    `licenses=["CA", "AZ"]` says other states; `plans=[…]` and `specialties=[…]` attach them;
    `hours=True` gives virtual hours from Monday to Friday, 9 AM to 5 PM.
    """

    class Meta:
        model = Provider
        skip_postgeneration_save = True

    user = factory.SubFactory(UserFactory)
    name = factory.Sequence(lambda n: f"Dana Whitfield {n}")
    slug = factory.LazyAttribute(lambda made: slugify(made.name))
    credentials = "PsyD"
    headline = "For worry that won’t switch off."
    first_visit = Provider.FirstVisit.CALL
    session_fee = 180
    time_zone = "America/Los_Angeles"
    phone = "+19165550101"
    telehealth_platform = "Quiet Room"
    telehealth_link = "https://video.example.com/dana"
    published = True

    @factory.post_generation
    def licenses(self, create, extracted, **kwargs):
        for state in ["CA"] if extracted is None else extracted:
            LicenseFactory(provider=self, state=state)

    @factory.post_generation
    def plans(self, create, extracted, **kwargs):
        if extracted:
            self.plans.add(*extracted)

    @factory.post_generation
    def specialties(self, create, extracted, **kwargs):
        if extracted:
            self.specialties.add(*extracted)

    @factory.post_generation
    def hours(self, create, extracted, **kwargs):
        if extracted:
            for weekday in range(5):
                self.working_hours.create(weekday=weekday, from_minute=9 * 60, to_minute=17 * 60)


def typed_profile(**changes):
    """What the first provider there is sends of a profile that they just opened.

    “worry” and the plan have to be there.
    """
    page = ProfileForm(provider=Provider.objects.order_by("pk")[0])
    return {
        **{field.html_initial_name: field.value() for field in page if field.name != "photo"},
        "version": page["version"].value(),
        "headline": "For nights that won’t end.",
        "bio": "I listen first.\r\n\r\nThen we plan.",
        "credentials": "PsyD, LCSW",
        "pronouns": "she/her",
        "specialties": ["worry"],
        "client_groups": ["adults"],
        "languages": ["english"],
        "first_visit": "call",
        "session_fee": "190",
        "plans": ["aetna-test-ppo"],
        "phone": "(916) 555-0142",
        "telehealth_platform": "Quiet Room",
        "telehealth_link": "https://video.example.com/dana",
        "telehealth_instructions": "Wait until I let you in.",
        "office_address": "",
        "office_city": "",
        "office_state": "",
        **changes,
    }
