"""Sign-in links: in the last mail that an email gets for now, so that a flood shuts nobody out.

A link works as often as needed until its window ends, or the password changes; guessing can't use
it up.
"""

import json
import time

from cryptography.fernet import InvalidToken
from django.urls import reverse
from django.utils.crypto import salted_hmac

from .fields import decrypt, encrypt
from .models import User


def path(email, until):
    """The link's path, good until an aware time. The token names nobody to who reads it."""
    data = {"sign in": email, "until": int(until.timestamp()), "password": _password(email)}
    token = encrypt(json.dumps(data))
    return reverse("sign_in_by_link", args=[token])


def email_of(token):
    """Whose link it is, or None if it has expired or isn't ours."""
    try:
        data = json.loads(decrypt(token))
        email = data["sign in"]
        is_good = data["until"] > time.time() and data["password"] == _password(email)
        return email if is_good else None
    except (InvalidToken, ValueError, TypeError, KeyError):
        return None


def _password(email):
    """What changes with the password of the account; None where there's no account or password."""
    user = User.objects.filter(email=email).first()
    if not (user and user.has_usable_password()):
        return None
    return salted_hmac("sign-in link", user.password, algorithm="sha256").hexdigest()
