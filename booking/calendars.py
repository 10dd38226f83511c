"""Calendar files: an appointment as an event that says nothing about health."""

from email.utils import parseaddr

from django.conf import settings
from icalendar import Calendar, Event, vCalAddress, vText

TITLE = "Appointment"


def uid(appointment):
    """The same for all the appointment's life, so that calendars move and drop the right event."""
    return f"{appointment.uuid}@headway"


def appointment_file(appointment, *, address=None, path=None):
    """The ICS bytes of one appointment, times in UTC.

    With an `address` it is an invitation, or its cancellation, for that person's mail program;
    without one it is a file to add to a calendar. `path` is the page that the event links to.
    """
    canceled = appointment.is_canceled
    calendar = Calendar()
    calendar.add("prodid", "-//Headway//EN")
    calendar.add("version", "2.0")
    if canceled:
        calendar.add("method", "CANCEL")
    else:
        calendar.add("method", "REQUEST" if address else "PUBLISH")
    event = Event()
    event.add("uid", uid(appointment))
    event.add("sequence", appointment.sequence)
    event.add("dtstamp", appointment.events.last().at)
    event.add("dtstart", appointment.starts_at)
    event.add("dtend", appointment.ends_at)
    event.add("summary", TITLE)
    event.add("class", "PRIVATE")
    event.add("status", "CANCELLED" if canceled else "CONFIRMED")
    page = settings.SITE_URL + (path or appointment.get_absolute_url())
    event.add("description", f"Sign in to see the details: {page}")
    event.add("url", page)
    if address:
        organizer = vCalAddress(f"MAILTO:{parseaddr(settings.DEFAULT_FROM_EMAIL)[1]}")
        organizer.params["CN"] = vText("Headway")
        event.add("organizer", organizer)
        attendee = vCalAddress(f"MAILTO:{address}")
        attendee.params["PARTSTAT"] = vText("ACCEPTED")
        attendee.params["RSVP"] = vText("FALSE")
        event.add("attendee", attendee)
    calendar.add_component(event)
    return calendar.to_ical()
