"""The login pages where they differ from allauth's, and the account page."""

import time
from functools import wraps

from allauth.account import app_settings
from allauth.account import views as allauth
from allauth.account.adapter import get_adapter
from allauth.account.utils import passthrough_next_redirect_url
from allauth.core import ratelimit
from allauth.mfa.totp.views import activate_totp as allauth_activate_totp
from allauth.mfa.webauthn.views import LoginWebAuthnView, add_webauthn
from allauth.usersessions.views import ListUserSessionsView
from csp.constants import SELF
from csp.decorators import csp_update
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache

from . import devices, login, zones
from .allauth_internals import OpenWhileACodeIsPending, SentCode, send_login_code
from .forms import DetailsForm
from .models import AccessEvent, Notification, User
from .passwords import has_second_factor
from .text import masked

TYPED = "typed_email"  # in the session: what was typed to log in, and when (epoch seconds)
CODE_RESENT = "We sent you a new code. The old one no longer works."
CODE_SPENT = "That was the third wrong code, so it no longer works. Get a new one here."
PASSKEY_FAILED = "That didn’t work. Sign in with a code instead."


def keep_next(request, response):
    """The response, with `next` put back if allauth sends people to log in without it."""
    login_urls = (reverse("account_request_login_code"), reverse("account_login"))
    if response.status_code == 302 and response.url in login_urls:
        response["Location"] = passthrough_next_redirect_url(request, response.url, "next")
    return response


class PasswordView(OpenWhileACodeIsPending, allauth.LoginView):
    """Log in with a password."""


class PasskeyView(OpenWhileACodeIsPending, LoginWebAuthnView):
    """Log in with a passkey."""

    def form_invalid(self, form):
        messages.error(self.request, PASSKEY_FAILED)
        return keep_next(self.request, redirect("account_login"))


class LoginView(OpenWhileACodeIsPending, allauth.RequestLoginCodeView):
    def get_initial(self):
        """The email typed in the last ten minutes, so people can see and fix a typo."""
        typed = self.request.session.get(TYPED)
        is_late = typed and time.time() - typed["at"] > app_settings.LOGIN_BY_CODE_TIMEOUT
        return {} if not typed or is_late else {"email": typed["email"]}

    def form_valid(self, form):
        email = form.cleaned_data["email"]
        self.request.session[TYPED] = {"email": email, "at": time.time()}
        with transaction.atomic():  # one commit for new or known, so both take the same time
            send_login_code(self.request, user=login.known_or_new(email), email=email)
        return redirect(self.get_success_url())


class AsksForACode(SentCode):
    """Only a wrong code costs a try. What isn't six digits gets an error, but costs nothing."""

    def form_invalid(self, form):
        if not form.has_error("code"):
            return super().form_invalid(form)
        is_slip = form.has_error("code", "required")
        if is_slip or self.count_wrong_try():
            return self.render_to_response(self.get_context_data(form=form))
        messages.error(self.request, CODE_SPENT)
        known = self.request.user.is_authenticated
        return redirect("account_email" if known else "account_request_login_code")

    def form_valid(self, form):
        before = self.resent
        response = super().form_valid(form)
        if self.resent > before:
            messages.success(self.request, CODE_RESENT)
        return response


@method_decorator([never_cache, login_not_required], name="dispatch")
class EmailCodeView(AsksForACode, allauth.ConfirmEmailVerificationCodeView):
    """Take the code that proves an email."""


@method_decorator([never_cache, login_not_required], name="dispatch")
class CodeView(AsksForACode, allauth.ConfirmLoginCodeView):
    """Take the code. `next` is kept whatever happens."""

    def dispatch(self, request, *args, **kwargs):
        return keep_next(request, super().dispatch(request, *args, **kwargs))

    def get_context_data(self, **kwargs):
        """With the whole email if it was typed in this browser, so people can see a typo."""
        was_typed = self.sent_to == self.request.session.get(TYPED, {}).get("email")
        email = self.sent_to if was_typed else masked(self.sent_to)
        shown = {"email": email, "was_typed": was_typed}
        return super().get_context_data(**kwargs) | shown


@login_not_required
def sign_up(request):
    """Newcomers log in like everyone else."""
    login_url = reverse("account_request_login_code")
    return HttpResponseRedirect(passthrough_next_redirect_url(request, login_url, "next"))


@login_not_required
def log_out(request):
    """Ask first, then clear everything from the browser."""
    was_in = request.user.is_authenticated
    response = allauth.logout(request)
    if was_in and not request.user.is_authenticated:  # canceling a login keeps the held time
        response["Clear-Site-Data"] = '"cache", "cookies", "storage"'
        if response.get("Location") == reverse("start"):  # no message outlives the clearing
            response["Location"] += "?signed-out"
    return response


def after_a_fresh_code(view):
    """The view, for people who logged in recently; allauth asks others for a password or factor.

    People who only log in by code have neither, so we ask them for a new code.
    """

    @wraps(view)
    def guarded(request, *args, **kwargs):
        if login.recently_authenticated(request) or get_adapter().get_reauthentication_methods(
            request.user
        ):
            return view(request, *args, **kwargs)
        query = urlencode({"next": request.get_full_path()})
        return HttpResponseRedirect(f"{reverse('reauthenticate_by_code')}?{query}")

    return guarded


def reauthenticate_by_code(request):
    """Ask someone who is logged in for a new code, then go on to `next`."""
    email = request.user.email
    if request.method == "POST":
        if limited := ratelimit.consume_or_429(request, action="request_login_code", key=email):
            return limited
        logout(request)
        send_login_code(request, user=login.known_or_new(email), email=email)
        code_url = reverse("account_confirm_login_code")
        return HttpResponseRedirect(passthrough_next_redirect_url(request, code_url, "next"))
    return render(request, "accounts/reauthenticate.html", {"masked_email": masked(email)})


change_email = after_a_fresh_code(allauth.email)
set_password = after_a_fresh_code(allauth.password_set)
add_passkey = after_a_fresh_code(add_webauthn)

# The only page with an inline image: the QR code to scan.
activate_totp = csp_update({"img-src": [SELF, "data:"]})(after_a_fresh_code(allauth_activate_totp))


class SessionsView(ListUserSessionsView):
    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        for session in context["sessions"]:
            session.device = devices.words(session.user_agent)
        zone = zones.reader(self.request)
        return context | {"zone": zone, "zone_label": zones.label(zone)}


def account(request):
    """Who you are, how you sign in, and who looked at your record. A POST saves who you are."""
    posted = request.POST if request.method == "POST" else None
    form = DetailsForm(posted, user=request.user)
    if form.is_valid():
        User.objects.filter(pk=request.user.pk).update(**form.cleaned_data)
        request.session.pop(zones.CHOSEN, None)
        messages.success(request, "Your details are saved.")
        return redirect("account")
    trail = AccessEvent.objects.filter(subject=request.user).select_related("actor__provider")
    zone = zones.reader(request)
    failed = request.user.notifications.filter(state=Notification.State.FAILED)
    context = {
        "form": form,
        "failed": failed.order_by("-due_at").first(),
        "trail": trail.order_by("-at")[:20],
        "zone": zone,
        "zone_label": zones.label(zone),
        "has_second_factor": has_second_factor(request.user),
    }
    status = 400 if form.errors else 200
    return render(request, "accounts/account.html", context, status=status)
