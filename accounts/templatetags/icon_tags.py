"""Icons from the sprite. Each is built once and cached: a page shows dozens."""

from functools import cache

from django import template
from django.templatetags.static import static
from django.utils.html import format_html

register = template.Library()


@register.simple_tag
@cache
def icon(name):
    """The icon with that name: a symbol in img/icons.svg, without its "i-"."""
    sprite = static("img/icons.svg")
    return format_html(
        '<svg class="icon" aria-hidden="true"><use href="{}#i-{}"/></svg>', sprite, name
    )
