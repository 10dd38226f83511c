"""An appointment's history in words, as its provider or its client reads it."""

from dataclasses import dataclass

from ..clock.formatting import format_datetime
from ..models import Appointment, AppointmentEvent, Place

What, Side = AppointmentEvent.What, AppointmentEvent.Side
Status, Call = Appointment.Status, Appointment.CallOutcome
OUTCOMES = dict(Status.choices) | dict(Call.choices)
MISSED = (Status.NO_SHOW, Call.NOT_REACHED)


@dataclass(frozen=True)
class Reader:
    """One of the two sides (AppointmentEvent.Side), on their clock (a zone, by name).

    They are "you", the other one goes by their first name. A client learns of an outcome only
    whether it took place, and reads no reason but their own: the forms say so to who writes one.
    """

    side: str
    zone: str

    def who(self, event):
        """Who did it."""
        appointment = event.appointment
        side = Side.CLIENT if event.by_id == appointment.client_id else Side.PROVIDER
        if side == self.side:
            return "you"
        person = appointment.client.first_name_shown
        return person if side == Side.CLIENT else appointment.provider.first_name

    def asked(self, event):
        """ ", as Jordan asked" of what the provider did on the client's behalf, or ""."""
        appointment = event.appointment
        if event.on_behalf_of != Side.CLIENT or event.by_id == appointment.client_id:
            return ""
        is_client = self.side == Side.CLIENT
        return f", as {'you' if is_client else appointment.client.first_name_shown} asked"

    def reason(self, event):
        """Why, where it is theirs to read."""
        is_own = event.by_id == event.appointment.client_id
        return event.reason if is_own or self.side == Side.PROVIDER else ""

    def outcome(self, event):
        """What became of it, in as many words as they may see."""
        if self.side == Side.PROVIDER:
            return OUTCOMES[event.outcome]
        return (Status.NO_SHOW if event.outcome in MISSED else Status.COMPLETED).label


def result(appointment):
    """What became of it: "Took place", "Missed", or for a call "Not a fit"; "" while open."""
    if appointment.call_outcome:
        return appointment.get_call_outcome_display()
    if appointment.status in (Status.COMPLETED, Status.NO_SHOW):
        return appointment.get_status_display()
    return ""


def describe_events(events, reader):
    """The events as sentences, each with when it happened and why."""
    lines, outcome = [], ""
    for event in events:
        if event.what == What.OUTCOME:
            before, outcome = outcome, reader.outcome(event)
            if before == outcome:
                continue  # what was corrected is not the reader's to see
            words = f"{'Corrected to' if before else 'How it went'}: {outcome}"
        else:
            words = _words(event, reader)
        at = format_datetime(event.at, reader.zone)
        lines.append({"words": words, "at": at, "reason": reader.reason(event)})
    return lines


def last_move(events, reader):
    """What the head of a page says of the last move: what it was, by whom, when; or None."""
    event = next((each for each in reversed(events) if each.what == What.MOVED), None)
    if not event:
        return None
    is_moved = event.was_starts_at != event.starts_at
    return {
        "is_moved": is_moved,
        "was": ", ".join(was for _, was, _ in _changes(event, reader.zone)),
        "words": f"{'Moved' if is_moved else 'Changed'} by {reader.who(event)}",
        "asked": reader.asked(event),
        "at": format_datetime(event.at, reader.zone),
    }


def cancellation(events, reader):
    """What the head of a page says of the cancellation: by whom, for whom, when; or None."""
    event = next((each for each in reversed(events) if each.what == What.CANCELED), None)
    if not event:
        return None
    return {
        "who": reader.who(event),
        "asked": reader.asked(event),
        "at": format_datetime(event.at, reader.zone),
        "is_providers": event.on_behalf_of == Side.PROVIDER,
    }


def _words(event, reader):
    who = reader.who(event)
    match event.what:
        case What.SCHEDULED:
            return f"Scheduled by {who} for {format_datetime(event.starts_at, reader.zone)}"
        case What.MOVED:
            return f"{_moved(event, who, reader.zone)}{reader.asked(event)}"
        case What.CANCELED:
            waived = "; late fee waived" if event.fee_waived else ""
            return f"Canceled by {who}{reader.asked(event)}{waived}"
        case What.FEE_WAIVED:
            return f"Late fee waived by {who}"
    return f"Link or instructions changed by {who}"


def _moved(event, who, zone):
    """What changed of time, length and place, from what to what; named for the first of these."""
    changes = _changes(event, zone)
    return f"{changes[0][0]} by {who} {', and '.join(words for _, _, words in changes)}"


def _changes(event, zone):
    """What a move changed, each as its name, what it was, and both in words."""
    changes = []
    if event.was_starts_at != event.starts_at:
        moments = (event.was_starts_at, event.starts_at)
        there, here = (format_datetime(each, zone) for each in moments)
        changes.append(("Moved", there, f"from {there} to {here}"))
    was, now = event.was_ends_at - event.was_starts_at, event.ends_at - event.starts_at
    if was != now:
        minutes = [int(length.total_seconds() // 60) for length in (was, now)]
        words = f"from {minutes[0]} to {minutes[1]} minutes"
        changes.append(("Length changed", f"{minutes[0]} minutes", words))
    if event.was_place != event.place:
        there, here = (Place(place).label.lower() for place in (event.was_place, event.place))
        changes.append(("Place changed", there, f"from {there} to {here}"))
    return changes
