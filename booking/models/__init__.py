"""Time between two people: working hours, holds, relationships and appointments."""

from .appointments import Appointment, AppointmentEvent, CalendarFeed, Coverage, Relationship
from .hours import (
    HOURS_FOR,
    Hold,
    HoursPlace,
    Opening,
    Place,
    TimeOff,
    WorkingHours,
)

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
