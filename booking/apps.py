"""The app's configuration."""

from django.apps import AppConfig


class BookingConfig(AppConfig):
    """What Django needs to know about this app."""

    name = "booking"

    def ready(self):
        """Register what booking has to tell."""
        from .appointments import notifications  # noqa: F401
