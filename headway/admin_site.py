"""The admin site: for staff only, behind the site's login and the second factor."""

from allauth.account.decorators import secure_admin_login
from django.conf import settings
from django.contrib.admin import AdminSite
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect
from django.utils.decorators import method_decorator

from accounts import second_factor


class HeadwayAdminSite(AdminSite):
    """Django's admin with our name and our login."""

    site_header = site_title = "Headway support"
    index_title = "What’s there to do"

    def has_permission(self, request):
        """Active staff whose session passed the second factor; the demo has none."""
        return super().has_permission(request) and (settings.DEMO or second_factor.passed(request))

    def password_change(self, request, extra_context=None):
        """No form of its own: the site's has our rules for passwords."""
        return redirect("account_change_password")

    @method_decorator([login_not_required, secure_admin_login])
    def login(self, request, extra_context=None):
        """No login page of its own: signed-out people go to the site's, others on or away."""
        if not self.has_permission(request):
            raise PermissionDenied
        return redirect("admin:index")
