"""When a provider works and what takes up their time: hours, time off, openings, holds."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from providers.models import Provider


class Place(models.TextChoices):
    """Where an appointment is. A call is by phone; a session never is."""

    PHONE = "phone", "By phone"
    VIRTUAL = "virtual", "Virtual"
    IN_PERSON = "in_person", "In person"


class HoursPlace(models.TextChoices):
    """What a block of hours is for. Phone calls can be booked in any block."""

    VIRTUAL = "virtual", "Virtual"
    IN_PERSON = "in_person", "In person"
    BOTH = "both", "Virtual or in person"
    CALLS = "calls", "Phone calls only"


HOURS_FOR = {  # which blocks are open to which place
    Place.PHONE: set(HoursPlace.values),
    Place.VIRTUAL: {HoursPlace.VIRTUAL, HoursPlace.BOTH},
    Place.IN_PERSON: {HoursPlace.IN_PERSON, HoursPlace.BOTH},
}


class WorkingHours(models.Model):
    """A weekly block in the provider's wall-clock time, in minutes from midnight to 1440."""

    provider = models.ForeignKey(Provider, on_delete=models.CASCADE, related_name="working_hours")
    weekday = models.PositiveSmallIntegerField(help_text="0 is Monday")
    from_minute = models.PositiveSmallIntegerField()
    to_minute = models.PositiveSmallIntegerField()
    place = models.CharField(max_length=10, choices=HoursPlace, default=HoursPlace.VIRTUAL)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(weekday__lte=6, to_minute__lte=1440, to_minute__gt=F("from_minute")),
                name="working_hours_make_sense",
            )
        ]
        ordering = ["weekday", "from_minute"]
        verbose_name_plural = "working hours"

    def __str__(self):
        return f"WorkingHours {self.pk}"


class Span(models.Model):
    """A stretch of time of one provider, in UTC."""

    provider = models.ForeignKey(Provider, on_delete=models.CASCADE)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="%(class)s_ends_after_its_start"
            )
        ]
        indexes = [models.Index(fields=["provider", "ends_at"], name="%(class)s_by_provider")]

    def __str__(self):
        return f"{type(self).__name__} {self.pk}"


class TimeOff(Span):
    """When the provider is away, no matter what the weekly hours say."""


class Opening(Span):
    place = models.CharField(max_length=10, choices=HoursPlace, default=HoursPlace.VIRTUAL)


class SpanQuerySet(models.QuerySet):
    def overlapping(self, starts_at, ends_at):
        """Those that overlap a stretch (aware datetimes)."""
        return self.filter(starts_at__lt=ends_at, ends_at__gt=starts_at)


class HoldQuerySet(SpanQuerySet):
    def current(self, now):
        return self.filter(until__gt=now)

    def of(self, visitor):
        """A Visitor's holds (see first_visit): the user's, and those made in the same session."""
        mine = Q(pk__isnull=True)
        if visitor.user:
            mine |= Q(user=visitor.user)
        if visitor.token:
            mine |= Q(token=visitor.token)
        return self.filter(mine)


class Hold(Span):
    """A time held for a visitor, or for an offer to a client; it's deleted when it ends.

    Nothing refers to it. A visitor's uuid becomes the appointment's, so that two tabs make one.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    place = models.CharField(max_length=10, choices=Place)
    until = models.DateTimeField()
    extended = models.BooleanField(default=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE)
    token = models.UUIDField(null=True, help_text="Of the visitor's session.")
    address = models.GenericIPAddressField(null=True)
    offer = models.UUIDField(null=True, db_index=True, help_text="The provider's offer, if any.")
    instead_of = models.ForeignKey(
        "Appointment",
        null=True,
        on_delete=models.CASCADE,
        related_name="holds",
        help_text="The appointment that the offer would move.",
    )
    created_at = models.DateTimeField(auto_now_add=True)

    objects = HoldQuerySet.as_manager()

    class Meta(Span.Meta):
        constraints = [
            *Span.Meta.constraints,
            models.CheckConstraint(
                condition=Q(user__isnull=False) | Q(token__isnull=False) | Q(offer__isnull=False),
                name="hold_is_somebodys",
            ),
        ]
