"""Login: an email, then a code, the same for everyone; and how we set up allauth."""

import json
import re
import time
import uuid
from datetime import timedelta
from urllib.parse import urljoin, urlsplit

from allauth.account import app_settings
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from allauth.account.forms import (
    AddEmailForm,
    ChangeEmailForm,
    ConfirmEmailVerificationCodeForm,
    ConfirmLoginCodeForm,
    LoginForm,
    RequestLoginCodeForm,
    ResetPasswordForm,
)
from allauth.account.models import EmailAddress
from allauth.account.signals import password_reset
from allauth.core import context as allauth
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import generate_totp_secret
from cryptography.fernet import InvalidToken
from django import forms
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.dispatch import receiver
from django.urls import reverse
from django.utils import timezone

from . import known_devices, limits, outbox, second_factor
from .fields import decrypt, encrypt
from .models import User
from .plain import plain
from .text import EmailField

CODE_LIVES = timedelta(seconds=settings.ACCOUNT_LOGIN_BY_CODE_TIMEOUT)
LINK_LIVES = timedelta(seconds=settings.PASSWORD_RESET_TIMEOUT)
BY_STRANGERS = {  # the mails that someone can cause without proving that the address is theirs
    "login_code",
    "email_confirmation",
    "email_confirmation_signup",
    "password_reset_key",
    "unknown_account",
    "account_already_exists",
}
SIX_DIGITS = "Enter the six digits from the email."


def known_or_new(email):
    """The active user with that email (in lower case); if there is none, make one, unverified.

    None for someone whose account is closed. A repeat, even at the same time, finds the same user.
    """
    user = User.objects.filter(email=email).first() or _new(email)
    if not user.is_active:
        return None
    EmailAddress.objects.get_or_create(user=user, email=email, defaults={"primary": True})
    if user.last_login is None:  # their day starts now: see User.objects.unfinished
        User.objects.filter(pk=user.pk).update(date_joined=timezone.now())
    return user


def _new(email):
    try:
        with transaction.atomic():
            return User.objects.create(email=email, password=make_password(None))
    except IntegrityError:  # another tab was faster
        return User.objects.get(email=email)


class EmailForm(RequestLoginCodeForm):
    """The one question on the login page."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["email"] = EmailField(
            label="Your email",
            max_length=254,
            help_text="Whether you’re new or not, we’ll send you a six-digit code. You don’t need "
            "a password.",
            error_messages={
                "required": "Enter your email.",
            },
            widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        )


class SixDigits:
    """The field for an emailed code."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        field = self.fields["code"]
        field.error_messages["required"] = SIX_DIGITS
        field.help_text = "You can paste it. Nobody from Headway will ever ask you for it."
        field.widget = forms.TextInput(
            attrs={
                "class": "code-input",
                "inputmode": "numeric",
                "autocomplete": "one-time-code",
                "spellcheck": "false",
            }
        )

    def clean_code(self):
        """Six digits, without copied spaces or dashes; what can't be a code counts as empty."""
        digits = re.sub(r"[\W_]", "", plain(self.cleaned_data["code"]))
        if not re.fullmatch("[0-9]{6}", digits):
            raise ValidationError(SIX_DIGITS, code="required")
        self.cleaned_data["code"] = digits
        return super().clean_code()


class CodeForm(SixDigits, ConfirmLoginCodeForm):
    """The code that logs someone in."""


class EmailCodeForm(SixDigits, ConfirmEmailVerificationCodeForm):
    """The code that proves an email."""


class PasswordForm(LoginForm):
    """For people who set a password."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        widget = self.fields["login"].widget
        self.fields["login"] = EmailField(label="Your email", widget=widget)
        self.fields["password"].help_text = ""
        for field in self.fields.values():
            field.widget.attrs.pop("placeholder", None)


class NewEmailForm(AddEmailForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        widget = forms.EmailInput(attrs={"autocomplete": "email"})
        self.fields["email"] = EmailField(label="New email", widget=widget)


class CorrectEmailForm(ChangeEmailForm):
    """A new email, corrected before its code came."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["email"] = EmailField(widget=self.fields["email"].widget)


