"""What someone reading a conversation sees: messages and what happened, by day, newest last."""

from datetime import timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

from django.db.models import BigIntegerField, Max
from django.utils import timezone

from accounts import zones
from accounts.access import is_seen
from accounts.plain import number
from booking.appointments import history
from booking.clock import formatting, labels
from booking.models import AppointmentEvent

from . import access, cards, reply_time, writing
from .models import Message

PAGE = 50
WHOLE = 1_000  # messages at once, to print or to search in
CARDS = 10  # that an open page keeps up to date
CARD_TOPICS = (Message.Topic.CHANGE, Message.Topic.FOLLOW_UP)
RECENT, AHEAD = timedelta(days=30), timedelta(days=60)
UNOPENED_AFTER = timedelta(days=3)


def reader(request, **otherwise):
    """The name of the reader's zone; a provider's own, like everywhere in the workspace."""
    user = request.user
    return user.provider.time_zone if user.is_provider else zones.reader(request, **otherwise)


def header_note(pair, user):
    """What a client reads under the provider's name: how soon they usually answer; or ""."""
    if user != pair.client or access.why_closed(pair, user):
        return ""
    usual = reply_time.usual(pair.provider)
    return usual and f"Usually answers {usual}"


def to_write_about(pair):
    """What a message can be about: coming ones, then past ones, each nearest first."""
    now = timezone.now()
    near = {"ends_at__gt": now - RECENT, "starts_at__lt": now + AHEAD}
    found = list(pair.appointments.filter(**near).order_by("starts_at"))
    coming = [each for each in found if each.ends_at > now]
    return coming + found[: len(found) - len(coming)][::-1]


def read(request, pair):
    """A page of the story by day, the newest last; with `?all=` it's a long one.

    Messages that someone sees count as read.
    """
    thread, size = getattr(pair, "conversation", None), WHOLE if "all" in request.GET else PAGE
    zone = reader(request, otherwise=pair.provider.time_zone)
    before, page = request.GET.get("before", ""), []
    if thread is not None:
        page = list(earlier_than(before, whole(thread.messages))[: size + 1])
    if page and is_seen(request):
        writing.mark_read(thread, by=request.user, to=page[0].pk)
    earlier = page[size - 1] if len(page) > size else None
    until = thread and later_than(before, thread)
    return {
        "days": story(pair, page[:size], earlier, until, request.user, zone, most=size),
        "zone": zone,
        "earlier": earlier and earlier.pk,
        "latest": page[0].pk if page else 0,
        "changes": changes(pair.pk, thread and thread.changes),
        "is_newest": not before,
    }


def arrived(request, pair, thread):
    """What came after the message whose id is in `after`, at most a page; it counts as read too.

    An event since that message may be shown already: the page knows it by its id.
    """
    zone = reader(request, otherwise=pair.provider.time_zone)
    after = number(request.GET["after"], most=BigIntegerField.MAX_BIGINT) or 0
    rows = whole(thread.messages).filter(pk__gt=after).order_by("pk")
    page = list(rows[:PAGE])
    if page and is_seen(request):
        writing.mark_read(thread, by=request.user, to=page[-1].pk)
    last = thread.messages.filter(pk=after).only("sent_at").first()
    return {
        "zone": zone,
        "days": story(pair, page, last, None, request.user, zone),
        "cards": newest_cards(thread, request.user, zone),
        "latest": page[-1].pk if page else after,
        "has_messages": bool(page),
        "is_from_other": any(each.author_id != request.user.pk for each in page),
    }


def changes(pair, settled):
    """What an open page compares: it differs after each request, offer or appointment changed.

    `pair` is the relationship's id, and `settled` its conversation's `changes`.
    """
    events = AppointmentEvent.objects.filter(appointment__relationship=pair)
    return f"{settled or 0} {events.aggregate(latest=Max('pk'))['latest']}"


def newest_cards(thread, user, zone):
    """The newest messages with a card, for a page that shows them as they were."""
    rows = whole(thread.messages).filter(topic__in=CARD_TOPICS)
    rows = rows.exclude(request=None, proposal=None)
    return lines_of(list(rows.order_by("-pk")[:CARDS]), user, zone)


def story(pair, messages, first, until, user, zone, *, most=PAGE):
    """Messages by day, with what happened to appointments from `first`, a message, to `until`.

    That's at most the `most` newest events.
    """
    lines = [(line["sent_at"], line) for line in lines_of(messages, user, zone)]
    lines += events_between(pair, first, until, user, zone, most)
    lines.sort(key=lambda line: line[0])
    return list(by_day(lines, ZoneInfo(zone)))


