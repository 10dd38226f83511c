"""The outbox: mail is written down with its event, and delivered after it, at least once.

Celery is only a nudge. Where it can't be reached the web process delivers; what both missed, the
sweep finds. Each goes through the same claim, so that a mail normally goes out once.
"""

import logging
import time
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta

from celery import shared_task
from django.core.mail import get_connection
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from . import outbox_hold, smtp
from .fields import Lost
from .models import Notification, Upkeep, User
from .rendering import render

logger = logging.getLogger(__name__)

LEASE = timedelta(minutes=15)
WAITS = [timedelta(minutes=minutes) for minutes in (1, 5, 15, 60)]  # the last one again and again
GIVE_UP_AFTER = timedelta(hours=24)
CODES_LIVE = timedelta(hours=1)  # what expires so soon has a queue, and a worker that is free
REST = 30  # seconds without a nudge after one that failed, so that a dead Redis slows one request

_kinds = {}
_once = set()
_nudge_again_at = 0.0  # time.monotonic()


class SecretLost(Exception):
    """No key decrypts the secret, so there is no code to send. The next try may have the key."""


@dataclass(frozen=True)
class Mail:
    """What a kind answers: its words, which templates/mail/ sets as text and as HTML in this order.

    `button` is a label, and `link` where it leads: a path of ours, or a whole address.
    """

    subject: str
    heading: str = ""  # where it isn't the subject
    lead: str = ""
    code: str = ""
    was: str = ""  # the time before a move
    when: tuple = ()  # two lines: the day, the time
    note: str = ""
    button: str = ""
    link: str = ""
    caution: str = ""  # for someone who didn't ask for it
    attachments: tuple = ()  # of (filename, bytes, mimetype)


def kind(name, *, once=False):
    """Register a function(notification) -> Mail, or None where the news no longer holds.

    `once`: it's all in the secret, which we blank, so nobody can send it again.
    """

    def register(compose):
        _kinds[name] = compose
        if once:
            _once.add(name)
        return compose

    return register


def enqueue(kind, *, event, to, due_at=None, expires_at=None, secret="", sign_in_until=None):
    """Owe a mail, in the caller's transaction; enqueueing the same again changes nothing.

    `to` is an address, or a User, who gets it at the email they have when it's sent. `due_at` and
    `expires_at` are aware times; after `expires_at` it is dropped unsent. `secret` is encrypted,
    and blanked once sent. With `sign_in_until` (an aware time), the mail says that it's the last
    for now, and has a sign-in link until then. Raises LookupError where the kind isn't registered.
    """
    if kind not in _kinds:
        raise LookupError(f"No such kind of notification: {kind}")
    reader = {"recipient": to} if isinstance(to, User) else {"recipient": None, "address": to}
    now = timezone.now()
    notification, new = Notification.objects.get_or_create(
        kind=kind,
        event=str(event),
        **reader,
        defaults={
            "due_at": due_at or now,
            "expires_at": expires_at,
            "secret": secret,
            "sign_in_until": sign_in_until,
        },
    )
    if new and notification.due_at <= now:
        _nudge_on_commit(notification)


def _nudge_on_commit(notification):
    # A lambda: of a failing partial Django can't log the name, and fails in turn.
    transaction.on_commit(lambda: nudge(notification), robust=True)


def failed():
    """The notifications that no attempt will deliver anymore."""
    return Notification.objects.filter(state=Notification.State.FAILED)


def send_again(notifications):
    """Owe those of the notifications (a queryset) again that failed; returns them.

    Not the codes: people ask for a new one.
    """
    again = failed().filter(pk__in=notifications).exclude(kind__in=_once)
    with transaction.atomic():
        rows = list(again.select_related("recipient").select_for_update(of=["self"], no_key=True))
        Notification.objects.filter(pk__in=[row.pk for row in rows]).update(
            state=Notification.State.PENDING, due_at=timezone.now(), last_error=""
        )
        for row in rows:
            _nudge_on_commit(row)
    return rows


def sent_to(person, events):
    """Those of the events (their keys) that a mail has told a User of."""
    sent = person.notifications.filter(event__in=events, state=Notification.State.SENT)
    return set(sent.values_list("event", flat=True))


