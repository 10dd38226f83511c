"""What two people share: their relationship, coverage, appointments, and the history of these."""

import uuid
from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.urls import reverse
from django.utils import timezone

from accounts.fields import EncryptedTextField
from accounts.states import State
from providers.models import Plan, Provider

from .constraints import no_overlap
from .hours import Place, SpanQuerySet

JOIN_AHEAD, JOIN_AFTER = timedelta(minutes=30), timedelta(minutes=60)  # around the start
CORRECTION = timedelta(hours=48)  # from when an outcome was first written down


class RelationshipQuerySet(models.QuerySet):
    """Which pairs can't have another first visit, and whose they are."""

    def for_provider(self, user):
        """Those of the provider whose account this is."""
        return self.filter(provider__user=user)

    def with_people(self):
        return self.select_related("provider__user", "client", "coverage__plan")

    def binding(self, provider, client, *, without=None):
        """The pair's relationship if it rules out another first visit (invariant 2), or None.

        It does if it ended, if an invitation was accepted, or if any appointment happened or is
        still ahead. It doesn't if everything was canceled before it began. `without` leaves out one
        appointment, as if that were canceled.
        """
        pair = self.filter(provider=provider, client=client).select_related("provider").first()
        if not pair:
            return None
        begun = pair.appointments.exclude(pk=without and without.pk).filter(
            ~Q(status=Appointment.Status.CANCELED)
            | Q(events__what=AppointmentEvent.What.CANCELED, events__at__gte=F("starts_at"))
        )
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
    member_id = EncryptedTextField(blank=True)
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


class AppointmentQuerySet(SpanQuerySet):
    """Who may see which appointments, and which are coming, canceled or past."""

    def for_user(self, user):
        """Those where this user is the client."""
        return self.filter(client=user)

    def for_provider(self, user):
        """Those with the provider whose account this is."""
        return self.filter(provider__user=user)

    def not_canceled(self):
        return self.exclude(status=Appointment.Status.CANCELED)

    def upcoming(self, now):
        """Scheduled and not over; the next one first."""
        return self.filter(status=Appointment.Status.SCHEDULED, ends_at__gt=now).order_by(
            "starts_at"
        )

    def canceled_ahead(self, now):
        """Canceled, and the time hasn't come yet; the next one first."""
        ahead = self.filter(status=Appointment.Status.CANCELED, starts_at__gt=now)
        return ahead.order_by("starts_at")

    def earlier(self, now):
        """Everything neither upcoming nor canceled ahead; the latest first."""
        status = Appointment.Status
        ahead = Q(status=status.SCHEDULED, ends_at__gt=now)
        canceled_ahead = Q(status=status.CANCELED, starts_at__gt=now)
        return self.exclude(ahead | canceled_ahead).order_by("-starts_at")

    def moved_since(self, at):
        """Each with `is_moved`: whether it was moved after that time."""
        what = AppointmentEvent.What.MOVED
        moves = AppointmentEvent.objects.filter(appointment=OuterRef("pk"), what=what, at__gt=at)
        return self.annotate(is_moved=Exists(moves))

    def with_shows_first(self):
        """Each with `shows_first`: whether to call it a first visit.

        If the provider scheduled something earlier, a booked first visit still is one, but calling
        it that would mislead.
        """
        earlier = Appointment.objects.not_canceled().filter(
            relationship=OuterRef("relationship"), starts_at__lt=OuterRef("starts_at")
        )
        return self.annotate(shows_first=Q(first_visit=True) & ~Exists(earlier))

    def with_people(self):
        return self.select_related("provider__user", "client", "relationship__coverage__plan")


