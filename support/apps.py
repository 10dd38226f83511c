"""The app's configuration."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class SupportConfig(AppConfig):
    name = "support"

    def ready(self):
        """Register our mail; have migrate make the team and the articles."""
        from . import articles, notifications, roles  # noqa: F401

        post_migrate.connect(roles.make, sender=self)
        post_migrate.connect(articles.make, sender=self)
