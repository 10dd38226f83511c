"""Mail about tickets: a number and a link, never what people wrote."""

from django.urls import reverse

from accounts import outbox

from . import roles
from .models import Ticket, TicketReply


@outbox.kind("support.code", once=True)
def code(notification):
    """The code for an email, until it's used."""
    uuid, _, _ = notification.event.partition(":")
    if not Ticket.objects.filter(uuid=uuid, confirmed_at=None).exists():
        return None
    return outbox.Mail(
        subject="Your code for Headway",
        lead="Enter this code on the page you came from, so that your question reaches us:",
        code=notification.secret,
        note="It works for 10 minutes.",
        caution="You didn’t write to us? You can ignore this: nothing was sent.",
    )


@outbox.kind("support.received")
def received(notification):
    ticket = Ticket.objects.confirmed().get(uuid=notification.event)
    return outbox.Mail(
        subject=f"We have your question, number {ticket.number}",
        note="Our team reads questions on weekdays and answers them on the site. We’ll email you "
        "when there’s an answer. Sign in with this email to read it, so that nobody else can.",
        button="See your question",
        link=ticket.get_absolute_url(),
    )


@outbox.kind("support.answered")
def answered(notification):
    ticket = TicketReply.objects.select_related("ticket").get(uuid=notification.event).ticket
    return outbox.Mail(
        subject=f"We answered your question, number {ticket.number}",
        note="Sign in with this email to read the answer.",
        button="Read the answer",
        link=ticket.get_absolute_url(),
    )


@outbox.kind("support.new_ticket")
def new_ticket(notification):
    ticket = Ticket.objects.confirmed().get(uuid=notification.event)
    return _for_team(notification, ticket, f"New question, number {ticket.number}")


@outbox.kind("support.new_reply")
def new_reply(notification):
    ticket = TicketReply.objects.select_related("ticket").get(uuid=notification.event).ticket
    return _for_team(notification, ticket, f"Question {ticket.number}: the sender wrote again")


def _for_team(notification, ticket, subject):
    """None if the ticket isn't waiting anymore, or if this member left the team."""
    still_there = roles.members().filter(pk=notification.recipient_id).exists()
    if ticket.status != Ticket.Status.OPEN or not still_there:
        return None
    page = reverse("admin:support_ticket_change", args=[ticket.pk])
    return outbox.Mail(
        subject=subject, note="It’s waiting for the team.", button="Open it", link=page
    )
