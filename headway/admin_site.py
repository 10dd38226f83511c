"""The admin site: only for staff, behind the site's log-in and the second factor."""

from allauth.account.decorators import secure_admin_login
from django.conf import settings
from django.contrib.admin import AdminSite
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect
from django.utils.decorators import method_decorator

from accounts import second_factor


class HeadwayAdminSite(AdminSite):
    """Django's admin under our name."""

    site_header = site_title = "Headway support"
    index_title = "What is there to do"

    def has_permission(self, request):
        """Active staff whose session passed the second factor; the demo has none."""
        return super().has_permission(request) and (settings.DEMO or second_factor.passed(request))

    @method_decorator([login_not_required, secure_admin_login])
    def login(self, request, extra_context=None):
        """No second log-in: the signed-out are sent to the site's own, others on or away."""
        if not self.has_permission(request):
            raise PermissionDenied
        return redirect("admin:index")
