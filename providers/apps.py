"""The app's configuration."""

from django.apps import AppConfig
from django.apps import apps as installed
from django.db.models.signals import post_migrate


class ProvidersConfig(AppConfig):
    """What Django needs to know about this app."""

    name = "providers"

    def ready(self):
        post_migrate.connect(load_vocabulary, sender=self)


def load_vocabulary(sender, *, apps=installed, **kwargs):
    """After a migrate the terms are there, and after a flush, which sends no `apps`."""
    from . import vocabulary  # models are not loaded yet when this file is

    try:
        apps.get_model("providers", "Plan")
    except LookupError:  # migrated back to nothing
        return
    vocabulary.load(apps)
