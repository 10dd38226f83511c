"""Deletes settled notifications, once nobody reads them again."""

from datetime import timedelta

from django.db.models import Q

from .models import Notification

KEEP = timedelta(days=30)  # for staff who look up whether a mail went out
BATCH = 1_000
_still_read = {}


def still_read(app):
    """Register a function(events, since) -> those of the app's events (keys) to keep all mail of.

    Mail of events that ended before `since` can go.
    """

    def register(choose):
        _still_read[app] = choose
        return choose

    return register


def prune(now):
    """Delete what was settled a month ago, unless its app reads it again.

    Failed mail to a User stays: their account shows it. Failed codes to an address go.
    """
    since, last = now - KEEP, 0
    while rows := list(_settled(since).filter(pk__gt=last).order_by("pk")[:BATCH]):
        last = rows[-1].pk
        kept = _kept(rows, since)
        Notification.objects.filter(pk__in=[row.pk for row in rows if row not in kept]).delete()


def _settled(since):
    State = Notification.State
    return Notification.objects.only("kind", "event").filter(
        Q(state=State.SENT, sent_at__lt=since)
        | Q(state=State.DROPPED, due_at__lt=since)
        | Q(state=State.FAILED, recipient=None, due_at__lt=since)
    )


def _kept(rows, since):
    kept = set()
    for app, choose in _still_read.items():
        own = [row for row in rows if row.kind.partition(".")[0] == app]
        events = choose({row.event for row in own}, since)
        kept.update(row for row in own if row.event in events)
    return kept
