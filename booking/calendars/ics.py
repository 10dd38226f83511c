"""Calendar files: an appointment as an event that says nothing about health."""

from datetime import timedelta
from email.utils import parseaddr

from django.conf import settings
from icalendar import Calendar, Event, vCalAddress, vDuration, vText

TITLE = "Appointment"
REFRESH = timedelta(hours=1)  # how often a calendar may well look at a feed


def uid(appointment):
    """The same for all the appointment's life, so that calendars move and drop the right event."""
    return f"{appointment.uuid}@headway"


def appointment_file(appointment, *, address=None, path=None):
    """The ICS bytes of one appointment, times in UTC.

    With an `address` it is an invitation, or its cancellation, for that person's mail program;
    without one it is a file to add to a calendar. `path` is the page that the event links to.
    """
    method = "REQUEST" if address else "PUBLISH"
    calendar = empty_calendar("CANCEL" if appointment.is_canceled else method)
    path = path or appointment.get_absolute_url()
    event = event_of(appointment, changed_at=appointment.events.last().at, path=path)
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


def feed_file(events):
    """The ICS bytes of a feed that calendars read again and again; `events` are of event_of."""
    calendar = empty_calendar("PUBLISH")
    calendar.add("x-wr-calname", TITLE + "s")
    calendar.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", vDuration(REFRESH))
    for event in events:
        calendar.add_component(event)
    return calendar.to_ical()


def empty_calendar(method):
    """A calendar that says what is to be done with its events."""
    calendar = Calendar()
    calendar.add("prodid", "-//Headway//EN")
    calendar.add("version", "2.0")
    calendar.add("method", method)
    return calendar


def event_of(appointment, *, changed_at, path):
    """An appointment as an event, last changed at an aware datetime; `path` is its page."""
    page = settings.SITE_URL + path
    event = Event()
    event.add("uid", uid(appointment))
    event.add("sequence", appointment.sequence)
    event.add("dtstamp", changed_at)
    event.add("dtstart", appointment.starts_at)
    event.add("dtend", appointment.ends_at)
    event.add("summary", TITLE)
    event.add("class", "PRIVATE")
    event.add("status", "CANCELLED" if appointment.is_canceled else "CONFIRMED")
    event.add("description", f"Sign in to see the details: {page}")
    event.add("url", page)
    return event
