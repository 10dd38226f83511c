"""An appointment's history in words, as its provider or its client reads it."""

from dataclasses import dataclass

from django.utils.text import capfirst

from ..clock.formatting import format_datetime
from ..models import Appointment, AppointmentEvent, Place

What, Side = AppointmentEvent.What, AppointmentEvent.Side
Status, Call = Appointment.Status, Appointment.CallOutcome
OUTCOMES = dict(Status.choices) | dict(Call.choices)
MISSED = (Status.NO_SHOW, Call.NOT_REACHED)
TOLD_IN_MESSAGES = (What.SCHEDULED, What.MOVED, What.CANCELED)


@dataclass(frozen=True)
class Reader:
    """Who reads the history: a side (AppointmentEvent.Side) and their time zone's name.

    They're "you"; the other person goes by their first name. Of an outcome, a client learns only
    whether the visit happened. They read no reason but their own, as the forms promise providers.
    """

    side: str
    zone: str

    def who(self, event):
        appointment = event.appointment
        side = Side.CLIENT if event.by_id == appointment.client_id else Side.PROVIDER
        if side == self.side:
            return "you"
        person = appointment.client.first_name_shown
        return person if side == Side.CLIENT else appointment.provider.first_name

    def subject(self, event):
        """How a sentence begins: "You", "Jordan", or "Jordan accepted your offer and"."""
        who = capfirst(self.who(event))
        if not event.accepts_offer:
            return who
        is_client = self.side == Side.CLIENT
        whose = f"{event.appointment.provider.first_name}’s" if is_client else "your"
        return f"{who} accepted {whose} offer and"

    def asked(self, event):
        """ ", as Jordan asked" if the provider did it on the client's behalf, or ""."""
        appointment = event.appointment
        if event.on_behalf_of != Side.CLIENT or event.by_id == appointment.client_id:
            return ""
        is_client = self.side == Side.CLIENT
        return f", as {'you' if is_client else appointment.client.first_name_shown} asked"

    def reason(self, event):
        """Why, if this reader may see it."""
        is_own = event.by_id == event.appointment.client_id
        return event.reason if is_own or self.side == Side.PROVIDER else ""

    def outcome(self, event):
        """The outcome, in as much detail as this reader may see."""
        if self.side == Side.PROVIDER:
            return OUTCOMES[event.outcome]
        return (Status.NO_SHOW if event.outcome in MISSED else Status.COMPLETED).label


def result(appointment):
    """The outcome: "Completed", "Missed", or for a call "Not a fit"; "" while there's none."""
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
                continue  # this reader may not see what was corrected
            words = f"{'Corrected to' if before else 'How it went'}: {outcome}"
        else:
            words = _words(event, reader)
        at = format_datetime(event.at, reader.zone)
        lines.append({"words": words, "at": at, "reason": reader.reason(event)})
    return lines


def describe_in_messages(event, reader):
    """An event of TOLD_IN_MESSAGES as one sentence, without its appointment beside it."""
    who, asked = reader.subject(event), reader.asked(event)
    noun = "phone call" if event.appointment.kind == Appointment.Kind.CALL else "session"
    at = format_datetime(event.starts_at, reader.zone)
    if event.what == What.SCHEDULED:
        return f"{who} scheduled a {noun} for {at}."
    if event.what == What.CANCELED:
        return f"{who} canceled the {noun} on {at}{asked}."
    moved = _moved(event, reader.zone)
    if event.was_starts_at == event.starts_at:
        return f"{who} {moved} for the {noun} on {at}{asked}."
    return f"{who} {moved.replace('moved it', f'moved the {noun}', 1)}{asked}."


def last_move(events, reader):
    """The last move, for the top of a page: what it was before, who moved it, when; or None."""
    event = next((each for each in reversed(events) if each.what == What.MOVED), None)
    if not event:
        return None
    is_moved = event.was_starts_at != event.starts_at
    return {
        "is_moved": is_moved,
        "was": ", ".join(was for _, was, _ in _changes(event, reader.zone)),
        "words": f"{reader.subject(event)} {'moved' if is_moved else 'changed'} it",
        "asked": reader.asked(event),
        "at": format_datetime(event.at, reader.zone),
    }


def cancellation(events, reader):
    """The cancellation, for the top of a page: who canceled, who asked, when; or None."""
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
    who = reader.subject(event)
    match event.what:
        case What.SCHEDULED:
            return f"{who} scheduled it for {format_datetime(event.starts_at, reader.zone)}"
        case What.MOVED:
            return f"{who} {_moved(event, reader.zone)}{reader.asked(event)}"
        case What.CANCELED:
            waived = ", and waived the late fee" if event.fee_waived else ""
            return f"{who} canceled it{reader.asked(event)}{waived}"
        case What.FEE_WAIVED:
            return f"{who} waived the late fee"
    return f"{who} changed the link or instructions"


def _moved(event, zone):
    """The changes to time, length and place; the verb goes with the first of them."""
    changes = _changes(event, zone)
    return f"{changes[0][0]} {', and '.join(words for _, _, words in changes)}"


def _changes(event, zone):
    """What a move changed: for each change its verb, the old value, and "from … to …"."""
    changes = []
    if event.was_starts_at != event.starts_at:
        moments = (event.was_starts_at, event.starts_at)
        there, here = (format_datetime(each, zone) for each in moments)
        changes.append(("moved it", there, f"from {there} to {here}"))
    was, now = event.was_ends_at - event.was_starts_at, event.ends_at - event.starts_at
    if was != now:
        minutes = [int(length.total_seconds() // 60) for length in (was, now)]
        words = f"from {minutes[0]} to {minutes[1]} minutes"
        changes.append(("changed the length", f"{minutes[0]} minutes", words))
    if event.was_place != event.place:
        there, here = (Place(place).label.lower() for place in (event.was_place, event.place))
        changes.append(("changed the place", there, f"from {there} to {here}"))
    return changes
