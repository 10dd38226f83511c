"""The list of someone's conversations: the newest first, by name, unread or by topic; in pages."""

from zoneinfo import ZoneInfo

from django.db.models import Exists, OuterRef, Q, Subquery
from django.utils import timezone
from django.utils.http import urlencode

from booking.clock import labels

from . import access
from .models import ChangeRequest, Conversation, Draft, Message
from .reading import earlier_than, reader

PAGE = 25
NAME = 80  # characters of a name to look for
UNREAD, WAITING = "unread", "waiting"
SHOWS = [
    ("", "All messages"),
    (WAITING, "Waiting for you"),
    (UNREAD, "Unread"),
    *Message.Topic.choices,
]


def listed(request, current=None):
    """What the list shows: rows, and what was looked for in it. `current` is the open pair."""
    user, name = request.user, request.GET.get("name", "").strip()[:NAME]
    show = request.GET.get("show", "")
    show = show if show in dict(SHOWS) else ""
    found = (
        Conversation.objects.for_user(user)
        .select_related(
            "relationship", "client", "provider__user", "latest__request", "latest__proposal"
        )
        .annotate(draft=draft_of(user, "relationship"))
    )
    waiting = Conversation.objects.waiting_for(user, timezone.now())
    found = matching(found, user, name, show)
    page = list(earlier_than(request.GET.get("older"), found, by="latest")[: PAGE + 1])
    older = page[PAGE - 1].latest_id if len(page) > PAGE else None
    zone, now = ZoneInfo(reader(request)), timezone.now()
    waits = set(waiting.values_list("pk", flat=True))
    rows = [
        row(thread, user, zone, now, current) | {"is_waiting": thread.pk in waits}
        for thread in page[:PAGE]
    ]
    is_whole = not (name or show or "older" in request.GET)
    if is_whole:
        new = unwritten(user, current)
        rows = [each for each in new if each["draft"]] + rows
        rows += [] if older else [each for each in new if not each["draft"]]
    looked_for = {key: value for key, value in (("name", name), ("show", show)) if value}
    return {
        "threads": rows,
        "name": name,
        "show": show,
        "shows": SHOWS,
        "waiting": len(waits),
        "query": urlencode(looked_for),
        "newest": page[0].latest_id if page and is_whole else 0,
        "older": older and urlencode({**looked_for, "older": older}),
    }


def matching(threads, user, name, show):
    """The conversations with someone of that name, and unread or with a topic if asked for."""
    if name:
        other = Q(client=user, provider__name__icontains=name)
        other |= Q(provider__user=user) & (
            Q(client__full_name__icontains=name) | Q(client__preferred_name__icontains=name)
        )
        threads = threads.filter(other)
    if show == UNREAD:
        return threads.unread_by(user)
    if show == WAITING:
        return threads.waiting_for(user, timezone.now())
    if show:
        about = Message.objects.filter(conversation=OuterRef("pk"), topic=show)
        return threads.filter(Exists(about))
    return threads


def unwritten(user, current):
    """Rows for people to write to for the first time: a client's providers; with a draft, anyone.

    A provider's other clients are in the list of clients.
    """
    started = Draft.objects.filter(author=user).exclude(body="").values("relationship")
    pairs = access.for_user(user).filter(conversation=None)
    pairs = pairs.filter(Q(client=user) | Q(pk__in=started)).annotate(draft=draft_of(user, "pk"))
    return [
        {
            "pair": pair,
            "provider": pair.provider if pair.client == user else None,
            "other": pair.provider.user if pair.client == user else pair.client,
            "latest": None,
            "draft": pair.draft,
            "is_current": pair == current,
        }
        for pair in pairs.order_by("-pk")[:PAGE]
        if not access.why_closed(pair, user)
    ]


def draft_of(user, relationship):
    """The text of the user's draft, if any, where the row names its relationship so."""
    drafts = Draft.objects.filter(relationship=OuterRef(relationship), author=user)
    return Subquery(drafts.values("body"))


def row(thread, user, zone, now, current):
    """A conversation in the list: the other person, the latest message, and whether it's new."""
    pair, latest = thread.relationship, thread.latest
    is_client = thread.client_id == user.pk
    return {
        "pair": pair,
        "other": thread.provider.user if is_client else thread.client,
        "provider": thread.provider if is_client else None,
        "latest": latest,
        "what": what_of(latest),
        "draft": thread.draft,
        "is_mine": latest.author_id == user.pk,
        "at": short_time(labels.local(latest.sent_at, zone), labels.local(now, zone)),
        "is_unread": thread.is_unread_by(user) and pair != current,
        "is_current": pair == current,
    }


def what_of(message):
    """What a message without words is, for the list."""
    if hasattr(message, "request"):
        wants = ChangeRequest.Wants(message.request.wants)
        return f"Request to {wants.label.lower()}"
    return "Times to choose from" if hasattr(message, "proposal") else ""


def short_time(moment, now):
    """ "4:05 PM" today, "Mon" within a week, "Oct 19" before that; both local to the reader."""
    ago = (now.date() - moment.date()).days
    if ago == 0:
        return labels.clock(moment)
    if 0 < ago < 7:
        return labels.DAYS[moment.weekday()][:3]
    words = f"{labels.MONTHS[moment.month - 1][:3]} {moment.day}"
    return labels.dated(words, moment, now=now)
