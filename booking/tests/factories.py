"""Makes working hours, holds and appointments for tests."""

from datetime import timedelta

import factory
from django.utils import timezone

from accounts.tests.factories import UserFactory
from booking.appointments.recording import record
from booking.models import Appointment, Hold, Place, Relationship, WorkingHours
from providers.tests.factories import ProviderFactory


def _minutes_later(made):
    """The end: a call or a session of this provider after the start."""
    is_call = getattr(made, "place", None) == Place.PHONE
    provider = made.provider
    minutes = provider.call_minutes if is_call else provider.session_minutes
    return made.starts_at + timedelta(minutes=minutes)


def _usual_place(made):
    return Place.PHONE if made.provider.starts_with_call else Place.VIRTUAL


class WorkingHoursFactory(factory.django.DjangoModelFactory):
    """Mondays from 9 AM to 5 PM, virtual."""

    class Meta:
        model = WorkingHours

    provider = factory.SubFactory(ProviderFactory)
    weekday = 0
    from_minute = 9 * 60
    to_minute = 17 * 60


class RelationshipFactory(factory.django.DjangoModelFactory):
    """The relationship of this provider and client, created if it's missing."""

    class Meta:
        model = Relationship
        django_get_or_create = ("provider", "client")

    provider = factory.SubFactory(ProviderFactory)
    client = factory.SubFactory(UserFactory)


class AppointmentFactory(factory.django.DjangoModelFactory):
    """A first visit of the provider's kind with a new client, by default two days ahead.

    A second one of the same two people is a FollowUpFactory's.
    """

    class Meta:
        model = Appointment
        skip_postgeneration_save = True

    provider = factory.SubFactory(ProviderFactory)
    client = factory.SubFactory(UserFactory)
    relationship = factory.LazyAttribute(
        lambda made: RelationshipFactory(provider=made.provider, client=made.client)
    )
    kind = factory.LazyAttribute(lambda made: made.provider.first_visit)
    place = factory.LazyAttribute(
        lambda made: Place.PHONE if made.kind == Appointment.Kind.CALL else Place.VIRTUAL
    )
    first_visit = True
    starts_at = factory.LazyFunction(lambda: timezone.now() + timedelta(days=2))
    ends_at = factory.LazyAttribute(_minutes_later)
    client_state = "CA"

    @factory.post_generation
    def history(self, create, extracted, **kwargs):
        record(self, "scheduled", by=self.client, at=timezone.now())


class FollowUpFactory(AppointmentFactory):
    """Another appointment of two people who had their first visit."""

    first_visit = False


class HoldFactory(factory.django.DjangoModelFactory):
    """A first visit's time, two days ahead, held for a new client for 10 minutes."""

    class Meta:
        model = Hold

    provider = factory.SubFactory(ProviderFactory)
    user = factory.SubFactory(UserFactory)
    place = factory.LazyAttribute(_usual_place)
    starts_at = factory.LazyFunction(lambda: timezone.now() + timedelta(days=2))
    ends_at = factory.LazyAttribute(_minutes_later)
    until = factory.LazyFunction(lambda: timezone.now() + timedelta(minutes=10))
