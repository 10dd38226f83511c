"""The verbs of a ticket: open, confirm, reply, answer, close, reopen.

Each is one transaction. Its mail has a number and a link, never what people wrote.
"""

import json
import uuid as uuids
from datetime import timedelta

from django.contrib.auth.models import Group
from django.db import transaction
from django.db.models import F, Max
from django.utils import timezone

from accounts import outbox
from accounts.models import User

from . import roles
from .models import Ticket, TicketReply

FIRST_NUMBER = 1001
UNCONFIRMED_FOR = timedelta(days=1)


@transaction.atomic
def open_ticket(*, uuid, topic, name, email, body, user=None):
    """Make the ticket from a form and return it; a logged-in user's is confirmed right away.

    A second press finds the ticket from the first. Different words under the same uuid (someone
    went back and wrote more) make another ticket, with a uuid computed from the words, so pressing
    twice makes only one of those, too. `email` is stored in lower case.
    """
    fields = {"topic": topic, "name": name, "email": email.lower(), "body": body, "user": user}
    ticket, _ = Ticket.objects.get_or_create(uuid=uuid, defaults=fields)
    if not _has(ticket, fields):
        content = json.dumps({**fields, "user": user and user.pk}, sort_keys=True)
        ticket, _ = Ticket.objects.get_or_create(uuid=uuids.uuid5(uuid, content), defaults=fields)
    return _confirm(ticket) if user else ticket


def _has(ticket, fields):
    """Whether a ticket has these fields, and belongs to this user if there is one.

    One sent without a login may have been tied to its sender's account since.
    """
    same = all(getattr(ticket, name) == fields[name] for name in ("topic", "name", "email", "body"))
    return same and (fields["user"] is None or ticket.user == fields["user"])


@transaction.atomic
def confirm(ticket):
    """The sender owns the email: give the ticket its number, tell both sides, and return it.

    Raises Ticket.DoesNotExist if it was deleted in the meantime.
    """
    return _confirm(ticket)


def _confirm(ticket):
    ticket = Ticket.objects.select_for_update(no_key=True).get(pk=ticket.pk)
    if ticket.confirmed_at:
        return ticket
    # Two who confirm at the same time wait for the team's row, so each gets the next number.
    Group.objects.select_for_update(no_key=True).get(name=roles.TEAM)
    last = Ticket.objects.aggregate(last=Max("number"))["last"] or FIRST_NUMBER - 1
    ticket.number = last + 1
    ticket.user = ticket.user or _user_with(ticket.email)
    ticket.confirmed_at = timezone.now()
    ticket.save(update_fields=["number", "user", "confirmed_at"])
    outbox.enqueue("support.received", event=ticket.uuid, to=_sender(ticket))
    _notify_team("support.new_ticket", event=ticket.uuid)
    return ticket


def _user_with(email):
    """The account with that email, letter by letter (see TicketQuerySet.for_user), or None."""
    user = User.objects.filter(email__iexact=email, is_active=True).first()
    return user if user and user.email.lower() == email else None


def _sender(ticket):
    return ticket.user or ticket.email


def _notify_team(kind, *, event):
    for member in roles.members():
        outbox.enqueue(kind, event=event, to=member)


@transaction.atomic
def reply(ticket, *, by, body, uuid):
    """The sender writes again: the ticket is open, whatever it was, and we tell the team."""
    Ticket.objects.filter(pk=ticket.pk, user=None).update(user=by)  # their account is new
    _add_reply(ticket, by=by, body=body, uuid=uuid)


@transaction.atomic
def answer(ticket, *, by, body, internal, uuid):
    """The team answers and we tell the sender; or the team leaves itself a note."""
    _add_reply(ticket, by=by, body=body, uuid=uuid, internal=internal, from_team=True)


def _add_reply(ticket, *, by, body, uuid, internal=False, from_team=False):
    ticket = Ticket.objects.select_for_update(no_key=True).get(pk=ticket.pk)
    if TicketReply.objects.filter(uuid=uuid).exists():
        return  # the form's second press
    TicketReply.objects.create(ticket=ticket, uuid=uuid, by=by, body=body, internal=internal)
    if internal:
        _set_status(ticket, ticket.status)
        return
    _set_status(ticket, Ticket.Status.ANSWERED if from_team else Ticket.Status.OPEN)
    if from_team:
        outbox.enqueue("support.answered", event=uuid, to=_sender(ticket))
    else:
        _notify_team("support.new_reply", event=uuid)


@transaction.atomic
def close(ticket):
    """Nothing is left to do. The sender can still write, which reopens it."""
    _set_status(ticket, Ticket.Status.CLOSED)


@transaction.atomic
def reopen(ticket):
    _set_status(ticket, Ticket.Status.OPEN)


def _set_status(ticket, status):
    """Every verb ends here: the ticket's pages from before are stale."""
    Ticket.objects.filter(pk=ticket.pk).update(status=status, version=F("version") + 1)


def drop_unconfirmed():
    """Delete tickets that nobody confirmed within a day."""
    made_before = timezone.now() - UNCONFIRMED_FOR
    Ticket.objects.filter(confirmed_at=None, created_at__lt=made_before).delete()
