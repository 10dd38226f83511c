"""Who may book what with whom, and when: each rule asked under the lock, by the verbs."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from . import availability
from .models import Hold, Place, Relationship
from .refusals import (
    AlreadyAClient,
    ClientBusy,
    NotAccepting,
    NoTelehealth,
    NotLicensed,
    OwnPage,
    PlanNotTaken,
    TimeTaken,
    TooYoung,
)

ADULT = 18


def check_open_to(provider, *, client):
    """Raise NotAccepting, OwnPage or AlreadyAClient where a first visit is out of the question."""
    if client and provider.user_id == client.pk:
        raise OwnPage
    if client and (binding := Relationship.objects.binding(provider, client)):
        raise AlreadyAClient(binding)
    if not (provider.published and provider.accepting_new_clients):
        raise NotAccepting(provider)


def check_details(provider, *, place, details, starts_at, now):
    """Raise TooYoung, NotLicensed, PlanNotTaken or NoTelehealth (invariant 3)."""
    today = now.astimezone(ZoneInfo(details.time_zone)).date()
    born = details.date_of_birth
    if today.year - born.year - ((today.month, today.day) < (born.month, born.day)) < ADULT:
        raise TooYoung
    if place != Place.IN_PERSON:
        day = starts_at.astimezone(provider.zone).date()
        licensed = list(provider.licenses.filter(expires__gte=day).values_list("state", flat=True))
        if details.client_state not in licensed:
            raise NotLicensed(provider, details.client_state, licensed)
    if details.plan:
        if not provider.plans.filter(pk=details.plan.pk).exists():
            raise PlanNotTaken(provider, details.plan)
        if place == Place.VIRTUAL and not details.plan.covers_telehealth:
            raise NoTelehealth(details.plan)


def check_free(provider, client, visitor, *, starts_at, place, now):
    """Raise TimeTaken or ClientBusy. Who still holds the very time has kept the notice already."""
    ends_at = starts_at + timedelta(minutes=provider.first_visit_minutes)
    # Nearly every loser of a race is told here; the whole check costs ten times as much.
    if provider.appointments.active().overlapping(starts_at, ends_at).exists():
        raise TimeTaken
    holds = Hold.objects.filter(provider=provider, starts_at=starts_at, place=place)
    noticed = visitor is not None and holds.of(visitor).exists()
    if not availability.is_free(
        provider, starts_at, place, now=now, visitor=visitor, noticed=noticed
    ):
        raise TimeTaken
    if client.appointments.active().overlapping(starts_at, ends_at).exists():
        raise ClientBusy
