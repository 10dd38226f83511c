"""Weekly hours of the demo's providers, the way people really work: no two are quite alike."""

from booking.models import HoursPlace

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
VIRTUAL = (
    "mon-thu 9:00-12:30 virtual, mon-thu 13:30-17:00 virtual",
    "mon-fri 8:00-13:00 virtual, tue 14:00-16:00 calls",
    "mon tue thu 12:00-20:00 virtual, sat 9:00-13:00 virtual",
    "tue-fri 10:00-14:00 virtual, tue-thu 15:00-19:30 virtual",
    "mon wed 7:00-11:00 virtual, mon wed 16:00-20:30 virtual, fri 9:00-15:00 virtual",
    "sat-sun 9:00-16:00 virtual, wed 17:30-21:00 virtual",
    "mon-wed 17:00-21:00 virtual, sun 13:00-18:00 virtual, thu 17:00-18:30 calls",
    "mon-fri 9:30-12:00 virtual, mon-fri 12:00-13:00 calls, mon wed fri 13:00-15:30 virtual",
)
IN_PERSON = (
    "mon-thu 9:00-13:00 in_person, mon-thu 14:00-17:30 in_person",
    "tue wed 8:30-12:00 in_person, tue wed 13:00-18:00 in_person, sat 9:00-12:00 in_person",
)
SPLIT = (
    "mon wed 9:00-17:00 in_person, tue thu 8:00-12:00 virtual, tue thu 13:00-16:00 virtual",
    "mon-thu 10:00-14:00 both, mon tue 15:30-19:00 virtual, fri 9:00-11:00 calls",
    "tue-fri 9:00-12:30 both, tue-fri 13:30-18:00 both",
    "mon tue 8:00-12:00 virtual, mon tue 13:00-16:00 in_person, thu-fri 11:00-19:00 virtual",
    "wed-sat 9:00-13:00 in_person, wed-fri 14:30-18:00 virtual",
    "mon fri 7:30-14:30 virtual, wed 12:00-20:00 in_person, wed 8:00-10:00 calls",
)


def blocks(pattern):
    """(weekday, from minute, to minute, place) of each block in a pattern; Monday is 0."""
    found = []
    for part in pattern.split(", "):
        *days, times, place = part.split(" ")
        start, end = (_minute(clock) for clock in times.split("-"))
        for day in _weekdays(days):
            found.append((day, start, end, HoursPlace(place)))
    return sorted(found)


def meets_in_person(pattern):
    """Whether clients come to an office in any block."""
    return any(place in (HoursPlace.IN_PERSON, HoursPlace.BOTH) for *_, place in blocks(pattern))


def meets_virtually(pattern):
    """Whether there are video sessions in any block."""
    return any(place in (HoursPlace.VIRTUAL, HoursPlace.BOTH) for *_, place in blocks(pattern))


def _minute(clock):
    hour, minute = clock.split(":")
    return int(hour) * 60 + int(minute)


def _weekdays(names):
    for name in names:
        first, _, last = name.partition("-")
        yield from range(DAYS.index(first), DAYS.index(last or first) + 1)
