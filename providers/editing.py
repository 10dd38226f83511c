"""The verbs of a provider's own profile."""

from copy import copy

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.refusals import Stale

from .models import Provider

TERMS = ("specialties", "methods", "client_groups", "languages", "plans")


def save_profile(provider, *, version, pronouns, **data):
    """Save what ProfileForm made clean: `data` has fields, and lists of rows for TERMS.

    `version` is the profile_version that the page showed; raises Stale for another, unless it
    already holds this data: a second press.

    A new kind of first visit takes other times: `next_opening_at` lapses, and is computed again.
    """
    with transaction.atomic():
        provider = Provider.objects.select_for_update(no_key=True).get(pk=provider.pk)
        lists = {name: data.pop(name) for name in TERMS}
        new = {name: value for name, value in data.items() if getattr(provider, name) != value}
        terms = {
            name: rows
            for name, rows in lists.items()
            if set(getattr(provider, name).all()) != set(rows)
        }
        if not (new or terms or provider.user.pronouns != pronouns):
            return
        if version != provider.profile_version:
            raise Stale("Your profile")
        if "first_visit" in new:
            new["next_opening_at"] = timezone.now()
        for name, value in new.items():
            setattr(provider, name, value)
        provider.profile_version += 1
        provider.save(update_fields=[*new, "search_text", "profile_version"])
        for name, rows in terms.items():
            getattr(provider, name).set(rows)
        User.objects.filter(pk=provider.user_id).update(pronouns=pronouns)


def draft(provider, *, pronouns, **data):
    """The provider as save_profile would leave them, for a look; nothing is saved."""
    shown = copy(provider)
    shown.user = copy(provider.user)
    shown.user.pronouns = pronouns
    # Where Django keeps what prefetch_related brought: the pages read the terms from there.
    shown._prefetched_objects_cache = {name: data.pop(name) for name in TERMS}
    for name, value in data.items():
        setattr(shown, name, value)
    return shown


def renew_booking_link(provider, *, link):
    """Give the provider a new booking link in place of `link`; where that is gone, change nothing.

    So a second press of the button shows the first result.
    """
    with transaction.atomic():
        provider = Provider.objects.select_for_update(no_key=True).get(pk=provider.pk)
        if provider.booking_link == link:
            provider.renew_booking_link()
    return provider
