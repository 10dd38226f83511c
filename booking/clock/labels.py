"""Times in words: labels for epoch seconds and datetimes, always in a named zone.

A page may have hundreds of these, and the ORM's datetimes with the |date filter cost twice as much.
"""

import re
from datetime import UTC, datetime, timedelta

FAR = timedelta(days=300)
NEAR = ("Today", "Tomorrow")
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip
CLOCK = tuple(
    f"{(minute // 60 - 1) % 12 + 1}:{minute % 60:02} {'AM' if minute < 720 else 'PM'}"
    for minute in range(1440)
)
GAP = re.compile(rf"(\b(?:{'|'.join(month[:3] for month in MONTHS)})[a-z]*|:\d\d) (?=\d|[AP]M\b)")


def together(words):
    """The words, without a line break between "1:15" and "PM" or between "December" and "2"."""
    return GAP.sub("\\1\u00a0", words)


def local(instant, zone):
    """Epoch seconds or an aware datetime, as a datetime in the zone (a ZoneInfo)."""
    if isinstance(instant, datetime):
        return instant.astimezone(zone)
    return datetime.fromtimestamp(instant, zone)


def clock(moment):
    """ "10:30 AM" for a local datetime; with the zone's letters if that hour comes twice."""
    label = CLOCK[moment.hour * 60 + moment.minute]
    return f"{label} {moment.tzname()}" if comes_twice(moment) else label


def exists(moment):
    """Whether the zone's clock ever shows this local time (in the spring gap, it doesn't)."""
    return moment.astimezone(UTC).astimezone(moment.tzinfo).replace(tzinfo=None) == moment.replace(
        tzinfo=None
    )


def comes_twice(moment):
    """Whether the zone's clock shows this local time twice (where it goes back)."""
    return moment.replace(fold=1 - moment.fold).utcoffset() != moment.utcoffset() and exists(moment)


def midnight(day, zone):
    """The first instant (in UTC) of a date in the zone, even if the clock skips its midnight."""
    return datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)


def short_day(moment):
    """ "Tue, Dec 1"."""
    return f"{DAYS[moment.weekday()][:3]}, {MONTHS[moment.month - 1][:3]} {moment.day}"


def month_day(day):
    """ "December 1" for a date or datetime."""
    return f"{MONTHS[day.month - 1]} {day.day}"


def long_day(day):
    """ "Tuesday, December 1"."""
    return f"{DAYS[day.weekday()]}, {month_day(day)}"


def near_day(moment, *, now):
    """ "Today" or "Tomorrow" for a local datetime, by the date in its zone; "" for other days."""
    days = (moment.date() - now.astimezone(moment.tzinfo).date()).days
    return NEAR[days] if days in (0, 1) else ""


def dated(words, moment, *, now):
    """The words for a day, with the year if it's more than FAR from now (aware)."""
    return f"{words}, {moment.year}" if abs(moment - now) > FAR else words


def long_time(moment, *, now):
    """ "Tuesday, December 1, 10:30 AM", with the year where it is far away, as in `dated`."""
    return f"{dated(long_day(moment), moment, now=now)}, {clock(moment)}"


def short_time(moment, *, now):
    """The same in short: "Tue, Dec 1, 10:30 AM"."""
    return f"{dated(short_day(moment), moment, now=now)}, {clock(moment)}"


def until(moment, *, now):
    """ "10:30 AM" for a local datetime; with its day, as in `short_time`, if that isn't today."""
    is_today = near_day(moment, now=now) == NEAR[0]
    return clock(moment) if is_today else short_time(moment, now=now)


def span(starts, ends):
    """ "10:30 to 10:45 AM"; leaves out the first AM or PM if both are the same.

    But not at midnight: "12:00 to 10:00 AM" reads like noon.
    """
    first, last = clock(starts), clock(ends)
    if first[-2:] == last[-2:] and " " not in first[-2:] and starts.hour:
        first = first.rsplit(" ", 1)[0]
    return f"{first} to {last}"


def minutes_span(since, till):
    """ "9:00 AM to 5:00 PM" for minutes from midnight, on any day."""
    day = datetime(2001, 1, 1, tzinfo=UTC)
    return span(day + timedelta(minutes=since), day + timedelta(minutes=till))


def stretch(starts, ends, *, now):
    """Two local datetimes as people say them: whole days, some hours of a day, or both ends.

    "Thursday, December 24 to Sunday, December 27"; "Monday, January 11, 2:00 PM to the end of
    Wednesday, January 13". `now` (aware) decides which days get a year, as in `dated`.
    """
    first = dated(long_day(starts), starts, now=now)
    to_midnight = is_midnight(ends)
    last_day = ends.date() - timedelta(days=to_midnight)
    until = dated(long_day(last_day), ends, now=now) if last_day != starts.date() else ""
    if is_midnight(starts) and to_midnight:
        return f"{first} to {until}" if until else first
    if to_midnight:
        return f"{first}, {clock(starts)} to {f'the end of {until}' if until else 'midnight'}"
    if until:
        return f"{first}, {clock(starts)} to {until}, {clock(ends)}"
    return f"{first}, {span(starts, ends)}"


def is_midnight(moment):
    """Whether a local datetime is the first instant of its day, even if midnight is skipped."""
    # In seconds: of two zones, == says False of any time that comes twice.
    return moment.timestamp() == midnight(moment.date(), moment.tzinfo).timestamp()


def count(number, noun):
    """ "1 hour", "2 hours"."""
    return f"{number} {noun}{'' if number == 1 else 's'}"
