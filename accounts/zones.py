"""Time zones: which ones we know, and what people call them."""

from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from babel.dates import get_timezone, get_timezone_name
from django.core.exceptions import ValidationError

CHOSEN = "zone"  # of the session
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
    """The zone with that name, or None. Safe for anything from a link, a cookie or a form."""
    return ZoneInfo(name) if name in NAMES else None


@cache
def label(name):
    """What people call the zone: "Pacific Time"."""
    return OWN_LABELS.get(name) or get_timezone_name(get_timezone(name), locale="en_US")


@cache
def choices():
    """Choices for a select: the common US zones by name, then all others by place."""
    old = ("US/", "Canada/", "Brazil/", "Chile/", "Mexico/", "America/Indianapolis")
    named = sorted(name for name in NAMES - set(COMMON) if not name.startswith(old))
    others = [(name, name.replace("_", " ")) for name in named]
    return [
        ("United States", [(name, label(name)) for name in COMMON]),
        ("All other zones", others),
    ]


def validate(name):
    """A validator for model and form fields."""
    if name not in NAMES:
        raise ValidationError("Choose a time zone from the list.", code="zone")


STATE_ZONES = {  # for a state with two zones, the one where most people live
    "America/New_York": "CT DE DC FL GA IN KY ME MD MA MI NH NJ NY NC OH PA RI SC VT VA WV",
    "America/Chicago": "AL AR IL IA KS LA MN MS MO NE ND OK SD TN TX WI",
    "America/Denver": "CO ID MT NM UT WY",
    "America/Phoenix": "AZ",
    "America/Los_Angeles": "CA NV OR WA",
    "America/Anchorage": "AK",
    "Pacific/Honolulu": "HI",
}
ZONE_OF_STATE = {state: zone for zone, states in STATE_ZONES.items() for state in states.split()}


def keep(request):
    """Keep the zone in the address until the visitor logs out: they chose a time in it."""
    if request.GET.get("zone") in NAMES:
        request.session[CHOSEN] = request.GET["zone"]


def reader(request, *, otherwise=None, state=None):
    """The name of the reader's zone.

    The address comes first, then what they chose before (see keep), their account (which our mail
    also uses), the browser's guess of where they are now (a cookie that zone.js sets), the state
    they're searching in, and the caller's default.
    """
    for name in (
        request.GET.get("zone"),
        request.session.get(CHOSEN),
        request.user.is_authenticated and request.user.time_zone,
        request.COOKIES.get("zone"),
        ZONE_OF_STATE.get(state),
        otherwise,
    ):
        if name in NAMES:
            return name
    return COMMON[0]
