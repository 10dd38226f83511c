"""Which passwords are good enough: long, and not a common one. Anything else is up to you."""

from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError

ALONE = 15
WITH_SECOND_FACTOR = 8
FACTORS = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]


def has_second_factor(user):
    """Whether the user needs a second factor to log in."""
    return is_mfa_enabled(user, types=FACTORS)


class LengthValidator:
    """Asks for 15 characters, or for 8 if the user also has a second factor."""

    def validate(self, password, user=None):
        protected = user and user.pk and has_second_factor(user)
        least = WITH_SECOND_FACTOR if protected else ALONE
        if len(password) < least:
            raise ValidationError(
                f"Use at least {least} characters. Four or five words in a row work well.",
                code="password_too_short",
            )

    def get_help_text(self):
        return (
            f"At least {ALONE} characters, or {WITH_SECOND_FACTOR} if you also sign in with a "
            "second step. Several words in a row work well."
        )


class CommonValidator(CommonPasswordValidator):
    """Refuses common passwords, even ones repeated several times."""

    def validate(self, password, user=None):
        unit = password[: (password + password).find(password, 1)]  # "abcabc" is "abc" twice
        if len(unit) < len(password) and len(unit) < WITH_SECOND_FACTOR:
            raise ValidationError(
                "This repeats one short piece, so it’s easy to guess. Mix it up.",
                code="password_repeats",
            )
        try:
            super().validate(unit, user)
        except ValidationError as error:
            raise ValidationError(
                "Many people use this password, so it’s easy to guess. Choose another one.",
                code="password_too_common",
            ) from error

    def get_help_text(self):
        return ""
