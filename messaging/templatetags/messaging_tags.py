"""What every page shows of Messages: how many conversations have news."""

from django import template

from messaging import access

register = template.Library()


@register.simple_tag
def unread_threads(user):
    """How many of the user's conversations they have not read to the end, in one query."""
    return access.unread(user).count() if user.is_authenticated else 0
