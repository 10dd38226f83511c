"""A person's calendar feed."""

from django.conf import settings
from django.db import models


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
