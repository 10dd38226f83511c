"""The verbs of a provider's own profile."""

from copy import copy

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.seen import digest

from .models import Provider

TERMS = ("specialties", "methods", "client_groups", "languages", "plans")
FIELDS = (
    "headline", "bio", "credentials", "first_visit", "session_fee", "phone",
    "telehealth_platform", "telehealth_link", "telehealth_instructions",
    "office_address", "office_city", "office_state",
)  # fmt: skip


class Stale(Exception):
    """The profile was changed since the page with the new one was made; nothing is saved."""

    message = (
        "Your profile was changed meanwhile, perhaps in another tab. These are the words you typed "
        "here; saving them now replaces the others."
    )


def fingerprint(provider):
    """A word for the saved profile, so that a page which went stale doesn't undo a newer one."""
    saved = {name: getattr(provider, name) for name in FIELDS}
    saved |= {name: getattr(provider, name).all() for name in TERMS}
    return _digest(pronouns=provider.user.pronouns, **saved)


def _digest(*, pronouns, **data):
    terms = [sorted(each.slug for each in data[name]) for name in TERMS]
    values = [pronouns, *(str(data[name]) for name in FIELDS), terms]
    return digest(values)


def save_profile(provider, *, saved, pronouns, **data):
    """Save what ProfileForm made clean: `data` has the FIELDS, and lists of rows for TERMS.

    `saved` is the fingerprint of the profile that is to be replaced; raises Stale for another,
    unless it already holds this data: a second press.

    A new kind of first visit takes other times: `next_opening_at` lapses, and is computed anew.
    """
    with transaction.atomic():
        provider = Provider.objects.select_for_update(no_key=True).get(pk=provider.pk)
        if fingerprint(provider) not in (saved, _digest(pronouns=pronouns, **data)):
            raise Stale
        changed = [*FIELDS, "search_text"]
        if data["first_visit"] != provider.first_visit:
            provider.next_opening_at = timezone.now()
            changed.append("next_opening_at")
        for name in FIELDS:
            setattr(provider, name, data[name])
        provider.save(update_fields=changed)
        for name in TERMS:
            getattr(provider, name).set(data[name])
        User.objects.filter(pk=provider.user_id).update(pronouns=pronouns)
    return provider


def draft(provider, *, pronouns, **data):
    """The provider as save_profile would leave them, for a look; nothing is saved."""
    shown = copy(provider)
    shown.user = copy(provider.user)
    shown.user.pronouns = pronouns
    for name in FIELDS:
        setattr(shown, name, data[name])
    # Where Django keeps what prefetch_related brought: the pages read the terms from there.
    shown._prefetched_objects_cache = {name: data[name] for name in TERMS}
    return shown


def renew_booking_link(provider, *, link):
    """Give the provider a new booking link in place of `link`; where that is gone, change nothing.

    So a second press of the button shows the first one's result.
    """
    with transaction.atomic():
        provider = Provider.objects.select_for_update(no_key=True).get(pk=provider.pk)
        if provider.booking_link == link:
            provider.renew_booking_link()
    return provider
