"""Pages that take the place of a conversation, beside the list, and the way back from them."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse

from . import access, threads


def in_pane(request, template, pair, context, *, status):
    """A page about a pair's conversation, beside the list."""
    context = {**threads.listed(request, current=pair), **context}
    context |= {"pair": pair, "current": pair, "shown": "thread"}
    return render(request, template, context, status=status)


def turned_back(request, pair):
    """The way back to the conversation, with the reason, if the two can't write; else None."""
    closed = access.why_closed(pair, request.user)
    if not closed:
        return None
    messages.error(request, closed.message)
    return redirect("messaging:conversation", pair.uuid)


def card_url(request_or_offer):
    """Where a request or an offer is in its conversation."""
    message = request_or_offer.message
    page = reverse("messaging:conversation", args=[message.conversation.relationship.uuid])
    return f"{page}#message-{message.uuid}"
