"""The app's configuration."""

from django.apps import AppConfig


class MessagingConfig(AppConfig):
    """What Django needs to know about this app."""

    name = "messaging"

    def ready(self):
        """Register what messaging has to tell."""
        from . import notifications  # noqa: F401
