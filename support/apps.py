"""The app's configuration."""

from django.apps import AppConfig


class SupportConfig(AppConfig):
    """What Django needs to know about this app."""

    name = "support"
