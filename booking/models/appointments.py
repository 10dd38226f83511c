"""Appointments: who may see them, what a client may do with one, and until when."""

import uuid
from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.urls import reverse

from accounts.fields import LosableTextField
from accounts.states import State
from providers.models import Provider

from .constraints import no_overlap
from .events import AppointmentEvent
from .hours import Place, SpanQuerySet
from .relationships import Relationship

JOIN_AHEAD, JOIN_AFTER = timedelta(minutes=30), timedelta(minutes=60)  # around the start
CORRECTION = timedelta(hours=48)  # from when an outcome was first written down


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

    def begun_or_ahead(self):
        """All but those that were canceled before they began."""
        return self.filter(
            ~Q(status=Appointment.Status.CANCELED)
            | Q(events__what=AppointmentEvent.What.CANCELED, events__at__gte=F("starts_at"))
        )

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

        @classmethod
        def at(cls, place):
            """What happens at a place: a call is by phone, and a session never is."""
            return cls.CALL if place == Place.PHONE else cls.SESSION

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
    client_note = LosableTextField(blank=True)
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

    def client_may_swap(self, now):
        """Whether the client swaps this first visit for another free time on their own.

        Once canceling is late, or while the provider takes no new clients, they ask instead.
        """
        provider = self.provider
        is_open = provider.published and provider.accepting_new_clients
        in_time = self.client_may_cancel(now) and not self.is_late_to_cancel(now)
        return in_time and is_open and not self.relationship.ended_at
