"""Mail about signing in: codes, and changes to one's account."""

import json

from . import outbox
from .models import User

CODE = ("Your code for Headway", "code", "")
ADDRESS = ("Confirm your email for Headway", "address", "")
SIGN_IN = ("Signing in at Headway", "sign_in", "")
LINK = ("A new password for Headway", "password_link", "")


def _changed(sentence):
    return ("A change to your account", "changed", sentence)


# By the last part of allauth's template prefix: our subject, our template, what changed.
MAILS = {
    "login_code": CODE,
    "email_confirmation": ADDRESS,
    "email_confirmation_signup": ADDRESS,
    "password_reset_code": CODE,
    "unknown_account": SIGN_IN,
    "account_already_exists": SIGN_IN,
    "password_reset_key": LINK,
    "password_set": _changed("A password was set."),
    "password_changed": _changed("Your password was changed."),
    "password_reset": _changed("Your password was replaced by a new one."),
    "email_changed": _changed("The email address of your account was changed."),
    "email_deleted": _changed("An email address was removed from your account."),
    "totp_activated": _changed("An authenticator app was added."),
    "totp_deactivated": _changed("Your authenticator app was removed."),
    "webauthn_added": _changed("A passkey or security key was added."),
    "webauthn_removed": _changed("A passkey or security key was removed."),
    "recovery_codes_generated": _changed("New recovery codes were made. The old ones are void."),
}


@outbox.kind("accounts.mail")
def mail(notification):
    """One of allauth's mails; the secret is JSON: the template's prefix and its plain context."""
    data = json.loads(notification.secret)
    subject, template, change = MAILS[data["template"].rpartition("/")[2]]
    user = User.objects.filter(email__iexact=notification.address).first()
    return outbox.Mail(
        subject=subject,
        template=f"accounts/mail/{template}",
        context={
            **data["context"],
            "change": change,
            "at": notification.created_at,
            "time_zone": (user and user.time_zone) or "UTC",
        },
    )
