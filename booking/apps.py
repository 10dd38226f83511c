"""The app's configuration."""

from django.apps import AppConfig


class BookingConfig(AppConfig):
    """What Django needs to know about this app."""

    name = "booking"

    def ready(self):
        """Register the kinds of mail."""
        from .appointments import mails  # noqa: F401
