"""The codes of a second factor: however pasted, with a limit on wrong ones, and never twice."""

import re

from allauth.mfa.adapter import get_adapter
from allauth.mfa.base import forms
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from django.core.exceptions import ValidationError

from . import second_factor
from .limits import SECOND_FACTOR_TRIES, USED_STEPS, TooMany
from .plain import plain


class PlainCode:
    """Digits of any script; apps show a code with a space in it."""

    def clean_code(self):
        self.cleaned_data["code"] = re.sub(r"[\W_]", "", plain(self.cleaned_data["code"]))
        return super().clean_code()


def use_step(user, code):
    """An app's code is accepted; raise ValidationError if it was before."""
    if USED_STEPS.count(user.pk, code)[0] > USED_STEPS.allowed:
        raise get_adapter().validation_error("incorrect_code")


class LimitedTries(PlainCode):
    """Wrong codes are counted by account, wherever they come from."""

    def clean_code(self):
        try:
            SECOND_FACTOR_TRIES.charge(self.user.pk)
        except TooMany as no:
            raise no.as_error() from no
        code = self._checked()
        if self.authenticator.type == Authenticator.Type.TOTP:
            use_step(self.user, code)
        SECOND_FACTOR_TRIES.give_back(self.user.pk)
        return code

    def _checked(self):
        try:
            return super().clean_code()
        except ValidationError as no:
            apps = Authenticator.objects.filter(user=self.user, type=Authenticator.Type.TOTP)
            if no.code == "incorrect_code" and any(map(second_factor.is_lost, apps)):
                raise get_adapter().validation_error("secret_lost") from no
            raise


class AuthenticateForm(LimitedTries, forms.AuthenticateForm):
    """The second step of a login."""


class ReauthenticateForm(LimitedTries, forms.ReauthenticateForm):
    """Again, before something that matters."""


class ActivateForm(PlainCode, ActivateTOTPForm):
    """The first code of a new app."""

    def clean_code(self):
        code = super().clean_code()
        use_step(self.user, code)
        return code
