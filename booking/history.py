"""An appointment's history in words, as its provider reads it."""

from zoneinfo import ZoneInfo

from . import times
from .models import Appointment, AppointmentEvent

What, Side = AppointmentEvent.What, AppointmentEvent.Side


def result(appointment):
    """What became of it: "Took place", "Missed", or for a call "Not a fit"; "" while open."""
    if appointment.call_outcome:
        return appointment.get_call_outcome_display()
    if appointment.status in (Appointment.Status.COMPLETED, Appointment.Status.NO_SHOW):
        return appointment.get_status_display()
    return ""


def told(appointment, events, zone):
    """The events as sentences, each with when it happened, in a zone (by name)."""
    tz = ZoneInfo(zone)
    name = appointment.client.first_name_shown
    last = {event.what: event for event in events}
    return [
        {
            "words": _words(event, name, tz, appointment, event is last[event.what]),
            "at": times.long_time(times.local(event.at, tz)),
            "reason": event.reason,
        }
        for event in events
    ]


def _words(event, name, tz, appointment, is_last):
    who = name if event.by_id == appointment.client_id else "you"
    for_whom = f", as {name} asked" if who == "you" and event.on_behalf_of == Side.CLIENT else ""
    match event.what:
        case What.SCHEDULED:
            return f"Scheduled by {who} for {_time(event.starts_at, tz)}"
        case What.MOVED:
            return f"{_moved(event, who, tz)}{for_whom}"
        case What.CANCELED:
            waived = "; late fee waived" if event.fee_waived else ""
            behalf = f" on behalf of {name}" if for_whom else ""
            return f"Canceled by {who}{behalf}{waived}"
        case What.OUTCOME:
            known = f": {result(appointment)}" if is_last else ", and corrected later"
            return f"Outcome written down{known}"
    return f"Link or instructions changed by {who}"


def _moved(event, who, tz):
    if event.was_starts_at != event.starts_at:
        there, here = _time(event.was_starts_at, tz), _time(event.starts_at, tz)
        return f"Moved by {who} from {there} to {here}"
    if event.was_ends_at != event.ends_at:
        minutes = [
            int((ends_at - event.starts_at).total_seconds() // 60)
            for ends_at in (event.was_ends_at, event.ends_at)
        ]
        return f"Length changed by {who} from {minutes[0]} to {minutes[1]} minutes"
    return f"Place changed by {who}"


def _time(instant, tz):
    return times.long_time(times.local(instant, tz))
