"""What lasts between a provider and a client: their relationship, and how the client pays."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.fields import LosableTextField
from providers.models import Plan, Provider


class RelationshipQuerySet(models.QuerySet):
    """Which pairs can't have another first visit, and whose they are."""

    def for_provider(self, user):
        """Those of the provider whose account this is."""
        return self.filter(provider__user=user)

    def with_people(self):
        return self.select_related("provider__user", "client", "coverage__plan")

    def binding(self, provider, client):
        """The pair's relationship if it rules out another first visit (invariant 2), or None.

        It does if it ended, if an invitation was accepted, or if any appointment happened or is
        still ahead. It doesn't if everything was canceled before it began.
        """
        pair = self.filter(provider=provider, client=client).select_related("provider").first()
        if not pair:
            return None
        begun = pair.appointments.begun_or_ahead()
        is_bound = pair.ended_at or pair.invitation_accepted_at or begun.exists()
        return pair if is_bound else None


class Relationship(models.Model):
    """One per provider and client; everything lasting between the two is attached to it."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    provider = models.ForeignKey(Provider, on_delete=models.PROTECT, related_name="relationships")
    client = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="relationships"
    )
    invited_at = models.DateTimeField(null=True, blank=True)
    invitation_accepted_at = models.DateTimeField(null=True, blank=True)
    archived_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )

    objects = RelationshipQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["provider", "client"], name="relationship_one_a_pair")
        ]

    def __str__(self):
        return f"Relationship {self.pk}"


class Coverage(models.Model):
    """How the client pays this provider. The copay, in US dollars, is what the client told us."""

    class Kind(models.TextChoices):
        PLAN = "plan", "With my insurance plan"
        SELF = "self", "Myself"

    relationship = models.OneToOneField(
        Relationship, on_delete=models.CASCADE, related_name="coverage"
    )
    kind = models.CharField(max_length=10, choices=Kind)
    plan = models.ForeignKey(Plan, null=True, blank=True, on_delete=models.PROTECT)
    member_id = LosableTextField(blank=True)
    copay = models.PositiveSmallIntegerField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="plan", plan__isnull=False) | Q(kind="self", plan__isnull=True),
                name="coverage_has_a_plan_or_none",
            )
        ]
        verbose_name_plural = "coverages"

    def __str__(self):
        return f"Coverage {self.pk}"
