"""Time zones: which ones we know, and what people call them."""

from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from babel.dates import get_timezone, get_timezone_name
from django.core.exceptions import ValidationError

NAMES = frozenset(
    name for name in available_timezones() if "/" in name and not name.startswith(("Etc/", "Sys"))
) | {"UTC"}
COMMON = (
    "America/New_York",
    "America/Chicago",
    "America/Denver",
    "America/Phoenix",
    "America/Los_Angeles",
    "America/Anchorage",
    "Pacific/Honolulu",
)
OWN_LABELS = {  # where the library's name would leave people guessing
    "America/Phoenix": "Mountain Time (Arizona)",
    "Pacific/Honolulu": "Hawaii Time",
    "UTC": "Coordinated Universal Time (UTC)",
}


def known(name):
    """The zone of that name, or None: whatever a link, a cookie or a form says is safe to ask."""
    return ZoneInfo(name) if name in NAMES else None


@cache
def label(name):
    """What people call the zone: "Pacific Time"."""
    return OWN_LABELS.get(name) or get_timezone_name(get_timezone(name), locale="en_US")


@cache
def choices():
    """Choices for a select: the common US zones by their name, then all others by place."""
    others = [(name, name.replace("_", " ")) for name in sorted(NAMES - set(COMMON))]
    return [
        ("United States", [(name, label(name)) for name in COMMON]),
        ("All other zones", others),
    ]


def validate(name):
    """A validator for model and form fields."""
    if name not in NAMES:
        raise ValidationError("Choose a time zone from the list.", code="zone")
