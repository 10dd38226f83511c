"""The login pages where they differ from allauth's, and the account page."""

import time
from functools import wraps

from allauth.account import app_settings
from allauth.account import views as allauth
from allauth.account.adapter import get_adapter
from allauth.account.decorators import reauthentication_required
from allauth.account.utils import passthrough_next_redirect_url
from allauth.mfa.adapter import get_adapter as mfa_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.views import download_recovery_codes, view_recovery_codes
from allauth.mfa.totp.views import ActivateTOTPView, deactivate_totp
from allauth.mfa.webauthn.views import LoginWebAuthnView, RemoveWebAuthnView, add_webauthn
from allauth.usersessions.views import ListUserSessionsView
from csp.constants import SELF
from csp.decorators import csp_update
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import NON_FIELD_ERRORS
from django.db import transaction
from django.http import HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache

from . import devices, known_devices, limits, login, second_factor, sign_in_links, zones
from .access import address_block
from .allauth_internals import OpenWhileACodeIsPending, SentCode, send_login_code, sign_in
from .forms import DetailsForm
from .limits import CODE_TRIES, TOO_MANY, TooMany
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


def with_limits(form_valid):
    """For forms that mail someone: a limit is an error on the form, which keeps what was typed."""

    @wraps(form_valid)
    def limited(self, form):
        try:
            return form_valid(self, form)
        except TooMany as no:
            form.add_error("email" if "email" in form.fields else None, no.message)
            return self.render_to_response(self.get_context_data(form=form), status=no.status)

    return limited


class PasswordView(OpenWhileACodeIsPending, allauth.LoginView):
    """Log in with a password, which mails a code to an email that isn't proven yet."""

    form_valid = with_limits(allauth.LoginView.form_valid)

    def form_invalid(self, form):
        status = 429 if form.has_error(NON_FIELD_ERRORS, TOO_MANY) else 200
        return self.render_to_response(self.get_context_data(form=form), status=status)


class PasswordResetView(allauth.PasswordResetView):
    """Mail a link for a new password."""

    form_valid = with_limits(allauth.PasswordResetView.form_valid)


class EmailView(allauth.EmailView):
    """Change your email: mails a code to the new one."""

    form_valid = with_limits(allauth.EmailView.form_valid)


class PasskeyView(OpenWhileACodeIsPending, LoginWebAuthnView):
    """Log in with a passkey."""

    def post(self, request, *args, **kwargs):
        limits.PASSKEYS_BY_ADDRESS.charge(address_block(request))
        return super().post(request, *args, **kwargs)

    def form_invalid(self, form):
        messages.error(self.request, PASSKEY_FAILED)
        return keep_next(self.request, redirect("account_login"))


class LoginView(OpenWhileACodeIsPending, allauth.RequestLoginCodeView):
    def get_initial(self):
        """The email typed in the last ten minutes, so people can see and fix a typo."""
        typed = self.request.session.get(TYPED)
        is_late = typed and time.time() - typed["at"] > app_settings.LOGIN_BY_CODE_TIMEOUT
        return {} if not typed or is_late else {"email": typed["email"]}

    @with_limits
    def form_valid(self, form):
        email = form.cleaned_data["email"]
        self.request.session[TYPED] = {"email": email, "at": time.time()}
        limits.sign_in_code(self.request, email)
        with transaction.atomic():  # one commit for new or known, so both take the same time
            send_login_code(self.request, user=login.known_or_new(email), email=email)
        return redirect(self.get_success_url())


class AsksForACode(SentCode):
    """A code takes three tries, right or wrong. What isn't six digits gets an error for free."""

    def form_invalid(self, form):
        is_try = form.has_error("code") and not form.has_error("code", "required")
        if is_try and self.count_try() >= CODE_TRIES.allowed:
            return self.spent()
        return self.render_to_response(self.get_context_data(form=form))

    def form_valid(self, form):
        if not self.wants_another:
            over = self.count_try() > CODE_TRIES.allowed
            return self.spent() if over else super().form_valid(form)
        try:
            self.count_code()
            response = super().form_valid(form)
        except TooMany as no:
            messages.error(self.request, no.message)
            return redirect(self.request.get_full_path())
        messages.success(self.request, CODE_RESENT)
        return response

    def count_code(self):
        """Count the new code, or raise TooMany; here the mail counts itself."""

    def spent(self):
        self.give_up()
        messages.error(self.request, CODE_SPENT)
        known = self.request.user.is_authenticated
        return redirect("account_email" if known else "account_request_login_code")


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

    def count_code(self):
        limits.sign_in_code(self.request, self.sent_to)


