"""The app configurations of the admin and of the site's own pages."""

from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig


class HeadwayAdminConfig(AdminConfig):
    """Replaces Django's admin site with ours, so apps register as usual."""

    default_site = "headway.admin_site.HeadwayAdminSite"


class HeadwayConfig(AppConfig):
    """The few pages that span several apps."""

    name = "headway"

    def ready(self):
        from . import checks  # noqa: F401  registers them
