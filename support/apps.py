"""The app's configuration."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class SupportConfig(AppConfig):
    """What Django needs to know about this app."""

    name = "support"

    def ready(self):
        """Register what support has to tell; let migrate make its team and its articles."""
        from . import articles, notifications, roles  # noqa: F401

        post_migrate.connect(roles.make, sender=self)
        post_migrate.connect(articles.make, sender=self)
