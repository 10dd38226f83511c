"""Waiting for a provider's lock with many others who want the time: tell whoever is too late."""

from contextlib import contextmanager

from django.db import OperationalError
from django.utils import timezone

from ..locking import locked
from ..models import Relationship
from .rules import check_untaken


@contextmanager
def in_line(provider, client, visitor, *, starts_at):
    """`locked`, and TimeTaken for whoever comes after the winner or waited for the lock in vain.

    Someone the provider knows always waits: they may have pressed twice, or can't book here at all.
    """
    if not Relationship.objects.filter(provider=provider, client=client).exists():
        check_untaken(provider, visitor, starts_at=starts_at, now=timezone.now())
    try:
        with locked(provider, client) as owned:
            yield owned
    except OperationalError:
        check_untaken(provider, visitor, starts_at=starts_at, now=timezone.now())
        raise
