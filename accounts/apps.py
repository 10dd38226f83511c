"""The app's configuration."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class AccountsConfig(AppConfig):
    name = "accounts"

    def ready(self):
        from . import notifications, outbox_hold, second_factor  # noqa: F401 (kinds, receivers)

        post_migrate.connect(outbox_hold.make, sender=self)
