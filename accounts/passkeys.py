"""Forms that take what a passkey or security key said, which may be any nonsense."""

import struct
from contextlib import contextmanager

from allauth.mfa.adapter import get_adapter
from allauth.mfa.webauthn.forms import (
    AddWebAuthnForm,
    AuthenticateWebAuthnForm,
    LoginWebAuthnForm,
    ReauthenticateWebAuthnForm,
)
from django import forms

# What parsing raises over bytes that no device would send.
NONSENSE = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    RecursionError,
    TypeError,
    ValueError,
    struct.error,
)


@contextmanager
def nonsense_refused():
    """Answer nonsense as a wrong code is answered: allauth lets most of it through as an error."""
    try:
        yield
    except NONSENSE as error:
        raise get_adapter().validation_error("incorrect_code") from error


class CredentialField(forms.JSONField):
    """The device's answer, a JSON object. It is good once, so no page shows it again."""

    widget = forms.HiddenInput

    def to_python(self, value):
        with nonsense_refused():
            data = super().to_python(value)
            if not isinstance(data, dict) or "\\u" in value:  # no browser escapes anything in it
                raise ValueError
        return data

    def bound_data(self, data, initial):
        return ""

    def prepare_value(self, value):
        return ""


class TakesACredential:
    """For the forms with which somebody shows that they hold a passkey."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["credential"] = CredentialField()

    def clean_credential(self):
        with nonsense_refused():
            return super().clean_credential()


class LoginForm(TakesACredential, LoginWebAuthnForm):
    """Log in with a passkey alone."""


class AuthenticateForm(TakesACredential, AuthenticateWebAuthnForm):
    """The second step of a log-in."""


class ReauthenticateForm(TakesACredential, ReauthenticateWebAuthnForm):
    """Once more, before something that matters."""


class AddForm(AddWebAuthnForm):
    """Adds a passkey, or a security key that stands beside a password or a code."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["credential"] = CredentialField()
        self.fields["name"].help_text = "So that you know it again."
        self.fields["passwordless"].label = "Let me sign in with it alone"
        self.fields["passwordless"].help_text = (
            "Your device then asks for your fingerprint, face or PIN. Without this it is a second "
            "step after your code or password."
        )

    def clean(self):
        with nonsense_refused():
            return super().clean()
