"""Finding providers: from the directory's filters to a queryset, soonest free time first."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from django.db.models import Prefetch, Q
from django.utils import timezone

from .forms import SELF_PAY
from .models import License, Plan, Provider
from .normalization import normalize

PAGE = 20
SOON = timedelta(days=28)
COUNT_TO = 1000
HONOLULU = ZoneInfo("Pacific/Honolulu")


def search(filters):
    """Published, accepting providers that match {name: value} of SearchForm, soonest first."""
    providers = Provider.objects.published().accepting()
    for name, value in filters.items():
        providers = FILTERS[name](providers, value)
    return providers.order_by("next_opening_at", "id")


def licenses_in_lists():
    """Licenses that are valid today, for lists across zones: by the date in Honolulu, where the day
    ends last, so nobody drops out early. Booking checks again for the day of the visit.
    """
    return License.objects.valid_on(timezone.now().astimezone(HONOLULU).date())


def by_state(providers, state):
    return providers.filter(pk__in=licenses_in_lists().filter(state=state).values("provider"))


def by_plan(providers, slug):
    """Those who take the plan with that slug, or any plan of the carrier with that slug."""
    if slug == SELF_PAY:
        return providers
    plans = Plan.objects.filter(Q(slug=slug) | Q(carrier_slug=slug))
    return providers.filter(
        pk__in=Provider.plans.through.objects.filter(plan__in=plans).values("provider")
    )


def by_specialty(providers, slugs):
    rows = Provider.specialties.through.objects.filter(specialty__slug__in=slugs)
    return providers.filter(pk__in=rows.values("provider"))


def by_first_visit(providers, kind):
    return providers.filter(first_visit=kind)


def by_place(providers, places):
    wanted = Q()
    for place in places:
        wanted |= Q(offers_virtual=True) if place == "virtual" else Q(offers_in_person=True)
    return providers.filter(wanted)


def by_words(providers, words):
    """Those with every word in the name, headline, specialties or city; accents don't matter."""
    for word in words.split():
        rows = Provider.specialties.through.objects.filter(specialty__name__icontains=word)
        providers = providers.filter(
            Q(search_text__contains=normalize(word)) | Q(pk__in=rows.values("provider"))
        )
    return providers


FILTERS = {
    "state": by_state,
    "plan": by_plan,
    "specialty": by_specialty,
    "first_visit": by_first_visit,
    "place": by_place,
    "q": by_words,
}


def for_cards(providers):
    """With everything a card shows, in two more queries."""
    licenses = Prefetch("licenses", licenses_in_lists(), to_attr="valid_licenses")
    return providers.prefetch_related("plans", licenses)


def count(providers):
    """How many there are, up to 1,001: nobody counts beyond that."""
    return providers.order_by()[: COUNT_TO + 1].count()


def count_words(number):
    """ "214", or "1,000+"."""
    return f"{COUNT_TO:,}+" if number > COUNT_TO else f"{number:,}"


def similar(provider):
    """Up to three others for someone who can't book with this provider, soonest first."""
    return (
        Provider.objects.published()
        .accepting()
        .exclude(pk=provider.pk)
        .filter(
            pk__in=licenses_in_lists()
            .filter(state__in=provider.licenses.values("state"))
            .values("provider")
        )
        .order_by("next_opening_at", "id")[:3]
    )
