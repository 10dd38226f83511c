"""The one lock: a transaction that owns the time of a provider, and of a client."""

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
    """One transaction that owns the time of a provider, and of a client; yields (provider, now).

    Rows are locked in one order, provider then client, without blocking inserts that refer to them;
    the clock is read after the wait, and holds that ended by then are dropped. SQLite has no row
    locks: there its write transactions queue behind a lock in the process, which is the only one.
    """
    queue = _process_lock if connection.vendor == "sqlite" else nullcontext()
    with queue, transaction.atomic():
        fresh = Provider.objects.select_for_update(no_key=True).get(pk=provider.pk)
        if client:
            User.objects.select_for_update(no_key=True).get(pk=client.pk)
        now = timezone.now()
        Hold.objects.filter(provider=fresh, until__lte=now).delete()
        yield fresh, now
