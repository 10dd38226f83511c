"""People: who may log in, the mail we owe them, and who looked at whose record."""

import uuid
from datetime import timedelta

from django.contrib.auth.models import AbstractUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.functional import cached_property

from . import zones
from .fields import LosableTextField
from .states import State

UNFINISHED_FOR = timedelta(days=1)


class UserQuerySet(models.QuerySet):
    def unfinished(self, now):
        """People who asked for a code over a day ago, never logged in, and have no other rows."""
        unfinished = self.filter(
            last_login=None, date_joined__lt=now - UNFINISHED_FOR, is_staff=False
        ).exclude(emailaddress__verified=True)
        for relation in self.model._meta.get_fields(include_hidden=True):
            points_here = relation.auto_created and not relation.concrete
            if points_here and not relation.many_to_many and relation.name != "emailaddress":
                attached = relation.related_model.objects.filter(
                    **{relation.field.name: models.OuterRef("pk")}
                )
                unfinished = unfinished.filter(~models.Exists(attached))
        return unfinished


class UserManager(BaseUserManager.from_queryset(UserQuerySet)):
    def create_user(self, email, password=None, **fields):
        """Save a user, the email in lower case. Without a password they log in by code."""
        user = self.model(email=email.lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email, password=None, **fields):
        """Save a user who may do everything in the admin."""
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, email):
        """The user with that email, in any case."""
        return self.get(email__iexact=email)


class User(AbstractUser):
    """Who can log in: a provider has a Provider, staff have is_staff, the rest are clients."""

    username = None
    first_name = None
    last_name = None
    email = models.EmailField(max_length=254, unique=True)
    full_name = models.CharField(max_length=120, blank=True)
    preferred_name = models.CharField(max_length=60, blank=True)
    pronouns = models.CharField(max_length=40, blank=True)
    phone = models.CharField(max_length=20, blank=True, help_text="E.164, as +19165550142")
    time_zone = models.CharField(max_length=64, blank=True, validators=[zones.validate])
    date_of_birth = models.DateField(null=True, blank=True)
    state = models.CharField(max_length=2, choices=State, blank=True)
    second_factor_release_at = models.DateTimeField(null=True, blank=True)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = []
    objects = UserManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(Lower("email"), name="user_email_unique_whatever_its_case")
        ]

    def __str__(self):
        return f"User {self.pk}"

    @cached_property
    def is_provider(self):
        return hasattr(self, "provider")

    @property
    def first_name_shown(self):
        """What to call them: the preferred name, or the first word of the full one."""
        return self.preferred_name or self.full_name.split(" ")[0]

    @property
    def short_name(self):
        """For the top of a page: "Jordan E.", or "Your account" until we know a name."""
        words = self.full_name.split()
        if not self.first_name_shown:
            return "Your account"
        return (
            f"{self.first_name_shown} {words[-1][0]}." if len(words) > 1 else self.first_name_shown
        )


class Notification(models.Model):
    """One email that we owe: written with its event, delivered after it (see outbox.py)."""

    class State(models.TextChoices):
        PENDING = "pending"
        SENDING = "sending"
        SENT = "sent"
        FAILED = "failed"
        DROPPED = "dropped"

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(max_length=60)
    event = models.CharField(max_length=60, help_text="Key of what happened; the kind reads it.")
    recipient = models.ForeignKey(
        User, null=True, on_delete=models.CASCADE, related_name="notifications"
    )
    address = models.EmailField(
        max_length=254, blank=True, help_text="A recipient's is filled in when it is sent."
    )
    secret = LosableTextField(blank=True, help_text="A log-in code; blanked once sent.")
    state = models.CharField(max_length=10, choices=State, default=State.PENDING)
    due_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(null=True)
    sign_in_until = models.DateTimeField(
        null=True, help_text="The last mail the address gets for now has a sign-in link until then."
    )
    attempts = models.PositiveSmallIntegerField(default=0)
    leased_until = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["event", "recipient", "kind"], name="notification_enqueued_once"
            ),
            models.UniqueConstraint(
                fields=["event", "address", "kind"],
                condition=models.Q(recipient=None),
                name="notification_enqueued_once_to_address",
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_at"],
                condition=models.Q(state__in=["pending", "sending"]),
                name="notification_owed",
            ),
            models.Index(
                fields=["recipient"],
                condition=models.Q(state="failed"),
                name="notification_failed",
            ),
        ]

    def __str__(self):
        return f"Notification {self.pk} {self.kind}"


class Upkeep(models.Model):
    """One row, which migrate makes: when someone last swept the outbox, and whether it's held."""

    swept_at = models.DateTimeField(default=timezone.now)
    released = models.UUIDField(
        null=True, help_text="The copy of the database (see outbox_hold.py) that may send mail."
    )

    def __str__(self):
        return f"Upkeep {self.pk}"


class AccessEvent(models.Model):
    """Who looked at or changed whose record; append-only, kept for six years."""

    at = models.DateTimeField(auto_now_add=True)
    actor = models.ForeignKey(
        User, null=True, on_delete=models.PROTECT, related_name="+", help_text="None: a command."
    )
    subject = models.ForeignKey(User, on_delete=models.PROTECT, related_name="access_events")
    what = models.CharField(max_length=60)
    record = models.CharField(max_length=60)
    address = models.GenericIPAddressField(null=True)

    class Meta:
        indexes = [models.Index(fields=["subject", "-at"], name="access_event_of_subject")]

    def __str__(self):
        return f"AccessEvent {self.pk} {self.what}"


class Counter(models.Model):
    """How often something happened in a window of time (see limits.py)."""

    key = models.CharField(max_length=64, primary_key=True, help_text="A keyed hash of whose.")
    count = models.PositiveIntegerField()
    ends_at = models.BigIntegerField(db_index=True, help_text="Epoch seconds.")

    def __str__(self):
        return f"Counter {self.key}"
