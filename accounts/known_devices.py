"""Known devices: where someone has signed in within 90 days. A flood of tries doesn't stop them.

A cookie has a random id and, for up to three people, the day they last signed in and a MAC of
both with their email; the email itself isn't in it.
"""

import time
from secrets import token_hex

from django.conf import settings
from django.utils.crypto import constant_time_compare, salted_hmac

COOKIE = "device" if settings.DEMO else "__Host-device"
DAY = 86_400  # seconds
LASTS = 90  # days
PEOPLE = 3


def device_of(request, email):
    """The device's id if that person signed in on it within 90 days, else None."""
    device, entries = _read(request)
    return device if any(_is_of(device, entry, email) for entry in entries) else None


def remember(request, response, email):
    """Have the browser keep that this person signed in here, today."""
    device, entries = _read(request)
    device = device or token_hex(16)
    others = [entry for entry in entries if not _is_of(device, entry, email)]
    _write(response, device, [_entry(device, _today(), email), *others][:PEOPLE])


def forget(request, response, email):
    """Make this an unknown device again for that person."""
    device, entries = _read(request)
    _write(response, device, [entry for entry in entries if not _is_of(device, entry, email)])


def _read(request):
    device, *entries = request.COOKIES.get(COOKIE, "").split("~")
    return device, entries[:PEOPLE]


def _write(response, device, entries):
    if not entries:
        response.delete_cookie(COOKIE)
        return
    response.set_cookie(
        COOKIE,
        "~".join([device, *entries]),
        max_age=LASTS * DAY,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def _entry(device, day, email):
    mac = salted_hmac("known device", f"{device} {day} {email.lower()}", algorithm="sha256")
    return f"{day}.{mac.hexdigest()[:32]}"


def _is_of(device, entry, email):
    day = entry.partition(".")[0]
    is_recent = day.isdecimal() and len(day) < 7 and _today() - int(day) <= LASTS
    return is_recent and constant_time_compare(entry, _entry(device, day, email))


def _today():
    return int(time.time()) // DAY
