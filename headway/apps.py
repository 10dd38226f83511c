"""The configurations of the admin and of the site's own pages."""

from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig


class HeadwayAdminConfig(AdminConfig):
    """Puts our admin site where Django's stands, so that apps register as ever."""

    default_site = "headway.admin_site.HeadwayAdminSite"


class HeadwayConfig(AppConfig):
    """The few pages that span all apps."""

    name = "headway"

    def ready(self):
        from . import checks  # noqa: F401  registers them
