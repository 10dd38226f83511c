"""What tests of Messages share."""

from datetime import timedelta

from django.utils import timezone

from accounts.models import User
from accounts.tests.factories import UserFactory
from booking.models import Relationship
from booking.tests.factories import AppointmentFactory
from providers.tests.factories import ProviderFactory


def others():
    """People who aren't in the conversation."""
    return {
        "a client": UserFactory(),
        "a client of the same provider": AppointmentFactory(
            provider=Relationship.objects.get().provider,
            starts_at=timezone.now() + timedelta(days=3),
        ).client,
        "a provider": ProviderFactory().user,
        "support": UserFactory(is_staff=True),
        "a superuser": User.objects.create_superuser("root@example.com"),
    }
