"""Holds the times a provider offers a client until the offer ends; scheduling books one of them."""

from datetime import timedelta

from ..availability.calendar import refresh_next_openings
from ..clock import labels
from ..locking import locked
from ..models import Hold
from . import rules
from .refusals import InThePast, NoRoom


def hold(provider, *, client, offer, starts, minutes, place, until, instead_of=None):
    """Hold every one of the times for an offer (a uuid) to a client, or none of them.

    `starts` and `until` are aware; `instead_of` is the appointment that the offer would move, and
    isn't in the way. Repeating an offer changes nothing. Raises InThePast or NoRoom, which names
    the time if there are several.
    """
    with locked(provider, client) as (provider, now):
        if provider.hold_set.filter(offer=offer).exists():
            return
        room = {"minutes": minutes, "now": now, "by": provider.user, "moved": instead_of}
        for starts_at in starts:
            try:
                rules.check_room(provider, client, starts_at=starts_at, **room)
            except (InThePast, NoRoom) as no:
                if len(starts) > 1:
                    when = labels.short_time(labels.local(starts_at, provider.zone), now=now)
                    no.message = f"{when}: {no.message}"
                raise
        Hold.objects.bulk_create(
            Hold(
                provider=provider,
                offer=offer,
                instead_of=instead_of,
                starts_at=starts_at,
                ends_at=starts_at + timedelta(minutes=minutes),
                place=place,
                until=until,
            )
            for starts_at in starts
        )
        refresh_next_openings([provider], now=now)


def release(provider, *, offer):
    """Free the times that an offer still holds, if any."""
    with locked(provider) as (provider, now):
        provider.hold_set.filter(offer=offer).delete()
        refresh_next_openings([provider], now=now)
