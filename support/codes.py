"""The code that proves an email belongs to the sender: six digits, ten minutes, three tries.

The code is stored only in its email. We compute it from the site's secret key, the ticket and the
second it was issued; the last two are in the session. So pressing the button twice sends one code,
and it works on whichever page the browser shows.
"""

from datetime import UTC, datetime, timedelta

from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac

from accounts import limits, outbox

from .models import Ticket

LASTS = timedelta(minutes=10)
TOO_MANY = "That’s too many tries. Send yourself a new code."
SESSION_KEY = "support_ticket"  # the ticket that's waiting for its code, or just got its number


def send_first(request, ticket):
    """Mail the ticket's first code, or raise TooMany; a repeat sends nothing."""
    _send(request, ticket, issued=int(ticket.created_at.timestamp()))


def send_again(request, ticket):
    """Mail a new code, or raise TooMany; the old one stops working."""
    _send(request, ticket, issued=int(timezone.now().timestamp()))


def _send(request, ticket, *, issued):
    outbox.enqueue(
        "support.code",
        event=_key(ticket.uuid, issued),
        to=ticket.email,
        secret=_code(ticket.uuid, issued),
        expires_at=_ends(issued),
        sign_in_until=limits.mail_to_stranger(request, ticket.email),
    )
    request.session[SESSION_KEY] = {"uuid": str(ticket.uuid), "issued": issued}


def ticket_of(request):
    """The last ticket this visitor sent, confirmed or not, or None."""
    pending = request.session.get(SESSION_KEY)
    return pending and Ticket.objects.filter(uuid=pending["uuid"]).first()


def refusal(request, code):
    """Why we can't take the code, or "" if we can. Counts as a try."""
    pending = request.session[SESSION_KEY]
    uuid, issued = pending["uuid"], pending["issued"]
    if timezone.now() >= _ends(issued):
        return "This code has expired. It works for 10 minutes. Send yourself a new one."
    if limits.CODE_TRIES.count(_key(uuid, issued))[0] > limits.CODE_TRIES.allowed:
        return TOO_MANY
    if not constant_time_compare(code, _code(uuid, issued)):
        return "That’s not the code. Look in the latest email from us."
    return ""


def _key(uuid, issued):
    return f"{uuid}:{issued}"


def _code(uuid, issued):
    digest = salted_hmac("support.code", _key(uuid, issued), algorithm="sha256").digest()
    return f"{int.from_bytes(digest[:8]) % 1_000_000:06}"


def _ends(issued):
    return datetime.fromtimestamp(issued, UTC) + LASTS
