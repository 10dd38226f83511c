"""The app's configuration."""

from django.apps import AppConfig


class DemoConfig(AppConfig):
    """What Django needs to know about this app, which is installed only where DEMO=1."""

    name = "demo"
