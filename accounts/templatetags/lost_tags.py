"""Whether a text is there to show."""

from django import template

from accounts.fields import Lost

register = template.Library()


@register.filter
def is_lost(text):
    """Whether no key decrypts it."""
    return isinstance(text, Lost)
