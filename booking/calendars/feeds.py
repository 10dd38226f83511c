"""A person's secret calendar feed: making it, turning it off, and what's in it."""

import base64
import hashlib
from datetime import timedelta

from django.db import transaction
from django.db.models import F, Max, Q
from django.utils import timezone
from django.utils.crypto import salted_hmac

from accounts.models import User
from accounts.refusals import Stale

from ..models import Appointment, CalendarFeed
from . import ics

BACK = timedelta(days=60)
AHEAD = timedelta(days=365)


def hashed(secret):
    """What we keep of a secret: 256 random bits need no slow hash."""
    return hashlib.sha256(secret.encode()).hexdigest()


def secret_for(user, uuid, version):
    """The secret that a form stands for: 256 bits, and nobody can make it but we.

    The `version` that it showed is part of it, so that an old uuid revives no old secret.
    """
    form = f"{user.pk}:{uuid}:{version}"
    digest = salted_hmac("booking.feeds", form, algorithm="sha256").digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def renew(user, *, uuid, version):
    """Give the user a feed, and return its secret, which is shown once; an older one stops.

    `version` is the one of the feed that the form showed, 0 for none. A repeat of the uuid returns
    what it made, and raises Stale where that is no longer the user's feed.
    """
    secret = secret_for(user, uuid, version)
    with transaction.atomic():
        User.objects.select_for_update(no_key=True).get(pk=user.pk)
        feed = CalendarFeed.objects.filter(user=user).first()
        if feed and feed.secret_hash == hashed(secret) and not feed.turned_off_at:
            return secret
        stored = feed.version if feed else 0
        if version != stored:
            raise Stale("Your calendar feed")
        made = {"secret_hash": hashed(secret), "turned_off_at": None, "version": stored + 1}
        CalendarFeed.objects.update_or_create(user=user, defaults=made)
    return secret


def turn_off(user):
    """Close the user's feed, if there is one: its address answers 404 from now on."""
    is_on = CalendarFeed.objects.filter(user=user, turned_off_at=None)
    is_on.update(turned_off_at=timezone.now(), version=F("version") + 1)


def owner(secret):
    """Whose feed a secret opens, or None."""
    open_feeds = CalendarFeed.objects.filter(turned_off_at=None, user__is_active=True)
    feed = open_feeds.filter(secret_hash=hashed(secret)).select_related("user").first()
    return feed and feed.user


def contents(user, *, now):
    """The ICS bytes of the user's feed: their appointments, canceled ones too, on either side.

    From 60 days before now (aware) to a year after; the same bytes until something changes.
    """
    theirs = Appointment.objects.filter(Q(client=user) | Q(provider__user=user))
    near = theirs.overlapping(now - BACK, now + AHEAD).annotate(changed_at=Max("events__at"))
    return ics.feed_file(
        ics.event_of(each, changed_at=each.changed_at, path=each.url_for(user))
        for each in near.order_by("starts_at", "id")
    )
