"""The app's configuration."""

from django.apps import AppConfig


class MessagingConfig(AppConfig):
    name = "messaging"

    def ready(self):
        from . import notifications  # noqa: F401 (registers our mail)
