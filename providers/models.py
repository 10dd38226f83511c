"""Providers: their profile, licenses, plans, and the terms that describe their work."""

import secrets
import uuid
from pathlib import PurePath
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property

from accounts import zones
from accounts.states import State
from accounts.text import validate_https

from .normalization import NormalizedField


class Term(models.Model):
    """A term of a vocabulary (vocabulary.py); the slug is in addresses."""

    slug = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=80)

    class Meta:
        abstract = True
        ordering = ["name"]

    def __str__(self):
        return self.name


class Specialty(Term):
    """What a client wants help with."""

    class Meta(Term.Meta):
        verbose_name_plural = "specialties"


class Method(Term):
    """A treatment method, like cognitive behavioral therapy."""


class Language(Term):
    """A language that sessions are held in."""


class ClientGroup(Term):
    """An age or kind of client, like teens or couples."""

    position = models.PositiveSmallIntegerField(default=0)

    class Meta(Term.Meta):
        ordering = ["position"]


class Plan(models.Model):
    slug = models.SlugField(max_length=100, unique=True)
    carrier = models.CharField(max_length=80)
    carrier_slug = models.SlugField(max_length=80)
    name = models.CharField(max_length=80)
    covers_telehealth = models.BooleanField(default=True)
    version = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["carrier", "name"]

    def __str__(self):
        return f"{self.carrier} {self.name}"


class ProviderQuerySet(models.QuerySet):
    def published(self):
        return self.filter(published=True)

    def accepting(self):
        return self.filter(accepting_new_clients=True)


def new_booking_link():
    """A random word for the provider's booking link: 64 bits, so nobody can guess it."""
    return secrets.token_hex(8)


def portrait_path(provider, filename):
    """Where we keep a portrait: a random name, nothing from the sender's file name."""
    return f"portraits/{uuid.uuid4().hex}.webp"


def between(least, most):
    return [MinValueValidator(least), MaxValueValidator(most)]