def nudge(notification):
    """Have a worker deliver it, or deliver it here where none can be reached."""
    global _nudge_again_at
    if time.monotonic() >= _nudge_again_at:
        expires_at = notification.expires_at
        is_code = expires_at and expires_at <= timezone.now() + CODES_LIVE
        try:
            deliver.apply_async([notification.pk], queue="codes" if is_code else None)
            return
        except Exception as error:
            _nudge_again_at = time.monotonic() + REST
            logger.warning("No nudge (%s): the web process delivers", type(error).__name__)
    deliver(notification.pk)


def owed(now):
    """The notifications that may be delivered now: due, in nobody's hands, and none while held.

    `leased_until` is the lease of one that is being sent, and the rest after a failed attempt of
    one that is pending.
    """
    return Notification.objects.filter(
        Q(leased_until=None) | Q(leased_until__lte=now),
        outbox_hold.not_held(),
        state__in=[Notification.State.PENDING, Notification.State.SENDING],
        due_at__lte=now,
    )


def take_turn(pause):
    """Whether nobody has swept for that long. If so, it's the caller's turn, and nobody else's."""
    before, now = timezone.now() - pause, timezone.now()
    return bool(Upkeep.objects.filter(swept_at__lte=before).update(swept_at=now))


def sweep(seconds=45):
    """Deliver what is owed, for that long at most; what expires soonest (codes) goes first."""
    take_turn(timedelta(0))
    if outbox_hold.is_held():
        logger.error("No mail goes out: this is a restored database. Run manage.py release_outbox.")
        return
    ends = time.monotonic() + seconds
    soonest = F("expires_at").asc(nulls_last=True)
    with closing(get_connection()) as connection:
        while ids := list(owed(timezone.now()).order_by(soonest, "due_at").values_list("pk")[:50]):
            for (notification_id,) in ids:
                _deliver(notification_id, connection)
                if time.monotonic() > ends:
                    return


@shared_task(name="accounts.tasks.deliver")
def deliver(notification_id):
    """Send it, unless it isn't owed, is in other hands, or its news no longer holds.

    May be called twice, and at once: one caller wins the claim. Keep it out of transactions: the
    mail server may take its time.
    """
    with closing(get_connection()) as connection:
        _deliver(notification_id, connection)


def _deliver(notification_id, connection):
    notification = _claim(notification_id)
    if notification is None:
        return
    try:
        message = _compose(notification)
        if message is None:
            _finish(notification, Notification.State.DROPPED)
            return
        smtp.send(message, connection)
    except Exception as error:
        _failed(notification, error)
    else:
        _sent(notification)


def _claim(notification_id):
    now = timezone.now()
    claimed = (
        owed(now)
        .filter(pk=notification_id)
        .update(
            state=Notification.State.SENDING,
            leased_until=now + LEASE,
            attempts=F("attempts") + 1,
        )
    )
    if not claimed:
        return None
    notification = Notification.objects.select_related("recipient").get(pk=notification_id)
    if notification.recipient:  # staff see which address it went to, also after it changes
        notification.address = notification.recipient.email
        notification.save(update_fields=["address"])
    return notification


def _compose(notification):
    """The message, or None where there is nothing to say any more."""
    if notification.expires_at and notification.expires_at <= timezone.now():
        return None
    if isinstance(notification.secret, Lost):
        raise SecretLost
    mail = _kinds[notification.kind](notification)
    return mail and render(notification, mail)


def _sent(notification):
    """It is with the mail server, even if someone else took it up in the meantime."""
    Notification.objects.filter(pk=notification.pk).update(
        state=Notification.State.SENT,
        sent_at=timezone.now(),
        secret="",
        last_error="",
        leased_until=None,
    )


def _failed(notification, error):
    """Try again later, or give up."""
    now, reason = timezone.now(), smtp.reason(error)
    if smtp.is_for_good(error) or now >= notification.due_at + GIVE_UP_AFTER:
        logger.error("Notification %s (%s) failed: %s", notification.pk, notification.kind, reason)
        _finish(notification, Notification.State.FAILED, last_error=reason)
        return
    logger.warning("Notification %s (%s) waits: %s", notification.pk, notification.kind, reason)
    wait = WAITS[min(notification.attempts, len(WAITS)) - 1]
    _mine(notification).update(
        state=Notification.State.PENDING, leased_until=now + wait, last_error=reason
    )


def _finish(notification, state, **fields):
    _mine(notification).update(state=state, secret="", leased_until=None, **fields)


def _mine(notification):
    """The row, while nobody else took it up after our lease."""
    return Notification.objects.filter(
        pk=notification.pk, state=Notification.State.SENDING, attempts=notification.attempts
    )