def lines_of(messages, user, zone):
    """The messages the way the page shows them, with their cards."""
    with_card = cards.cards_of(messages, user, zone)
    return [
        {**shown_message(each, user, zone), "card": with_card.get(each.pk)} for each in messages
    ]


def when(instant, zone):
    """When a line is from, on the reader's clock."""
    moment = labels.local(instant, zone)
    return {"at": labels.clock(moment), "iso": moment.isoformat()}


def whole(messages):
    """The messages with the appointments that they and their requests are about."""
    return messages.select_related(
        "appointment",
        "request__appointment__provider",
        "request__appointment__client",
        "proposal__instead_of",
        "proposal__appointment",
        "conversation__relationship",
    )


def later_than(before, thread):
    """When the next page, which begins with the message `before`, begins; None for the last."""
    key = number(before, most=BigIntegerField.MAX_BIGINT)
    if not key:
        return None
    later = thread.messages.filter(pk__gte=key).order_by("pk")
    return later.values_list("sent_at", flat=True).first()


def events_between(pair, first, until, user, zone, most):
    """(when, line) for what happened to appointments, from a page's first message to its end."""
    events = AppointmentEvent.objects.filter(
        appointment__relationship=pair, what__in=history.TOLD_IN_MESSAGES
    )
    if first:
        events = events.filter(at__gte=first.sent_at)
    if until:
        events = events.filter(at__lt=until)
    side = history.Side.CLIENT if user == pair.client else history.Side.PROVIDER
    events = events.select_related("appointment__client", "appointment__provider", "by")
    told = history.Reader(side, zone)
    for event in list(events.order_by("-at", "-pk")[:most])[::-1]:
        appointment = event.appointment
        is_client = side == history.Side.CLIENT
        url = appointment.get_absolute_url() if is_client else appointment.workspace_url
        words = history.describe_in_messages(event, told)
        yield event.at, {"event": words, "uuid": event.uuid, "url": url}


def draft_from(draft, request, pair):
    """When a draft was saved, in the reader's words; "" if there's none."""
    if not draft.body:
        return ""
    zone = ZoneInfo(reader(request, otherwise=pair.provider.time_zone))
    return labels.long_time(labels.local(draft.saved_at, zone), now=timezone.now())


def is_from_elsewhere(draft, thread):
    """Whether its author sent something since: then it's what another tab saved before that."""
    if not (draft.body and thread):
        return False
    sent = thread.messages.filter(author=draft.author_id).order_by("-pk").only("sent_at").first()
    return bool(sent and sent.sent_at > draft.saved_at)


def earlier_than(text, rows, by="pk"):
    """Rows by a message's id, newest first: all, or only those before the id in `text`."""
    rows, key = rows.order_by(f"-{by}"), number(text, most=BigIntegerField.MAX_BIGINT)
    return rows if key is None else rows.filter(**{f"{by}__lt": key})


def by_day(lines, zone):
    """Yield (the day in words, its lines); `lines` are (when, line), the oldest first."""
    now = labels.local(timezone.now(), zone)
    local = [(labels.local(at, zone), line) for at, line in lines]
    for day, rows in groupby(local, key=lambda pair: pair[0].date()):
        rows = list(rows)
        words = labels.dated(labels.long_day(day), rows[0][0], now=now)
        yield (
            f"Today, {labels.month_day(day)}" if day == now.date() else words,
            [{**line, **when(moment, zone)} for moment, line in rows],
        )


def shown_message(message, user, zone):
    """A message the way the page shows it."""
    about = message.appointment
    return {
        "uuid": message.uuid,
        "sent_at": message.sent_at,
        **when(message.sent_at, ZoneInfo(zone)),
        "is_mine": message.author_id == user.pk,
        "topic": message.topic and Message.Topic(message.topic).label,
        "about": about and formatting.format_datetime(about.starts_at, zone),
        "body": message.body,
        "is_unopened": is_unopened(message, user),
    }


def is_unopened(message, user):
    """Whether it's the user's own and newest, and the other hasn't opened it for days."""
    thread = message.conversation
    if message.author_id != user.pk or message.pk != thread.latest_id:
        return False
    is_client = user.pk == thread.client_id
    read_to = thread.provider_read_to if is_client else thread.client_read_to
    return read_to < message.pk and message.sent_at < timezone.now() - UNOPENED_AFTER
