"""An appointment's history in words, as its provider reads it."""

from .models import Appointment, AppointmentEvent, Place
from .words import moment

What, Side = AppointmentEvent.What, AppointmentEvent.Side
OUTCOMES = dict(Appointment.Status.choices) | dict(Appointment.CallOutcome.choices)


def result(appointment):
    """What became of it: "Took place", "Missed", or for a call "Not a fit"; "" while open."""
    if appointment.call_outcome:
        return appointment.get_call_outcome_display()
    if appointment.status in (Appointment.Status.COMPLETED, Appointment.Status.NO_SHOW):
        return appointment.get_status_display()
    return ""


def told(appointment, events, zone):
    """The events as sentences, each with when it happened, in a zone (by name)."""
    first_outcome = next((event for event in events if event.what == What.OUTCOME), None)
    return [
        {
            "words": _words(event, appointment, zone, is_correction=event is not first_outcome),
            "at": moment(event.at, zone),
            "reason": event.reason,
        }
        for event in events
    ]


def _words(event, appointment, zone, *, is_correction):
    name = appointment.client.first_name_shown
    who = name if event.by_id == appointment.client_id else "you"
    for_whom = f", as {name} asked" if who == "you" and event.on_behalf_of == Side.CLIENT else ""
    match event.what:
        case What.SCHEDULED:
            return f"Scheduled by {who} for {moment(event.starts_at, zone)}"
        case What.MOVED:
            return f"{_moved(event, who, zone)}{for_whom}"
        case What.CANCELED:
            waived = "; late fee waived" if event.fee_waived else ""
            behalf = f" on behalf of {name}" if for_whom else ""
            return f"Canceled by {who}{behalf}{waived}"
        case What.OUTCOME:
            said = "Corrected to" if is_correction else "How it went"
            return f"{said}: {OUTCOMES[event.outcome]}"
        case What.FEE_WAIVED:
            return f"Late fee waived by {who}"
    return f"Link or instructions changed by {who}"


def _moved(event, who, zone):
    """What changed of time, length and place, from what to what; named for the first of these."""
    changes = []
    if event.was_starts_at != event.starts_at:
        there, here = moment(event.was_starts_at, zone), moment(event.starts_at, zone)
        changes.append(("Moved", f"from {there} to {here}"))
    was, now = event.was_ends_at - event.was_starts_at, event.ends_at - event.starts_at
    if was != now:
        minutes = [int(length.total_seconds() // 60) for length in (was, now)]
        changes.append(("Length changed", f"from {minutes[0]} to {minutes[1]} minutes"))
    if event.was_place != event.place:
        there, here = (Place(place).label.lower() for place in (event.was_place, event.place))
        changes.append(("Place changed", f"from {there} to {here}"))
    return f"{changes[0][0]} by {who} {', and '.join(words for _, words in changes)}"
