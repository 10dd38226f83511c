"""Text that is encrypted in the database, with the keys of FIELD_KEYS."""

from functools import cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.db import models


@cache
def _fernet(keys):
    return MultiFernet([Fernet(key) for key in keys])


def encrypt(text):
    """The text as a token, encrypted with the first key."""
    return _fernet(tuple(settings.FIELD_KEYS)).encrypt(text.encode()).decode()


def decrypt(token):
    """The text of a token made with any of the keys. Raises InvalidToken if none works."""
    return _fernet(tuple(settings.FIELD_KEYS)).decrypt(token.encode()).decode()


def renew(token):
    """The same text as a token of the first key: this one, if it is. Raises InvalidToken."""
    first, *_ = settings.FIELD_KEYS
    try:
        _fernet((first,)).decrypt(token.encode())
    except InvalidToken:
        return encrypt(decrypt(token))
    return token


class Lost(str):
    """Stands for text that no key decrypts: reads as empty, and is stored as the token it was."""

    __slots__ = ("token",)

    def __new__(cls, token):
        lost = super().__new__(cls)
        lost.token = token
        return lost


class LosableTextField(models.TextField):
    """A TextField whose column holds a token, so don't filter on it. Empty text stays empty.

    It reads as `Lost` if no key decrypts it, so that one row never takes a page down. Saved as it
    is, its token stays: the key may come back.
    """

    def from_db_value(self, value, expression, connection):
        try:
            return decrypt(value) if value else value
        except InvalidToken:
            return Lost(value)

    def get_prep_value(self, value):
        value = super().get_prep_value(value)
        if isinstance(value, Lost):
            return value.token
        return encrypt(value) if value else value

    def get_lookup(self, lookup_name):
        if lookup_name in ("isnull", "exact"):
            return super().get_lookup(lookup_name)
        return None
