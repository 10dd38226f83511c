"""How many conversations are unread, for every page; and messages with their links."""

import re

from django import template
from django.utils import timezone
from django.utils.html import MAX_URL_LENGTH, Urlizer, escape
from django.utils.safestring import mark_safe

from accounts.text import misleads
from messaging.models import Conversation

register = template.Library()


@register.simple_tag
def unread_threads(user):
    """How many of their conversations the user hasn't read to the end, in one query."""
    return Conversation.objects.unread_by(user).count() if user.is_authenticated else 0


@register.simple_tag
def waiting_threads(user):
    """How many of their conversations have a request or an offer that the user can answer."""
    return Conversation.objects.waiting_for(user, timezone.now()).count()


class CarefulUrlizer(Urlizer):
    """Django's, but an address that may not lead where it seems to stays plain text.

    So does a word too long for an address: looking at it can take the square of its length.
    """

    host = re.compile(r"(?P<scheme>.*?://|)(?P<host>[^/?#]*)", re.DOTALL)
    port = re.compile(r"\d{0,5}\W*")

    def handle_word(self, word, **kwargs):
        match = self.host.match(word[: MAX_URL_LENGTH + 1])
        _, _, rest = match["host"].partition(":")
        if len(word) > MAX_URL_LENGTH or not self.port.fullmatch(rest):
            return escape(word)
        is_email = not match["scheme"] and not re.match(r"\W*www\.", word, re.IGNORECASE)
        if misleads(match["host"].replace("@", "") if is_email else match["host"]):
            return escape(word)
        return super().handle_word(word, **kwargs)


@register.filter
def linked(text):
    """The text as escaped HTML, with links for the addresses in it."""
    return mark_safe(CarefulUrlizer()(text, nofollow=True, autoescape=True))  # noqa: S308
