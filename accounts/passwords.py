"""Which passwords are long enough. Their composition is nobody's business; length is."""

from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError

ALONE = 15
WITH_SECOND_FACTOR = 8
FACTORS = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]


def has_second_factor(user):
    """Whether the user must give a second factor to log in."""
    return is_mfa_enabled(user, types=FACTORS)


class LengthValidator:
    """Asks for 15 characters, or for 8 where a second factor stands beside the password."""

    def validate(self, password, user=None):
        protected = user and user.pk and has_second_factor(user)
        least = WITH_SECOND_FACTOR if protected else ALONE
        if len(password) < least:
            raise ValidationError(
                f"Use at least {least} characters. Four or five words in a row do well.",
                code="password_too_short",
            )

    def get_help_text(self):
        return (
            f"At least {ALONE} characters, or {WITH_SECOND_FACTOR} if you sign in with a second "
            "step as well. Several words in a row do well."
        )


class CommonValidator(CommonPasswordValidator):
    """Refuses what everybody uses, also when it is only said again and again."""

    def validate(self, password, user=None):
        unit = password[: (password + password).find(password, 1)]  # "abcabc" is "abc" twice
        if len(unit) < len(password) and len(unit) < WITH_SECOND_FACTOR:
            raise ValidationError(
                "This is one short piece over and over, which is quickly guessed. Mix it up.",
                code="password_repeats",
            )
        try:
            super().validate(unit, user)
        except ValidationError as error:
            raise ValidationError(
                "Many people use this password, so it is quickly guessed. Choose another.",
                code="password_too_common",
            ) from error

    def get_help_text(self):
        return ""
