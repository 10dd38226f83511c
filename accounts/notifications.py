"""Mail about signing in: codes, and changes to your account."""

import json
from dataclasses import replace

from django.urls import reverse_lazy
from django.utils.dateformat import format

from .outbox import Mail, kind
from .rendering import local_time

ENTER_IT = "Enter it on the page where you asked for it. It works for 10 minutes."
CODE = Mail(
    subject="Your code for Headway",
    note=ENTER_IT,
    caution="You didn’t ask for a code? Someone probably typed your email by mistake. You can "
    "ignore this: nobody gets in without the code.",
)
ADDRESS = Mail(
    subject="Confirm your email for Headway",
    lead="Someone, perhaps you, wants to use this email for a Headway account. This code adds it:",
    note=ENTER_IT,
    caution="You didn’t ask for this? You can ignore it: your email isn’t added without the code.",
)
SIGN_IN = Mail(
    subject="Signing in to Headway",
    lead="Someone, perhaps you, asked to sign in to Headway with this email. You don’t need a "
    "password: enter your email, and we’ll send you a code.",
    button="Get a code",
    link=reverse_lazy("account_request_login_code"),
    caution="It wasn’t you? You can ignore this.",
)
LINK = Mail(
    subject="A new password for Headway",
    lead="You asked for a new password. Choose it on this page.",
    button="Choose a password",
    caution="You didn’t ask? You can ignore this: your password stays the same.",
)


def _changed(sentence):
    return Mail(
        subject="A change to your account",
        lead=sentence,
        note="If that was you, you’re all set. If it wasn’t, tell us right away.",
        button="Contact us",
        link="/contact/",
    )


# By the last part of allauth's template prefix.
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
    "password_reset": _changed("Your password was reset."),
    "email_changed": _changed("The email of your account was changed."),
    "email_deleted": _changed("An email was removed from your account."),
    "totp_activated": _changed("An authenticator app was added."),
    "totp_deactivated": _changed("Your authenticator app was removed."),
    "webauthn_added": _changed("A passkey or security key was added."),
    "webauthn_removed": _changed("A passkey or security key was removed."),
    "recovery_codes_generated": _changed("New recovery codes were made. The old ones don’t work."),
}


@kind("accounts.mail", once=True)
def mail(notification):
    """One of allauth's mails; the secret is JSON: the template's prefix and its plain context."""
    data = json.loads(notification.secret)
    words, context = MAILS[data["template"].rpartition("/")[2]], data["context"]
    if words in (CODE, ADDRESS):
        return replace(words, code=context["code"])
    if words is LINK:
        return replace(words, link=context["password_reset_url"])
    return words if words is SIGN_IN else replace(words, when=_when(notification))


def _when(notification):
    local = local_time(notification, notification.created_at)
    return format(local, "l, F j, Y"), format(local, "g:i A T")


@kind("accounts.second_factor_release")
def second_factor_release(notification):
    """To someone whose lost second step we're about to remove; None once that's off."""
    at = notification.recipient.second_factor_release_at
    return at and replace(
        _changed(
            "You told us that you can’t use your second step anymore. We’ll remove it on "
            f"{format(local_time(notification, at), 'l, F j, g:i A T')}. Then you can sign in with "
            "a code and set up a new one."
        ),
        note="It wasn’t you? Sign in with your second step before then, and it stays.",
    )


@kind("accounts.second_factor_released")
def second_factor_released(notification):
    """To its owner: it's gone."""
    return replace(_changed("Your second step was removed."), when=_when(notification))
