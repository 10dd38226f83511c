"""The app's configuration."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"

    def ready(self):
        from . import notifications, second_factor  # noqa: F401 (registers kinds and receivers)