class PasswordResetForm(ResetPasswordForm):
    """Where to mail a link for a new password."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["email"] = EmailField(widget=self.fields["email"].widget)


def recently_authenticated(request):
    """Whether they logged in, any way, within REAUTHENTICATION_TIMEOUT."""
    records = get_authentication_records(request, request.user)
    latest = max((record["at"] for record in records), default=0)
    return time.time() - latest < app_settings.REAUTHENTICATION_TIMEOUT


class Adapter(DefaultAccountAdapter):
    """allauth with our own error messages, and with mail through the outbox."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": (
            "This email and password don’t match. Check both, or sign in with a code."
        ),
        "incorrect_code": (
            "That code isn’t right. Check the digits, and use the last one you asked for here."
        ),
        "incorrect_password": "That isn’t your password. Try again.",
        "email_taken": "Another account uses this email. Choose a different one.",
        "duplicate_email": "This is already your email.",
        "same_as_current": "This is already your email.",
    }

    def authenticate(self, request, **credentials):
        """The user, if the email and password match, or None; raises TooMany as a form's error."""
        email = credentials["email"].lower()
        try:
            take_back = limits.password_try(request, email)
        except limits.TooMany as no:
            raise no.as_error() from no
        user = super().authenticate(request, **credentials)
        if user:
            take_back()
        return user

    def post_login(self, request, user, **kwargs):
        response = super().post_login(request, user, **kwargs)
        known_devices.remember(request, response, user.email)
        return response

    def send_mail(self, template_prefix, email, context):
        """Owe the mail. We keep only the plain values; codes and links expire.

        Raises TooMany for mail that strangers can cause, if there's been too much of it.
        """
        plain = {
            name: value
            for name, value in context.items()
            if isinstance(value, str | int) and name != "request"
        }
        is_strange = template_prefix.rpartition("/")[2] in BY_STRANGERS
        lives = CODE_LIVES if "code" in plain else LINK_LIVES if "key" in plain else None
        outbox.enqueue(
            "accounts.mail",
            event=uuid.uuid4(),
            to=email,
            secret=json.dumps({"template": template_prefix, "context": plain}),
            expires_at=timezone.now() + lives if lives else None,
            sign_in_until=limits.mail_to_stranger(allauth.request, email) if is_strange else None,
        )

    def is_reauthentication_required(self, *, app, **kwargs):
        """Not for someone who just logged in, whether by password or by code."""
        asked = super().is_reauthentication_required(app=app, **kwargs)
        return asked and not recently_authenticated(allauth.request)

    def get_reset_password_from_key_url(self, key):
        """On our own site, whatever host the request named."""
        path = urlsplit(super().get_reset_password_from_key_url(key)).path
        return urljoin(settings.SITE_URL, path)

    def get_password_change_redirect_url(self, request):
        return reverse("account")


class MFAAdapter(DefaultMFAAdapter):
    """Second factors, with their secrets encrypted and everyday names."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "cannot_delete_authenticator": (
            "You can see other people’s records, so signing in takes two steps. Add another second "
            "step before you remove this one."
        ),
        "secret_lost": (
            "We can’t check the codes of your app anymore. Please contact our support team."
        ),
    }

    def can_delete_authenticator(self, authenticator):
        return not second_factor.is_last(authenticator)

    def encrypt(self, text):
        return encrypt(text)

    def decrypt(self, encrypted_text):
        """What no key decrypts becomes a secret that nobody knows, so that no code fits it."""
        try:
            return decrypt(encrypted_text)
        except InvalidToken:
            return generate_totp_secret()

    def get_public_key_credential_rp_entity(self):
        return {"id": allauth.request.get_host().partition(":")[0], "name": "Headway"}

    def generate_authenticator_name(self, user, type):
        count = Authenticator.objects.filter(user=user, type=type).count()
        return "My passkey" if not count else f"Passkey {count + 1}"


def display(user):
    """A passkey's label on the person's own device (ACCOUNT_USER_DISPLAY)."""
    return user.full_name or user.email


@receiver(password_reset)
def prove_email(request, user, **kwargs):
    """Whoever set a password by the mailed link reads that mailbox, so they need no code."""
    EmailAddress.objects.filter(user=user, email=user.email).update(verified=True)
