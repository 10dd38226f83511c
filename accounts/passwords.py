"""Which passwords are long enough. Their composition is nobody's business; length is."""

from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
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
