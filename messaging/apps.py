"""The app's configuration."""

from django.apps import AppConfig


class MessagingConfig(AppConfig):
    """What Django needs to know about this app."""

    name = "messaging"