class Provider(models.Model):
    """A mental-health provider: a user with a profile, and with rules for their time.

    Lengths and waits are in minutes, hours and days as their names say; wall-clock times are in
    `time_zone`.
    """

    class FirstVisit(models.TextChoices):
        CALL = "call", "Phone call"
        SESSION = "session", "Session"

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="provider"
    )
    slug = models.SlugField(max_length=80, unique=True)
    booking_link = models.SlugField(max_length=40, unique=True, default=new_booking_link)
    name = models.CharField(max_length=120)
    credentials = models.CharField(max_length=60)
    headline = models.CharField(max_length=160, blank=True)
    bio = models.TextField(max_length=4000, blank=True)
    # Only portraits.py writes it, with a picture it made itself: we keep no file as it was sent.
    portrait = models.ImageField(upload_to=portrait_path, blank=True, editable=False)

    first_visit = models.CharField(max_length=10, choices=FirstVisit)
    call_minutes = models.PositiveSmallIntegerField(default=15, validators=between(10, 30))
    session_minutes = models.PositiveSmallIntegerField(default=50, validators=between(30, 90))
    session_fee = models.PositiveSmallIntegerField(
        help_text="US dollars", validators=between(0, 2000)
    )
    time_zone = models.CharField(max_length=64, validators=[zones.validate])
    phone = models.CharField(max_length=20, blank=True, help_text="E.164; calls come from it.")
    telehealth_platform = models.CharField(max_length=60, blank=True)
    telehealth_link = models.URLField(max_length=500, blank=True, validators=[validate_https])
    telehealth_instructions = models.TextField(max_length=2000, blank=True)
    office_address = models.CharField(max_length=200, blank=True)
    office_city = models.CharField(max_length=80, blank=True)
    office_state = models.CharField(max_length=2, choices=State, blank=True)

    minimum_notice_hours = models.PositiveSmallIntegerField(default=2, validators=between(0, 336))
    horizon_days = models.PositiveSmallIntegerField(default=56, validators=between(1, 365))
    buffer_minutes = models.PositiveSmallIntegerField(default=0, validators=between(0, 120))
    cancellation_window_hours = models.PositiveSmallIntegerField(
        choices=[(24, "24 hours"), (48, "48 hours")], default=24
    )
    late_cancellation = models.CharField(max_length=300, blank=True)
    accepting_new_clients = models.BooleanField(default=True)
    returns_on = models.DateField(
        null=True, blank=True, help_text="The day they take new clients again, in their time zone."
    )
    published = models.BooleanField(default=False)
    offers_virtual = models.BooleanField(default=True, editable=False)
    offers_in_person = models.BooleanField(default=False, editable=False)
    next_opening_at = models.DateTimeField(default=timezone.now, editable=False)
    # What a page of theirs was shown with: see accounts/versioned.py.
    profile_version = models.PositiveIntegerField(default=0, editable=False)
    rules_version = models.PositiveIntegerField(default=0, editable=False)
    hours_version = models.PositiveIntegerField(default=0, editable=False)
    search_text = NormalizedField(of=["name", "headline", "office_city"])

    plans = models.ManyToManyField(Plan, blank=True, related_name="providers")
    specialties = models.ManyToManyField(Specialty, blank=True, related_name="providers")
    methods = models.ManyToManyField(Method, blank=True, related_name="providers")
    languages = models.ManyToManyField(Language, blank=True, related_name="providers")
    client_groups = models.ManyToManyField(ClientGroup, blank=True, related_name="providers")

    objects = ProviderQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(call_minutes__range=(10, 30), session_minutes__range=(30, 90)),
                name="provider_lengths_in_range",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    horizon_days__range=(1, 365),
                    minimum_notice_hours__range=(0, 336),
                    buffer_minutes__range=(0, 120),
                    session_fee__range=(0, 2000),
                ),
                name="provider_numbers_in_range",
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_opening_at", "id"],
                condition=models.Q(published=True, accepting_new_clients=True),
                name="provider_soonest",
            )
        ]

    def __str__(self):
        return f"Provider {self.pk}"

    def get_absolute_url(self):
        return reverse("providers:profile", args=[self.slug])

    @property
    def booking_url(self):
        return reverse("booking:choose", args=[self.booking_link])

    @property
    def first_name(self):
        return self.name.split(" ")[0]

    @property
    def full_title(self):
        """The name with credentials: "Dana Whitfield, PsyD"."""
        return f"{self.name}, {self.credentials}"

    @property
    def office(self):
        """The office's whole address on one line."""
        return ", ".join(filter(None, [self.office_address, self.office_city, self.office_state]))

    @property
    def initials(self):
        words = self.name.replace("-", " ").split()
        return (words[0][0] + words[-1][0]).upper()

    @property
    def tone(self):
        """One of six portrait colors, always the same for this provider."""
        return ("sage", "clay", "sand", "mist", "plum", "moss")[(self.pk or 0) % 6]

    @property
    def portrait_url(self):
        """The photo's address, which changes with each photo; "" if there is none."""
        if not self.portrait:
            return ""
        version = PurePath(self.portrait.name).stem[:8]
        return f"{reverse('providers:portrait', args=[self.slug])}?v={version}"

    @property
    def version(self):
        """Of what staff edit: it is another as soon as one of the two is."""
        return self.profile_version + self.rules_version

    @property
    def zone(self):
        return ZoneInfo(self.time_zone)

    def today(self):
        """The date where the provider is."""
        return timezone.now().astimezone(self.zone).date()

    @cached_property
    def valid_licenses(self):
        """Their licenses that are valid today; a list of providers loads them in one query."""
        return list(self.licenses.valid_on(self.today()))

    @property
    def starts_with_call(self):
        return self.first_visit == self.FirstVisit.CALL

    @property
    def first_visit_minutes(self):
        return self.call_minutes if self.starts_with_call else self.session_minutes

    @property
    def horizon_words(self):
        """How far ahead they offer times: "8 weeks", or "30 days" if it isn't whole weeks."""
        weeks, days = divmod(self.horizon_days, 7)
        number, noun = (self.horizon_days, "day") if days else (weeks, "week")
        return f"{number} {noun}{'' if number == 1 else 's'}"

    @property
    def carriers(self):
        """The carriers whose plans they take, each once, in alphabetical order."""
        return list(dict.fromkeys(plan.carrier for plan in self.plans.all()))

    @property
    def places_words(self):
        """ "Virtual or in person": all the places where they see people."""
        if self.offers_virtual and self.offers_in_person:
            return "Virtual or in person"
        return "In person" if self.offers_in_person else "Virtual"

    @property
    def where(self):
        """ "Virtual in California and Arizona, or in person in Flagstaff, Arizona"."""
        states = [each.get_state_display() for each in self.valid_licenses]
        office = f"in person in {self.office_city}, {self.get_office_state_display()}"
        if not self.offers_virtual and self.offers_in_person:
            return office[0].upper() + office[1:]
        if len(states) > 3:
            listed = f"{states[0]}, {states[1]} and {len(states) - 2} more states"
        else:
            listed = " and ".join(filter(None, [", ".join(states[:-1]), *states[-1:]]))
        virtual = f"Virtual in {listed}" if listed else "Virtual"
        return f"{virtual}, or {office}" if self.offers_in_person else virtual

    def renew_booking_link(self):
        """Give the provider a new booking link; the old one gets a 404 from now on."""
        self.booking_link = new_booking_link()
        self.save(update_fields=["booking_link"])


class LicenseQuerySet(models.QuerySet):
    def valid_on(self, day):
        """Those valid on a date. The day a license expires is its last."""
        return self.filter(expires__gte=day)


class License(models.Model):
    """Permission to practice in one state until it expires (a date in that state)."""

    provider = models.ForeignKey(Provider, on_delete=models.CASCADE, related_name="licenses")
    state = models.CharField(max_length=2, choices=State)
    number = models.CharField(max_length=40)
    expires = models.DateField()
    version = models.PositiveIntegerField(default=0)

    objects = LicenseQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["provider", "state"], name="license_one_a_state")
        ]
        ordering = ["state"]

    def __str__(self):
        return f"License {self.pk}"
