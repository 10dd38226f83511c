"""Parts of forms rendered in Python: attributes and options of widgets, and error lists."""

from collections import Counter

from django import template
from django.utils.html import conditional_escape as escape
from django.utils.html import format_html
from django.utils.safestring import mark_safe

from accounts import unsent

register = template.Library()
register.filter("is_put_back", unsent.is_put_back)


@register.simple_tag
def attrs_of(widget, css=""):
    """The widget's attributes, each after a space; its own class is added to `css`."""
    attrs = dict(widget["attrs"])
    if css:
        attrs["class"] = f"{css} {attrs['class']}" if attrs.get("class") else css
    return mark_safe(  # noqa: S308 - each part is escaped
        "".join(
            f" {escape(name)}" if value is True else f' {escape(name)}="{escape(value)}"'
            for name, value in attrs.items()
            if value is not False
        )
    )


@register.simple_tag
def options_of(widget):
    """The options of a select, in their groups."""
    groups = []
    for name, options, _ in widget["optgroups"]:
        rendered = mark_safe(  # noqa: S308 - each part is escaped
            "".join(
                f'<option value="{escape(option["value"])}"{" selected" * option["selected"]}>'
                f"{escape(option['label'])}</option>"
                for option in options
            )
        )
        groups.append(
            format_html('<optgroup label="{}">{}</optgroup>', name, rendered) if name else rendered
        )
    return mark_safe("".join(groups))  # noqa: S308 - each part is escaped


@register.simple_tag
def faults(form):
    """(field, words) for each visible field with errors; if two have the same, with the label."""
    errors = [(field, " ".join(field.errors)) for field in form.visible_fields() if field.errors]
    times = Counter(words for _, words in errors)
    return [
        (field, f"{labeled(field)} {words}" if times[words] > 1 else words)
        for field, words in errors
    ]


def labeled(field):
    """ "Buffer:" or "May we call?": the label of a field, to put before a sentence."""
    return field.label if field.label.endswith("?") else f"{field.label}:"
