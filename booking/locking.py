"""The one lock: a transaction that owns a provider's time, and a client's."""

import threading
from contextlib import contextmanager, nullcontext

from django.db import connection, transaction
from django.utils import timezone

from accounts.models import User
from providers.models import Provider

from .models import Hold

_process_lock = threading.RLock()


@contextmanager
def locked(provider, client=None):
    """A transaction that owns a provider's time, and a client's; yields (provider, now).

    Rows are always locked in the same order, provider then client, without blocking inserts that
    refer to them. The clock is read after the wait, and holds that have ended by then are dropped.
    SQLite has no row locks, so its write transactions wait for a lock in the process; with SQLite
    there is only one process.
    """
    queue = _process_lock if connection.vendor == "sqlite" else nullcontext()
    with queue, transaction.atomic():
        fresh = Provider.objects.select_for_update(no_key=True).get(pk=provider.pk)
        if client:
            User.objects.select_for_update(no_key=True).get(pk=client.pk)
        now = timezone.now()
        Hold.objects.filter(provider=fresh, until__lte=now).delete()
        yield fresh, now


@contextmanager
def locked_if_free(ids):
    """A transaction that owns those of the providers that nobody else does; yields (them, now)."""
    queue = _process_lock if connection.vendor == "sqlite" else nullcontext()
    with queue, transaction.atomic():
        rows = Provider.objects.select_for_update(no_key=True, skip_locked=True)
        yield list(rows.filter(pk__in=ids)), timezone.now()


@contextmanager
def one_run(key):
    """Yields whether nobody else is in a block with this key (a number), in any process.

    With SQLite there's only one process, and one thread that runs the schedule.
    """
    if connection.vendor == "sqlite":
        yield True
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [key])
        (is_mine,) = cursor.fetchone()
        try:
            yield is_mine
        finally:
            if is_mine:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [key])
