"""Help: what people ask the support team, its answers, and the help articles."""

import uuid

from django.conf import settings
from django.db import models
from django.urls import reverse

from accounts.fields import LosableTextField


class TicketQuerySet(models.QuerySet):
    def confirmed(self):
        """Those whose email we know belongs to the sender."""
        return self.filter(confirmed_at__isnull=False)

    def for_user(self, user):
        """Their own, and those sent with their email before it had an account.

        We compare emails letter by letter (tickets store them in lower case): ignoring case,
        a database takes some letters of other scripts for Latin ones.
        """
        by_email = models.Q(user=None, email=user.email.lower())
        return self.confirmed().filter(models.Q(user=user) | by_email)


class Ticket(models.Model):
    """A problem that someone asked the support team about."""

    class Topic(models.TextChoices):
        BOOKING = "booking", "Booking a first visit"
        INSURANCE = "insurance", "My insurance or what it costs"
        ACCOUNT = "account", "My account or signing in"
        OTHER = "other", "Something else"

    class Status(models.TextChoices):
        OPEN = "open", "Open"
        ANSWERED = "answered", "Answered"
        CLOSED = "closed", "Closed"

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    number = models.PositiveIntegerField(unique=True, null=True, editable=False)  # from 1001 on
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="tickets"
    )
    email = models.EmailField(max_length=254)  # in lower case
    name = models.CharField(max_length=120, blank=True)
    topic = models.CharField(max_length=10, choices=Topic)
    body = LosableTextField()
    status = models.CharField(max_length=10, choices=Status, default=Status.OPEN)
    confirmed_at = models.DateTimeField(null=True, editable=False)
    version = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = TicketQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]

    def __str__(self):
        return f"Ticket {self.number}"

    def get_absolute_url(self):
        return reverse("support:ticket", args=[self.uuid])


class TicketReply(models.Model):
    """An answer to a ticket, another message from its sender, or a note only the team sees."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="replies")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    internal = models.BooleanField(default=False)
    body = LosableTextField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["created_at"]
        verbose_name_plural = "ticket replies"

    def __str__(self):
        return f"TicketReply {self.pk}"


class ArticleQuerySet(models.QuerySet):
    def published(self):
        return self.filter(published=True)


class Article(models.Model):
    """A help article in Markdown; HTML in it shows up as text."""

    class Audience(models.TextChoices):
        CLIENTS = "clients", "For clients"
        PROVIDERS = "providers", "For providers"
        EVERYONE = "everyone", "For everyone"

    slug = models.SlugField(max_length=80, unique=True)
    title = models.CharField(max_length=120)
    summary = models.CharField(max_length=200)
    body = models.TextField(max_length=20000)
    audience = models.CharField(max_length=10, choices=Audience, default=Audience.CLIENTS)
    position = models.PositiveSmallIntegerField(default=0)
    published = models.BooleanField(default=True)
    updated_at = models.DateTimeField(auto_now=True)
    version = models.PositiveIntegerField(default=0)

    objects = ArticleQuerySet.as_manager()

    class Meta:
        ordering = ["position", "title"]

    def __str__(self):
        return f"Article {self.pk}"

    def get_absolute_url(self):
        return reverse("support:article", args=[self.slug])
