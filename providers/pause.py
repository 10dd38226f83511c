"""A pause: the day from which a provider takes new clients again."""

from datetime import timedelta

from django.utils import timezone

from accounts import zones

YEARS_AHEAD = timedelta(days=2 * 366)


def check_return(form, data, *, no_pause):
    """A day of return that is new is ahead, and for a pause; one that is saved ends with the pause.

    `no_pause` says to who set one that there is nothing to return from.
    """
    day = data.get("returns_on")
    is_new = day and day != form.instance.returns_on
    if data.get("accepting_new_clients"):
        data["returns_on"] = None
        if is_new:
            form.add_error("returns_on", no_pause)
    elif is_new:
        zone = zones.known(data.get("time_zone")) or form.instance.zone
        today = timezone.now().astimezone(zone).date()
        if not today < day <= today + YEARS_AHEAD:
            form.add_error("returns_on", "Choose a day to come, within two years.")
