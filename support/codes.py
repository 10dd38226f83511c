"""The code that shows that an email is its sender's: six digits, ten minutes, five tries.

The code is kept nowhere but in its mail. It follows from the site's secret key, the ticket and the
second it was issued; the session knows the latter two. So a form that is pressed twice sends one
code, and whichever answer the browser shows takes it.
"""

from datetime import UTC, datetime, timedelta

from allauth.core import ratelimit
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac

from accounts import outbox

from .models import Ticket

LASTS = timedelta(minutes=10)
TOO_MANY = "That was one try too many. Send yourself a new code."
SESSION_KEY = "support_ticket"  # the ticket that waits for its code, or has just got its number


def send_first(request, ticket):
    """Mail the code that comes with the ticket; nothing is sent if it was before."""
    _send(request, ticket, issued=int(ticket.created_at.timestamp()))


def send_again(request, ticket):
    """Mail a new code; the old one ends."""
    _send(request, ticket, issued=int(timezone.now().timestamp()))


def _send(request, ticket, *, issued):
    outbox.enqueue(
        "support.code",
        event=_key(ticket.uuid, issued),
        to=ticket.email,
        secret=_code(ticket.uuid, issued),
        expires_at=_ends(issued),
    )
    request.session[SESSION_KEY] = {"uuid": str(ticket.uuid), "issued": issued}


def ticket_of(request):
    """The ticket that this visitor sent last, confirmed or not, or None."""
    pending = request.session.get(SESSION_KEY)
    return pending and Ticket.objects.filter(uuid=pending["uuid"]).first()


def refusal(request, code):
    """Why the code isn't taken, or nothing where it is. Counts the try."""
    pending = request.session[SESSION_KEY]
    uuid, issued = pending["uuid"], pending["issued"]
    if timezone.now() >= _ends(issued):
        return "This code has ended: it works for 10 minutes. Send yourself a new one."
    # Counted beside the session, where many tries at once can't pass for one.
    if not ratelimit.consume(request, action="support_code_try", key=_key(uuid, issued)):
        return TOO_MANY
    if not constant_time_compare(code, _code(uuid, issued)):
        return "That is not the code. It is in the newest mail from us."
    return ""


def _key(uuid, issued):
    return f"{uuid}:{issued}"


def _code(uuid, issued):
    digest = salted_hmac("support.code", _key(uuid, issued), algorithm="sha256").digest()
    return f"{int.from_bytes(digest[:8]) % 1_000_000:06}"


def _ends(issued):
    return datetime.fromtimestamp(issued, UTC) + LASTS
