"""Time between two people: working hours, holds, relationships and appointments."""

from .appointments import Appointment
from .events import AppointmentEvent
from .feeds import CalendarFeed
from .hours import (
    HOURS_FOR,
    Hold,
    HoursPlace,
    Opening,
    Place,
    TimeOff,
    WorkingHours,
)
from .relationships import Coverage, Relationship

__all__ = [
    "HOURS_FOR",
    "Appointment",
    "AppointmentEvent",
    "CalendarFeed",
    "Coverage",
    "Hold",
    "HoursPlace",
    "Opening",
    "Place",
    "Relationship",
    "TimeOff",
    "WorkingHours",
]
