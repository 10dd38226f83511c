"""What happened to an appointment."""

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone

from accounts.fields import LosableTextField

from .hours import Place


class AppointmentEvent(models.Model):
    """What happened to an appointment; append-only. History, SEQUENCE and the outbox read it."""

    class What(models.TextChoices):
        SCHEDULED = "scheduled", "Scheduled"
        MOVED = "moved", "Moved"
        CANCELED = "canceled", "Canceled"
        OUTCOME = "outcome", "Outcome recorded"
        LINK_SET = "link_set", "Link set"
        FEE_WAIVED = "fee_waived", "Late fee waived"

    class Side(models.TextChoices):
        CLIENT = "client", "The client"
        PROVIDER = "provider", "The provider"

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    appointment = models.ForeignKey("Appointment", on_delete=models.PROTECT, related_name="events")
    what = models.CharField(max_length=30, choices=What)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    on_behalf_of = models.CharField(max_length=10, choices=Side)
    at = models.DateTimeField(default=timezone.now)
    sequence = models.PositiveIntegerField()
    starts_at = models.DateTimeField(help_text="After the event.")
    ends_at = models.DateTimeField()
    place = models.CharField(max_length=10, choices=Place)
    was_starts_at = models.DateTimeField(null=True)
    was_ends_at = models.DateTimeField(null=True)
    was_place = models.CharField(max_length=10, choices=Place, blank=True)
    outcome = models.CharField(max_length=12, blank=True, help_text="As record_outcome takes it.")
    reason = LosableTextField(blank=True)
    late = models.BooleanField(
        default=False, help_text="Canceled for the client, inside the window at that time."
    )
    fee_waived = models.BooleanField(default=False)

    class Meta:
        ordering = ["at", "id"]

    def __str__(self):
        return f"AppointmentEvent {self.pk} {self.what}"

    @property
    def is_clients_own(self):
        """Whether the client did it, and not because the provider had offered it."""
        is_clients = self.by_id == self.appointment.client_id
        return is_clients and self.on_behalf_of == self.Side.CLIENT

    @property
    def accepts_offer(self):
        """Whether the client chose a time that the provider had offered."""
        is_clients = self.by_id == self.appointment.client_id
        return is_clients and self.on_behalf_of == self.Side.PROVIDER
