"""The door's pages where they differ from allauth's, and one's own account."""

from allauth.account import views as allauth
from allauth.account.internal.decorators import login_not_required
from allauth.account.stages import LoginByCodeStage
from allauth.account.utils import passthrough_next_redirect_url
from allauth.mfa.totp.views import activate_totp as allauth_activate_totp
from allauth.mfa.webauthn.views import LoginWebAuthnView
from csp.constants import SELF
from csp.decorators import csp_update
from django.db import transaction
from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from . import door, zones
from .models import AccessEvent
from .passwords import has_second_factor
from .text import masked


def keep_next(request, response):
    """The response, with `next` put back where allauth sends people to the door without it."""
    doors = (reverse("account_request_login_code"), reverse("account_login"))
    if response.status_code == 302 and response.url in doors:
        response["Location"] = passthrough_next_redirect_url(request, response.url, "next")
    return response


class OpenWhileACodeIsPending:
    """Who waits for a code may still correct the email, or come in by another way."""

    def _redirect_to_pending_stage(self, request, stage):
        if stage.key == LoginByCodeStage.key:
            return None
        return super()._redirect_to_pending_stage(request, stage)


class PasswordView(OpenWhileACodeIsPending, allauth.LoginView):
    """Log in with a password."""


class PasskeyView(OpenWhileACodeIsPending, LoginWebAuthnView):
    """Log in with a passkey."""

    def form_invalid(self, form):
        return keep_next(self.request, super().form_invalid(form))


class DoorView(OpenWhileACodeIsPending, allauth.RequestLoginCodeView):
    """Ask for an email and send a code to it."""

    def form_valid(self, form):
        with transaction.atomic():  # one commit for new and known, so that neither takes longer
            form._user = door.known_or_new(form.cleaned_data["email"])
            return super().form_valid(form)


@method_decorator([never_cache, login_not_required], name="dispatch")
class CodeView(allauth.ConfirmLoginCodeView):
    """Take the code; whatever happens, `next` stays."""

    def dispatch(self, request, *args, **kwargs):
        return keep_next(request, super().dispatch(request, *args, **kwargs))

    def get_context_data(self, **kwargs):
        address = masked(self._process.state["email"])
        return super().get_context_data(**kwargs) | {"masked_email": address}


@login_not_required
def sign_up(request):
    """There is no separate way in for newcomers."""
    door_url = reverse("account_request_login_code")
    return HttpResponseRedirect(passthrough_next_redirect_url(request, door_url, "next"))


@login_not_required
def log_out(request):
    """Ask, then leave nothing behind in the browser."""
    was_in = request.user.is_authenticated
    response = allauth.logout(request)
    if was_in and not request.user.is_authenticated:  # else it ended a log-in: a held time stays
        response["Clear-Site-Data"] = '"cache", "cookies", "storage"'
    return response


# The one page with a picture made on the spot: the code to scan.
activate_totp = csp_update({"img-src": [SELF, "data:"]})(allauth_activate_totp)


@require_safe
def account(request):
    """Who you are, how you sign in, and who looked at your record."""
    trail = AccessEvent.objects.filter(subject=request.user).select_related("actor__provider")
    zone = zones.reader(request)
    context = {
        "trail": trail.order_by("-at")[:20],
        "zone": zone,
        "zone_label": zones.label(zone),
        "has_second_factor": has_second_factor(request.user),
    }
    return render(request, "accounts/account.html", context)
