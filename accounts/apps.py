"""The app's configuration."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """What Django needs to know about this app."""

    name = "accounts"

    def ready(self):
        from . import notifications, second_factor  # noqa: F401  register kinds and receivers
