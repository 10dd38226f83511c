"""What two people write and ask each other: conversations, messages, requests, offers, drafts.

Nothing here is in the admin, because only the two can read it (invariant 5).
"""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, Max, OuterRef, Q

from accounts.fields import LosableTextField
from booking.models import Appointment, Place, Relationship
from providers.models import Provider


class ConversationQuerySet(models.QuerySet):
    """Whose conversations, and which of them have news for someone."""

    def for_user(self, user):
        return self.filter(sides_of(user))

    def unread_by(self, user):
        """Those that the user hasn't read to the end."""
        news = Q(client=user, latest__gt=F("client_read_to"))
        if user.is_provider:
            news |= Q(provider=user.provider, latest__gt=F("provider_read_to"))
        return self.filter(news)

    def waiting_for(self, user, now):
        """Those with a request that the user, as a provider, or an offer that they can answer."""
        offered = Proposal.objects.open(now).filter(message__conversation__client=user)
        waiting = Q(pk__in=offered.values("message__conversation"))
        if user.is_provider:
            asked = ChangeRequest.objects.unanswered(now)
            asked = asked.filter(appointment__provider=user.provider)
            waiting |= Q(pk__in=asked.values("message__conversation"))
        return self.filter(waiting)

    def newest_for(self, user):
        """The id of the newest message in all of the user's conversations, or 0.

        A query for each side, because then an index alone answers it.
        """
        sides = [{"client": user}]
        if user.is_provider:
            sides.append({"provider": user.provider})
        return max(self.filter(**side).aggregate(id=Max("latest"))["id"] or 0 for side in sides)


def sides_of(user):
    """A condition on a pair's `client` and `provider`: the user is one of the two.

    By their own columns, each with an index: a join would look at everyone's.
    """
    mine = Q(client=user)
    return mine | Q(provider=user.provider) if user.is_provider else mine


class Conversation(models.Model):
    """One per relationship, made with its first message. The two people are the relationship's."""

    relationship = models.OneToOneField(
        Relationship, primary_key=True, on_delete=models.PROTECT, related_name="conversation"
    )
    client = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    provider = models.ForeignKey(Provider, on_delete=models.PROTECT, related_name="+")
    latest = models.OneToOneField("Message", null=True, on_delete=models.PROTECT, related_name="+")
    client_read_to = models.BigIntegerField(default=0, help_text="The id of a message.")
    provider_read_to = models.BigIntegerField(default=0, help_text="The id of a message.")
    changes = models.PositiveIntegerField(
        default=0, help_text="How often a request or an offer in it was settled: open pages follow."
    )

    objects = ConversationQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["client", "-latest"], name="conversation_of_client"),
            models.Index(fields=["provider", "-latest"], name="conversation_of_provider"),
            models.Index(
                fields=["client"],
                condition=Q(latest__gt=F("client_read_to")),
                name="conversation_client_unread",
            ),
            models.Index(
                fields=["provider"],
                condition=Q(latest__gt=F("provider_read_to")),
                name="conversation_prov_unread",
            ),
        ]

    def __str__(self):
        return f"Conversation {self.pk}"

    def read_to_of(self, user):
        """The name of the field for how far this one of the two has read."""
        return "client_read_to" if user.pk == self.client_id else "provider_read_to"

    def note_change(self):
        """A request or an offer in it was settled."""
        Conversation.objects.filter(pk=self.pk).update(changes=F("changes") + 1)

    def is_unread_by(self, user):
        return self.latest_id > getattr(self, self.read_to_of(user))


class Message(models.Model):
    """What one of the two wrote. It never changes. Ids increase through a conversation."""

    class Topic(models.TextChoices):
        CHANGE = "change", "Change or cancel"
        FOLLOW_UP = "follow_up", "Plan a follow-up"
        CLINICAL = "clinical", "My care"
        CODING = "coding", "Codes and session length"
        SERVICES = "services", "Refills and other requests"

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    conversation = models.ForeignKey(
        Conversation, on_delete=models.PROTECT, related_name="messages"
    )
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    topic = models.CharField(max_length=10, choices=Topic, blank=True)
    appointment = models.ForeignKey(
        Appointment, null=True, on_delete=models.PROTECT, related_name="+"
    )
    body = LosableTextField(blank=True)  # a request or an offer can do without words
    sent_at = models.DateTimeField()
    waited = models.PositiveIntegerField(
        null=True, help_text="Of a provider's answer: the seconds that the client had waited."
    )

    class Meta:
        indexes = [
            models.Index(fields=["conversation", "id"], name="message_in_its_order"),
            models.Index(
                fields=["conversation", "topic"], condition=~Q(topic=""), name="message_of_topic"
            ),
            models.Index(
                fields=["author", "-id"],
                condition=Q(waited__isnull=False),
                name="message_that_answered",
            ),
        ]

    def __str__(self):
        return f"Message {self.pk}"


class ChangeRequestQuerySet(models.QuerySet):
    """Whose requests, and which of them are open."""

    def for_user(self, user):
        """Those in the user's own conversations."""
        return self.filter(message__conversation__in=Conversation.objects.for_user(user))

    def open(self, now):
        """Neither withdrawn nor declined, of an appointment to come that's as it was then."""
        return self.filter(
            withdrawn_at=None,
            declined_at=None,
            appointment__status=Appointment.Status.SCHEDULED,
            appointment__sequence=F("sequence"),
            appointment__starts_at__gt=now,
        )

    def unanswered(self, now):
        """Open, and without an open offer of other times: they wait for the provider."""
        offers = Proposal.objects.open(now).filter(instead_of=OuterRef("appointment"))
        return self.open(now).filter(~Exists(offers))


