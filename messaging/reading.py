"""What someone reading their conversations sees: the list, and one of them by day."""

from itertools import groupby
from zoneinfo import ZoneInfo

from django.db.models import F, Q
from django.utils import timezone

from accounts import zones
from booking.clock import labels

from . import access, writing
from .models import Message

LISTED = 100
PAGE = 50


def threads(request, current=None):
    """The user's conversations for the list; for a client, even before the first message."""
    user, now = request.user, timezone.now()
    pairs = access.for_user(user).annotate(read_to=access.read_to(user, "pk"))
    pairs = pairs.filter(Q(client=user) | Q(conversation__isnull=False))
    latest_first = F("conversation__latest").desc(nulls_last=True)
    zone = ZoneInfo(reader(request))
    return [
        row(pair, user, zone, now, current) for pair in pairs.order_by(latest_first, "pk")[:LISTED]
    ]


def reader(request, **otherwise):
    """The name of the reader's zone; a provider's own, like everywhere in the workspace."""
    user = request.user
    return user.provider.time_zone if user.is_provider else zones.reader(request, **otherwise)


def row(pair, user, zone, now, current):
    """A conversation in the list: the other person, the latest message, and whether it's new."""
    thread = getattr(pair, "conversation", None)
    latest = thread and thread.latest
    return {
        "pair": pair,
        "other": writing.other_of(pair, user),
        "provider": pair.provider if user == pair.client else None,
        "latest": latest,
        "is_mine": bool(latest) and latest.author_id == user.pk,
        "at": latest and short_time(labels.local(latest.sent_at, zone), labels.local(now, zone)),
        "is_unread": bool(latest) and latest.pk > pair.read_to and pair != current,
        "is_current": pair == current,
    }


def short_time(moment, now):
    """ "4:05 PM" today, "Mon" within a week, "Oct 19" before that; both local to the reader."""
    ago = (now.date() - moment.date()).days
    if ago == 0:
        return labels.clock(moment)
    if 0 < ago < 7:
        return labels.DAYS[moment.weekday()][:3]
    words = f"{labels.MONTHS[moment.month - 1][:3]} {moment.day}"
    return labels.dated(words, moment, now=now)


def read(request, pair):
    """A page of messages by day, the newest last. Showing them marks them as read."""
    thread = getattr(pair, "conversation", None)
    zone = reader(request, otherwise=pair.provider.time_zone)
    shown = {"days": [], "zone": zone, "earlier": None}
    if thread is None:
        return shown
    page = list(earlier_than(request.GET.get("before", ""), thread)[: PAGE + 1])
    if page:
        writing.mark_read(thread, by=request.user, to=page[0].pk)
    shown["earlier"] = page[PAGE - 1].pk if len(page) > PAGE else None
    shown["days"] = list(by_day(page[:PAGE][::-1], request.user, ZoneInfo(zone)))
    return shown


def earlier_than(text, thread):
    """The thread's messages, newest first: all, or only those before the id in `text`."""
    rows = thread.messages.order_by("-pk")
    return rows.filter(pk__lt=int(text)) if text.isdecimal() and len(text) < 19 else rows


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
