"""What someone reading a conversation sees: its messages by day, the newest last."""

from itertools import groupby
from zoneinfo import ZoneInfo

from django.db.models import BigIntegerField
from django.utils import timezone

from accounts import zones
from accounts.access import is_seen
from accounts.plain import number
from booking.clock import labels

from . import writing
from .models import Message

PAGE = 50


def reader(request, **otherwise):
    """The name of the reader's zone; a provider's own, like everywhere in the workspace."""
    user = request.user
    return user.provider.time_zone if user.is_provider else zones.reader(request, **otherwise)


def read(request, pair):
    """A page of messages by day, the newest last. Showing them marks them as read."""
    thread = getattr(pair, "conversation", None)
    zone = reader(request, otherwise=pair.provider.time_zone)
    shown = {"days": [], "zone": zone, "earlier": None}
    if thread is None:
        return shown
    page = list(earlier_than(request.GET.get("before", ""), thread)[: PAGE + 1])
    if page and is_seen(request):
        writing.mark_read(thread, by=request.user, to=page[0].pk)
    shown["earlier"] = page[PAGE - 1].pk if len(page) > PAGE else None
    shown["days"] = list(by_day(page[:PAGE][::-1], request.user, ZoneInfo(zone)))
    return shown


def earlier_than(text, thread):
    """The thread's messages, newest first: all, or only those before the id in `text`."""
    rows = thread.messages.order_by("-pk")
    key = number(text, most=BigIntegerField.MAX_BIGINT)
    return rows if key is None else rows.filter(pk__lt=key)


def by_day(messages, user, zone):
    """Yield (the day in words, its messages the way the page shows them)."""
    now = labels.local(timezone.now(), zone)
    local = [(labels.local(each.sent_at, zone), each) for each in messages]
    for day, rows in groupby(local, key=lambda pair: pair[0].date()):
        rows = list(rows)
        words = labels.dated(labels.long_day(day), rows[0][0], now=now)
        yield (
            f"Today, {labels.month_day(day)}" if day == now.date() else words,
            [
                {
                    "uuid": each.uuid,
                    "is_mine": each.author_id == user.pk,
                    "topic": each.topic and Message.Topic(each.topic).label,
                    "at": labels.clock(moment),
                    "iso": moment.isoformat(),
                    "body": each.body,
                }
                for moment, each in rows
            ],
        )