@login_not_required
@never_cache
def sign_in_by_link(request, token):
    """Sign in with the link of the last mail for now; opening it changes nothing."""
    email = sign_in_links.email_of(token)
    user = email and request.method == "POST" and login.known_or_new(email)
    if user:
        if request.user.is_authenticated:
            logout(request)
        return sign_in(request, user=user, email=email, next_url=reverse("home"))
    context = {"email": email and masked(email)}
    return render(request, "accounts/sign_in_by_link.html", context, status=200 if email else 404)


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
        response["Clear-Site-Data"] = '"cache", "storage"'  # the cookie of a known device stays
        response.delete_cookie(settings.SESSION_COOKIE_NAME)
        response.delete_cookie(settings.CSRF_COOKIE_NAME)
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
        limits.sign_in_code(request, email)
        logout(request)
        send_login_code(request, user=login.known_or_new(email), email=email)
        code_url = reverse("account_confirm_login_code")
        return HttpResponseRedirect(passthrough_next_redirect_url(request, code_url, "next"))
    return render(request, "accounts/reauthenticate.html", {"masked_email": masked(email)})


change_email = after_a_fresh_code(EmailView.as_view())
set_password = after_a_fresh_code(allauth.password_set)
add_passkey = after_a_fresh_code(add_webauthn)


def one_at_a_time(view):
    """The view, with the user's row locked, so that two removals at once can't leave no factor."""

    @wraps(view)
    def locked(request, *args, **kwargs):
        with transaction.atomic():
            User.objects.select_for_update(no_key=True).get(pk=request.user.pk)
            return view(request, *args, **kwargs)

    return locked


class RemovePasskeyView(RemoveWebAuthnView):
    def dispatch(self, request, *args, **kwargs):
        authenticator = self.get_object()
        if mfa_adapter().can_delete_authenticator(authenticator):
            return super().dispatch(request, *args, **kwargs)
        messages.error(request, mfa_adapter().error_messages["cannot_delete_authenticator"])
        return redirect("mfa_list_webauthn")


@method_decorator(reauthentication_required(app="allauth.mfa"), name="dispatch")
class ActivateAppView(ActivateTOTPView):
    """Set up an authenticator app, instead of the last one if there is one."""

    def dispatch(self, request, *args, **kwargs):
        return super(ActivateTOTPView, self).dispatch(request, *args, **kwargs)

    def form_valid(self, form):
        with transaction.atomic():
            Authenticator.objects.filter(
                user=self.request.user, type=Authenticator.Type.TOTP
            ).delete()
            return super().form_valid(form)


remove_totp = one_at_a_time(deactivate_totp)
remove_passkey = one_at_a_time(RemovePasskeyView.as_view())
# The only page with an inline image: the QR code to scan.
activate_totp = csp_update({"img-src": [SELF, "data:"]})(
    after_a_fresh_code(ActivateAppView.as_view())
)


def unless_lost(view):
    """The view of recovery codes; but on to new ones if no key decrypts these."""

    @wraps(view)
    def shown(request):
        codes = Authenticator.objects.filter(
            user=request.user, type=Authenticator.Type.RECOVERY_CODES
        )
        if any(map(second_factor.is_lost, codes)):
            messages.error(request, "We can’t show your recovery codes anymore. Make new ones.")
            return redirect("mfa_generate_recovery_codes")
        return view(request)

    return shown


see_recovery_codes = unless_lost(view_recovery_codes)
save_recovery_codes = unless_lost(download_recovery_codes)


class SessionsView(ListUserSessionsView):
    def post(self, request, *args, **kwargs):
        if "forget" not in request.POST:
            return super().post(request, *args, **kwargs)
        messages.success(request, "We’ll treat this as a new device the next time you sign in.")
        response = redirect("usersessions_list")
        known_devices.forget(request, response, request.user.email)
        return response

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        for session in context["sessions"]:
            session.device = devices.words(session.user_agent)
        zone = zones.reader(self.request)
        known = known_devices.device_of(self.request, self.request.user.email)
        return context | {"zone": zone, "zone_label": zones.label(zone), "known": known}


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
