"""What two people write to each other: conversations, messages, and how far each has read.

Nothing here is in the admin, because only the two can read it (invariant 5).
"""

import uuid

from django.conf import settings
from django.db import models

from accounts.fields import EncryptedTextField
from booking.models import Relationship


class Conversation(models.Model):
    """One per relationship, made with its first message."""

    relationship = models.OneToOneField(
        Relationship, primary_key=True, on_delete=models.PROTECT, related_name="conversation"
    )
    latest = models.OneToOneField("Message", null=True, on_delete=models.PROTECT, related_name="+")

    def __str__(self):
        return f"Conversation {self.pk}"


class Message(models.Model):
    """What one of the two wrote. It never changes. Ids increase through a conversation."""

    class Topic(models.TextChoices):
        CHANGE = "change", "Change or cancel"
        FOLLOW_UP = "follow_up", "Follow-up"
        CLINICAL = "clinical", "Clinical"
        CODING = "coding", "Coding"
        SERVICES = "services", "Services"

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    conversation = models.ForeignKey(
        Conversation, on_delete=models.PROTECT, related_name="messages"
    )
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    topic = models.CharField(max_length=10, choices=Topic, blank=True)
    body = EncryptedTextField()
    sent_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["conversation", "id"], name="message_in_its_order")]

    def __str__(self):
        return f"Message {self.pk}"


class ReadMark(models.Model):
    """How far one of the two has read: up to the message with that id."""

    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="marks")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    read_to = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "conversation"], name="read_mark_one_a_reader")
        ]

    def __str__(self):
        return f"ReadMark {self.pk}"
