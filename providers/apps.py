"""The app's configuration."""

from django.apps import AppConfig


class ProvidersConfig(AppConfig):
    """What Django needs to know about this app."""

    name = "providers"
