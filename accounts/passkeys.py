"""Forms that take the answer of a passkey or security key, which could be garbage."""

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

# What parsing raises for bytes that no device would send.
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
    """Treat garbage like a wrong code: allauth would let most of it through as an error 500."""
    try:
        yield
    except NONSENSE as error:
        raise get_adapter().validation_error("incorrect_code") from error


class CredentialField(forms.JSONField):
    """The device's answer, a JSON object. It works once, so no page shows it again."""

    widget = forms.HiddenInput

    def to_python(self, value):
        with nonsense_refused():
            data = super().to_python(value)
            if not isinstance(data, dict) or "\\u" in value:  # no browser sends escapes
                raise ValueError
        return data

    def bound_data(self, data, initial):
        return ""

    def prepare_value(self, value):
        return ""


class TakesACredential:
    """For forms that ask for a passkey."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["credential"] = CredentialField()

    def clean_credential(self):
        with nonsense_refused():
            return super().clean_credential()


class LoginForm(TakesACredential, LoginWebAuthnForm):
    """Log in with just a passkey."""


class AuthenticateForm(TakesACredential, AuthenticateWebAuthnForm):
    """The second step of a login."""


class ReauthenticateForm(TakesACredential, ReauthenticateWebAuthnForm):
    """Again, before something that matters."""


class AddForm(AddWebAuthnForm):
    """Adds a passkey, or a security key for the second step."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["credential"] = CredentialField()
        self.fields["name"].help_text = "So you can tell your passkeys apart."
        self.fields["passwordless"].label = "Let me sign in with just this"
        self.fields["passwordless"].help_text = (
            "Your device will ask for your fingerprint, face or PIN. If you leave this off, it’s a "
            "second step after your code or password."
        )

    def clean(self):
        with nonsense_refused():
            return super().clean()
