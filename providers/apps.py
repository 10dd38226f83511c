"""The app's configuration."""

from django.apps import AppConfig
from django.apps import apps as installed
from django.db.models.signals import post_migrate


class ProvidersConfig(AppConfig):
    name = "providers"

    def ready(self):
        post_migrate.connect(load_vocabulary, sender=self)


def load_vocabulary(sender, *, apps=installed, **kwargs):
    """Loads the terms after a migrate, and after a flush, which sends no `apps`."""
    from . import vocabulary  # models aren't loaded yet when this file is

    try:
        apps.get_model("providers", "Plan")
    except LookupError:  # migrated back to nothing
        return
    vocabulary.load(apps)