class ChangeRequest(models.Model):
    """A client asks to move or cancel an appointment, with a message. What became of it is derived.

    It remembers the appointment's `sequence`, so any move or cancellation since then settles it.
    """

    class Wants(models.TextChoices):
        MOVE = "move", "Move it"
        CANCEL = "cancel", "Cancel it"

    message = models.OneToOneField(
        Message, primary_key=True, on_delete=models.PROTECT, related_name="request"
    )
    appointment = models.ForeignKey(
        Appointment, on_delete=models.PROTECT, related_name="change_requests"
    )
    sequence = models.PositiveIntegerField()
    wants = models.CharField(max_length=6, choices=Wants)
    wishes = models.JSONField(default=list, help_text="Up to three starts, in epoch seconds.")
    weekday = models.PositiveSmallIntegerField(null=True, help_text="0 is Monday.")
    part = models.CharField(max_length=9, blank=True, help_text="Of the day, as in week.BANDS.")
    withdrawn_at = models.DateTimeField(null=True)
    declined_at = models.DateTimeField(null=True)

    objects = ChangeRequestQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["appointment", "sequence"],
                condition=Q(withdrawn_at=None, declined_at=None),
                name="request_one_open_an_appointment",
            )
        ]

    def __str__(self):
        return f"ChangeRequest {self.pk}"


class ProposalQuerySet(models.QuerySet):
    """Whose offers, and which of them are open."""

    def for_user(self, user):
        """Those in the user's own conversations."""
        return self.filter(message__conversation__in=Conversation.objects.for_user(user))

    def open(self, now):
        """Not settled or over; if it's instead of an appointment, that's as it was then."""
        return self.filter(
            Q(instead_of=None)
            | Q(
                instead_of__status=Appointment.Status.SCHEDULED,
                instead_of__sequence=F("sequence"),
                instead_of__starts_at__gt=now,
            ),
            outcome="",
            until__gt=now,
        )


class Proposal(models.Model):
    """A provider offers times with a message: a new appointment, or another time for one.

    Booking holds the times under the message's uuid until the offer ends.
    """

    class Outcome(models.TextChoices):
        ACCEPTED = "accepted", "Accepted"
        REFUSED = "refused", "None of these work"
        WITHDRAWN = "withdrawn", "Taken back"

    message = models.OneToOneField(
        Message, primary_key=True, on_delete=models.PROTECT, related_name="proposal"
    )
    instead_of = models.ForeignKey(
        Appointment, null=True, on_delete=models.PROTECT, related_name="proposals"
    )
    sequence = models.PositiveIntegerField(null=True, help_text="Of `instead_of`, when offered.")
    kind = models.CharField(max_length=10, choices=Appointment.Kind)
    place = models.CharField(max_length=10, choices=Place)
    minutes = models.PositiveSmallIntegerField()
    until = models.DateTimeField()
    outcome = models.CharField(max_length=9, choices=Outcome, blank=True)
    settled_at = models.DateTimeField(null=True)
    appointment = models.ForeignKey(
        Appointment,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="What was booked or moved by accepting it.",
    )

    objects = ProposalQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome="", settled_at=None)
                | (~Q(outcome="") & Q(settled_at__isnull=False)),
                name="proposal_is_settled_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(outcome="accepted", appointment__isnull=False)
                | (~Q(outcome="accepted") & Q(appointment=None)),
                name="proposal_accepted_is_an_appointment",
            ),
        ]

    def __str__(self):
        return f"Proposal {self.pk}"


class ProposedTime(models.Model):
    """One of the one to five starts that a proposal offers."""

    proposal = models.ForeignKey(Proposal, on_delete=models.PROTECT, related_name="times")
    starts_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["proposal", "starts_at"], name="proposed_time_once")
        ]
        ordering = ["starts_at"]

    def __str__(self):
        return f"ProposedTime {self.pk}"


class AwayNote(models.Model):
    """What clients read before they write while a provider is away, by the provider's dates."""

    provider = models.OneToOneField(
        Provider, primary_key=True, on_delete=models.PROTECT, related_name="away_note"
    )
    first_day = models.DateField()
    last_day = models.DateField()
    text = LosableTextField(blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(last_day__gte=F("first_day")), name="away_note_ends_after_its_start"
            )
        ]

    def __str__(self):
        return f"AwayNote {self.pk}"


class SavedReply(models.Model):
    """Words that a provider uses again and again."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    provider = models.ForeignKey(Provider, on_delete=models.PROTECT, related_name="saved_replies")
    name = models.CharField(max_length=60)
    body = LosableTextField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["provider", "name"], name="saved_reply_name_once")
        ]
        ordering = ["name"]

    def __str__(self):
        return f"SavedReply {self.pk}"


class Draft(models.Model):
    """What one of the two has typed and not sent. Once it's sent it's empty, and the row stays:
    its version tells a page with an older text that it's behind.
    """

    relationship = models.ForeignKey(Relationship, on_delete=models.PROTECT, related_name="drafts")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    message_uuid = models.UUIDField(help_text="The message to be, of the page that saved this.")
    topic = models.CharField(max_length=10, choices=Message.Topic, blank=True)
    appointment = models.ForeignKey(
        Appointment, null=True, on_delete=models.PROTECT, related_name="+"
    )
    body = LosableTextField(blank=True)
    version = models.PositiveIntegerField(default=0)
    saved_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["relationship", "author"], name="draft_one_each")
        ]

    def __str__(self):
        return f"Draft {self.pk}"