class Appointment(models.Model):
    """A call or a session between one provider and one client, in UTC."""

    class Kind(models.TextChoices):
        CALL = "call", "Phone call"
        SESSION = "session", "Session"

    class Status(models.TextChoices):
        SCHEDULED = "scheduled", "Scheduled"
        CANCELED = "canceled", "Canceled"
        COMPLETED = "completed", "Completed"
        NO_SHOW = "no_show", "Missed"

    class CallOutcome(models.TextChoices):
        CONTINUE = "continue", "We’ll continue"
        NOT_A_FIT = "not_a_fit", "Not a fit"
        NOT_REACHED = "not_reached", "No answer"

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    relationship = models.ForeignKey(
        Relationship, on_delete=models.PROTECT, related_name="appointments"
    )
    provider = models.ForeignKey(Provider, on_delete=models.PROTECT, related_name="appointments")
    client = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="appointments"
    )
    kind = models.CharField(max_length=10, choices=Kind)
    first_visit = models.BooleanField(default=False)
    place = models.CharField(max_length=10, choices=Place)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    status = models.CharField(max_length=10, choices=Status, default=Status.SCHEDULED)
    join_link = models.URLField(max_length=500, blank=True)
    join_instructions = models.TextField(max_length=2000, blank=True)
    client_state = models.CharField(max_length=2, choices=State, blank=True)
    voicemail_ok = models.BooleanField(null=True)
    client_note = EncryptedTextField(blank=True)
    call_outcome = models.CharField(max_length=12, choices=CallOutcome, blank=True)
    outcome_at = models.DateTimeField(null=True)
    sequence = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = AppointmentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="appointment_ends_after_its_start"
            ),
            models.CheckConstraint(
                condition=Q(kind="call", place="phone")
                | (Q(kind="session") & Q(place__in=["virtual", "in_person"])),
                name="appointment_call_is_by_phone_session_is_not",
            ),
            models.UniqueConstraint(
                fields=["relationship"],
                condition=Q(first_visit=True) & ~Q(status="canceled"),
                name="appointment_one_first_visit_a_pair",
            ),
            no_overlap("provider", "appointment_no_overlap_of_provider"),
            no_overlap("client", "appointment_no_overlap_of_client"),
        ]
        indexes = [
            models.Index(
                fields=["provider", "ends_at"],
                condition=~Q(status="canceled"),
                name="appointment_by_provider",
            ),
            models.Index(fields=["client", "ends_at"], name="appointment_by_client"),
        ]

    def __str__(self):
        return f"Appointment {self.pk}"

    def get_absolute_url(self):
        return reverse("booking:appointment", args=[self.uuid])

    @property
    def workspace_url(self):
        return reverse("booking:workspace_appointment", args=[self.uuid])

    def url_for(self, user):
        """The page on which one of the two sees it."""
        return self.get_absolute_url() if user.pk == self.client_id else self.workspace_url

    @property
    def is_call(self):
        return self.kind == self.Kind.CALL

    @property
    def is_virtual(self):
        return self.place == Place.VIRTUAL

    @property
    def is_canceled(self):
        return self.status == self.Status.CANCELED

    @property
    def outcome_known_at(self):
        """When the outcome was first recorded, or the end if nobody noted when; else None."""
        if self.status in (self.Status.COMPLETED, self.Status.NO_SHOW):
            return self.outcome_at or self.ends_at
        return None

    @property
    def correct_by(self):
        """Until when the outcome may be corrected; None while there is none."""
        return self.outcome_known_at and self.outcome_known_at + CORRECTION

    def may_correct(self, now):
        """Whether there is an outcome, still open to correction."""
        return bool(self.correct_by and now <= self.correct_by)

    @property
    def is_scheduled(self):
        return self.status == self.Status.SCHEDULED

    @property
    def minutes(self):
        return int((self.ends_at - self.starts_at) / timedelta(minutes=1))

    @property
    def link(self):
        """Where to join: this appointment's own link, or the provider's usual one."""
        return self.join_link or self.provider.telehealth_link

    @property
    def instructions(self):
        """How to join. Beside its own link, only its own ones: the usual ones may be wrong."""
        if self.join_link:
            return self.join_instructions
        return self.join_instructions or self.provider.telehealth_instructions

    @property
    def joinable_at(self):
        """When the button to join appears for the client."""
        return self.starts_at - JOIN_AHEAD

    def may_join(self, now):
        """Whether it's time to join: from 30 minutes before the start to 60 minutes after it."""
        is_time = self.joinable_at <= now <= self.starts_at + JOIN_AFTER
        return self.is_virtual and self.is_scheduled and is_time

    def client_may_cancel(self, now):
        """A client cancels a first visit on their own until it starts (invariant 4)."""
        return self.first_visit and self.is_scheduled and now < self.starts_at

    def late_fee(self):
        """The client's fee for a late cancellation: "due", "waived", or "" if there's none."""
        if not self.is_canceled:
            return ""
        what = AppointmentEvent.What
        events = list(self.events.filter(what__in=[what.CANCELED, what.FEE_WAIVED]))
        if not any(event.late for event in events):
            return ""
        return "waived" if any(event.fee_waived for event in events) else "due"

    @property
    def late_after(self):
        """When canceling starts to count as late. Meaningless for a call, which is never late."""
        return self.starts_at - timedelta(hours=self.provider.cancellation_window_hours)

    def is_late_to_cancel(self, now):
        """Whether canceling now counts as late; it never does for a call."""
        return not self.is_call and now > self.late_after

    def client_may_rebook(self, now):
        """Whether the client may cancel this first visit and then book another time."""
        provider = self.provider
        is_open = provider.published and provider.accepting_new_clients
        if not (is_open and self.client_may_cancel(now)):
            return False
        return not Relationship.objects.binding(provider, self.client, without=self)


class CalendarFeed(models.Model):
    """A person's secret calendar feed; we store only a hash of its secret.

    The row stays after the feed is turned off, so no old form can turn the same address on again.
    """

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="calendar_feed"
    )
    secret_hash = models.CharField(max_length=64, unique=True)
    version = models.PositiveIntegerField(default=0)
    turned_off_at = models.DateTimeField(null=True)

    def __str__(self):
        return f"CalendarFeed {self.pk}"


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
    appointment = models.ForeignKey(Appointment, on_delete=models.PROTECT, related_name="events")
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
    reason = EncryptedTextField(blank=True)
    late = models.BooleanField(
        default=False, help_text="Canceled for the client, inside the window at that time."
    )
    fee_waived = models.BooleanField(default=False)

    class Meta:
        ordering = ["at", "id"]

    def __str__(self):
        return f"AppointmentEvent {self.pk} {self.what}"
