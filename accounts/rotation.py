"""Encrypts with the first of FIELD_KEYS what older keys encrypted, beside a live site.

Each row is a transaction of its own: a stop at any moment loses nothing, and the site waits for one
row at most. A row that someone else writes at the same time stays as they wrote it.
"""

from dataclasses import dataclass, field

from allauth.mfa.models import Authenticator
from cryptography.fernet import InvalidToken
from django.apps import apps
from django.db.models import TextField
from django.db.models.functions import Cast

from .fields import LosableTextField, Lost, renew
from .second_factor import SECRETS

BATCH = 500


@dataclass
class Count:
    """How many rows of a column were encrypted again, had the first key, or have no known key."""

    renewed: int = 0
    current: int = 0
    lost: list = field(default_factory=list)  # primary keys

    @property
    def total(self):
        return self.renewed + self.current + len(self.lost)


class TextColumn:
    """A column whose values are tokens."""

    def __init__(self, model, name):
        self.rows, self.name = model._base_manager, name
        self.table = model._meta.db_table

    def __str__(self):
        return f"{self.table}.{self.name}"

    def stored(self, **which):
        """(primary key, value) of those rows that aren't empty, as they're stored, in order."""
        rows = self.rows.filter(**which).exclude(**{self.name: ""}).order_by("pk")
        return rows.values_list("pk", Cast(self.name, TextField()))

    def renewed(self, value):
        """The value with the first key. Raises InvalidToken."""
        return renew(value)

    def replace(self, pk, old, new):
        """Store the new value unless the old one is gone; whether it was there."""
        row = self.rows.filter(pk=pk, **{self.name: Lost(old)})
        return row.update(**{self.name: Lost(new)})


class FactorColumn(TextColumn):
    """The secrets of second factors, which are in a JSON object with other data."""

    def __init__(self):
        super().__init__(Authenticator, "data")

    def stored(self, **which):
        rows = self.rows.filter(**which, type__in=SECRETS).order_by("pk")
        return rows.values_list("pk", self.name)

    def renewed(self, value):
        tokens = SECRETS.values() & value.keys()
        return value | {name: renew(value[name]) for name in tokens}

    def replace(self, pk, old, new):
        return self.rows.filter(pk=pk, data=old).update(data=new)


def columns():
    """Everything that is encrypted, but for sessions and links in mail, which last a day."""
    for model in apps.get_models():
        for each in model._meta.local_concrete_fields:
            if isinstance(each, LosableTextField):
                yield TextColumn(model, each.name)
    yield FactorColumn()


def rotate(column):
    """Encrypt the column's values with the first key. Yields the Count so far, after each batch."""
    count, last = Count(), 0
    while rows := list(column.stored(pk__gt=last)[:BATCH]):
        last = rows[-1][0]
        while rows:
            changed = [pk for pk, value in rows if not _settle(column, pk, value, count)]
            rows = list(column.stored(pk__in=changed))
        yield count


def _settle(column, pk, value, count):
    """Whether the row is done; not if someone changed it since it was read."""
    try:
        new = column.renewed(value)
    except InvalidToken:
        count.lost.append(pk)
        return True
    if new == value:
        count.current += 1
    elif column.replace(pk, value, new):
        count.renewed += 1
    else:
        return False
    return True
