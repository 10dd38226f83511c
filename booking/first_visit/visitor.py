"""Who is asking for a time: a visitor, logged in or not."""

import uuid
from dataclasses import dataclass

from accounts.access import client_address
from accounts.models import User

TOKEN = "visitor"  # noqa: S105 - the session's key, not a secret


@dataclass(frozen=True)
class Visitor:
    """Someone who may hold a time: known by their account, by their session, or by both."""

    user: User | None = None
    token: uuid.UUID | None = None
    address: str | None = None

    @property
    def may_hold(self):
        """Whether a hold could be theirs: nobody holds a time without an account or a token."""
        return bool(self.user or self.token)


def visitor_of(request, *, make=False):
    """The visitor making a request; `make` adds a token to a session without one (not on GET)."""
    token = request.session.get(TOKEN)
    if make and not token:
        token = request.session[TOKEN] = str(uuid.uuid4())
    return Visitor(
        user=request.user if request.user.is_authenticated else None,
        token=uuid.UUID(token) if token else None,
        address=client_address(request),
    )
