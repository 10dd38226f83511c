"""The app's configuration."""

from django.apps import AppConfig


class BookingConfig(AppConfig):
    name = "booking"

    def ready(self):
        from .appointments import mails  # noqa: F401
