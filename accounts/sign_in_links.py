"""Sign-in links: in the last mail that an email gets for now, so that a flood shuts nobody out.

A link works as often as needed until its window ends; guessing can't use it up.
"""

import json
import time

from cryptography.fernet import InvalidToken
from django.urls import reverse

from .fields import decrypt, encrypt


def path(email, until):
    """The link's path, good until an aware time. The token names nobody to who reads it."""
    token = encrypt(json.dumps({"sign in": email, "until": int(until.timestamp())}))
    return reverse("sign_in_by_link", args=[token])


def email_of(token):
    """Whose link it is, or None if it has expired or isn't ours."""
    try:
        data = json.loads(decrypt(token))
        return data["sign in"] if data["until"] > time.time() else None
    except (InvalidToken, ValueError, TypeError, KeyError):
        return None
