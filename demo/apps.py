"""The app's configuration."""

from django.apps import AppConfig


class DemoConfig(AppConfig):
    """The demo app; it's installed only with DEMO=1."""

    name = "demo"
