"""Fills an empty database with the demo, or moves the dates of an existing demo."""

import random

from allauth.account.models import EmailAddress
from django.db import transaction

from accounts.models import User
from booking.availability.calendar import refresh_next_openings
from booking.models import WorkingHours
from providers.models import ClientGroup, Language, License, Method, Provider, Specialty

from . import hours, named
from .people import Crowd
from .shift import shift, weeks_passed
from .stock import Stock
from .visits import Visits

BATCH = 500
VOCABULARIES = {
    "specialties": Specialty,
    "methods": Method,
    "languages": Language,
    "client_groups": ClientGroup,
}


def seed(*, providers, seed, now, say):
    """Make the demo with that many providers, including Dana and Marcus; if it exists, freshen it.

    The same seed on the same day makes the same directory. Before each longer step, it calls `say`
    with a line for the reader.
    """
    support = User.objects.filter(email=named.SUPPORT).first()
    if support:
        freshen(support, now=now, say=say)
    else:
        fill(providers=providers, rng=random.Random(seed), now=now, say=say)


def freshen(support, *, now, say):
    """Move the demo's dates to today if a week or more has passed."""
    weeks = weeks_passed(support, now)
    if not weeks:
        say("The demo is already there.")
        return
    say(f"Moving the demo’s dates ahead by {weeks} {'week' if weeks == 1 else 'weeks'} …")
    shift(support, weeks=weeks)
    refresh_next_openings(Provider.objects.all(), now=now)


@transaction.atomic
def fill(*, providers, rng, now, say):
    """Make everyone. It all comes from `rng` and `now`, in a fixed order."""
    people = named.users()
    stock = Stock(rng)
    today = now.date()
    say(f"Making {providers} providers …")
    sketches = named.sketches(people, rng, today)
    crowd = Crowd(stock, today=today)
    sketches += [crowd.draw(index) for index in range(providers - len(sketches))]
    save_users([*people.values(), *(each.user for each in sketches[2:])], now)
    save_providers(sketches)
    named.add_support(people[named.SUPPORT])

    say("Filling their calendars …")
    visits = Visits(stock, now=now)
    for sketch in sketches:
        visits.fill(sketch)
    save_users(visits.clients, now)
    named.add_history(people, sketches, visits=visits, now=now)
    say("Looking for everyone’s next free time …")
    refresh_next_openings([sketch.provider for sketch in sketches], now=now)


def save_users(users, now):
    """Insert users with their emails confirmed."""
    for user in users:
        user.date_joined = now
    User.objects.bulk_create(users, batch_size=BATCH)
    EmailAddress.objects.bulk_create(
        [EmailAddress(user=user, email=user.email, primary=True, verified=True) for user in users],
        batch_size=BATCH,
    )


def save_providers(sketches):
    """Insert providers with their licenses, hours, plans and words."""
    Provider.objects.bulk_create([each.provider for each in sketches], batch_size=BATCH)
    License.objects.bulk_create(
        [license for each in sketches for license in each.licenses], batch_size=BATCH
    )
    WorkingHours.objects.bulk_create(
        [
            WorkingHours(
                provider=each.provider, weekday=day, from_minute=start, to_minute=end, place=place
            )
            for each in sketches
            for day, start, end, place in hours.blocks(each.pattern)
        ],
        batch_size=BATCH,
    )
    attach("plans", [(each.provider, plan) for each in sketches for plan in each.plans])
    for relation, model in VOCABULARIES.items():
        words = model.objects.in_bulk(field_name="slug")
        attach(
            relation,
            [(each.provider, words[slug]) for each in sketches for slug in each.words[relation]],
        )


def attach(relation, pairs):
    """Insert rows of one of Provider's many-to-many relations: (provider, word) pairs."""
    between = getattr(Provider, relation).through
    word = Provider._meta.get_field(relation).m2m_reverse_field_name()
    between.objects.bulk_create(
        [between(**{"provider": provider, word: other}) for provider, other in pairs],
        batch_size=BATCH,
    )
