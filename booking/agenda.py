"""A provider's days as a grid of quarter hours by the wall clock. Pure: rows in, entries out.

Days keep their 24 hours of rows when the clock changes: an hour that it skips stays empty and
closed, and what stands in an hour that comes twice stands side by side.
"""

from dataclasses import dataclass, field
from datetime import date

from django.urls import reverse

from . import times
from .models import Appointment
from .wall_clock import DAY, Clock, label

QUARTER = 15  # minutes
SHOWN = 7 * 60, 20 * 60  # at least


@dataclass
class Entry:
    """What stands on a day: an appointment, a held time, time off, or the mark of now."""

    kind: str  # session, call, held, off or now
    title: str
    time: str
    instant: int  # epoch seconds of its start, by which a day is ordered
    taken: tuple  # (from, to) minutes of the day
    words: str = ""
    state: str = ""  # amber, done, missed or now
    url: str = ""
    quarters: tuple = (0, 0)  # the rows it fills, from and to
    lane: int = 1
    lanes: int = 1
    over_off: bool = False  # whether it lies on time off, which then shows beside it

    @property
    def classes(self):
        """Its look and its place, as the style sheets call them."""
        words = [f"event-{self.kind}", place(*self.quarters)]
        if self.state:
            words.append(f"is-{self.state}")
        if self.lanes > 1:
            words += [f"lane-{self.lane}", f"of-{self.lanes}"]
        if self.over_off:
            words.append("is-over")
        return " ".join(words)


@dataclass
class Day:
    """A day on the page, with its hours as ground."""

    date: date
    clock: Clock
    is_today: bool
    open: list  # (from, to) minutes
    entries: list = field(default_factory=list)
    ground: list = field(default_factory=list)  # classes

    @property
    def weekday(self):
        return times.DAYS[self.date.weekday()]

    @property
    def long(self):
        return times.long_day(self.date)

    @property
    def hours_words(self):
        """ "9:00 AM to 12:00 PM, 1:00 PM to 5:00 PM"."""
        return ", ".join(f"{label(first)} to {label(last)}" for first, last in self.open)


@dataclass
class Sheet:
    """The days of a page, and the hours that it shows: whole ones, both as 0 to 24."""

    days: list
    since: int
    until: int

    @property
    def changes(self):
        """Whether the clock changes on one of the days."""
        return any(day.clock.hours() for day in self.days)

    @property
    def hours(self):
        """Their names, for the side of the grid."""
        return [
            "Noon" if hour == 12 else f"{(hour - 1) % 12 + 1} {'AM' if hour < 12 else 'PM'}"
            for hour in range(self.since, self.until)
        ]


def place(first, last):
    """The classes of rows from a quarter to before another: "from-0900 len-4"."""
    return f"from-{first // 4:02}{first % 4 * QUARTER:02} len-{last - first}"


def merged(stretches):
    """The (start, end) stretches in order, with those that overlap or touch made one."""
    found = []
    for start, end in sorted(stretches):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((start, end))
    return found


def open_hours(clock, blocks, openings):
    """The (from, to) minutes in which hours of the day and openings (epoch seconds) are open."""
    shown = merged(clock.shown())
    kept = [(max(a, c), min(b, d)) for a, b in blocks for c, d in shown]
    extra = [clock.covered(*opening) for opening in openings]
    return merged([(a, b) for a, b in kept if a < b] + [each for each in extra if each])


def lay_out(dates, zone, *, now, hours, openings, off, holds, appointments):
    """The Sheet of some dates in the provider's zone.

    `hours` are (weekday, from_minute, to_minute); `openings` and `off` are (start, end) in aware
    datetimes; `holds` and `appointments` are rows, with client and provider at hand.
    """
    openings = [_seconds(*each) for each in openings]
    off = merged(_seconds(*each) for each in off)
    today = times.local(now, zone).date()
    days = []
    for each in dates:
        clock = Clock.of(each, zone)
        blocks = [(first, last) for weekday, first, last in hours if weekday == each.weekday()]
        day = Day(each, clock, each == today, open_hours(clock, blocks, openings))
        day.entries = [entry for span in off if (entry := _time_off(clock, zone, span))]
        for row in (*holds, *appointments):
            if taken := clock.covered(*_seconds(row.starts_at, row.ends_at)):
                make = _appointment if isinstance(row, Appointment) else _hold
                day.entries.append(make(row, zone, now, taken))
        day.entries.sort(key=lambda entry: entry.instant)
        days.append(day)
    sheet = Sheet(days, *_window(days))
    for day in days:
        _place(day, sheet, zone, now)
    return sheet


def _seconds(*moments):
    return tuple(int(each.timestamp()) for each in moments)


def _time_off(clock, zone, span):
    """Time off as it falls on a day, or None."""
    start, end = span
    taken = clock.covered(start, end)
    if not taken:
        return None
    starts, ends = (times.local(each, zone) for each in span)
    early, late = start <= clock.begins, end >= clock.ends
    if early and late:
        when = "All day"
    elif early:
        when = f"Until {times.clock(ends)}"
    else:
        when = f"From {times.clock(starts)}" if late else times.span(starts, ends)
    return Entry("off", "Time off", when, max(start, clock.begins), taken)


def _hold(hold, zone, now, taken):
    starts, ends, until = (
        times.local(each, zone) for each in (hold.starts_at, hold.ends_at, hold.until)
    )
    words = f"Someone is booking it, until {times.clock(until)}"
    return Entry("held", "Held", times.span(starts, ends), int(starts.timestamp()), taken, words)


def _appointment(appointment, zone, now, taken):
    starts, ends = (
        times.local(each, zone) for each in (appointment.starts_at, appointment.ends_at)
    )
    state, note = _state(appointment, now)
    kind = "Phone call" if appointment.is_call else appointment.get_place_display()
    words = [kind, "first visit" if appointment.first_visit else "", note]
    return Entry(
        kind=appointment.kind,
        title=appointment.client.full_name,
        time=times.span(starts, ends),
        instant=int(starts.timestamp()),
        taken=taken,
        words=" · ".join(filter(None, words)),
        state=state,
        url=reverse("booking:workspace_appointment", args=[appointment.uuid]),
    )


def _state(appointment, now):
    """The look of an appointment's state, and the words for it."""
    if not appointment.is_active:
        missed = appointment.status == Appointment.Status.NO_SHOW
        words = appointment.get_call_outcome_display() or appointment.get_status_display()
        return "missed" if missed else "done", words.lower()
    if appointment.ends_at <= now:
        return "amber", "no outcome yet"
    if appointment.is_virtual and not appointment.link:
        return "amber", "no link yet"
    return ("now", "now") if appointment.starts_at <= now else ("", "")


def _window(days):
    """The whole hours to show: the usual ones, and all that stands on the days.

    Time off that begins or ends with the day shows in part.
    """
    firsts, lasts = [SHOWN[0]], [SHOWN[1]]
    for day in days:
        for first, last in [*day.open, *(e.taken for e in day.entries if e.kind != "off")]:
            firsts.append(first)
            lasts.append(last)
        for first, last in (e.taken for e in day.entries if e.kind == "off"):
            firsts.append(first or last - 1)
            lasts.append(last if last < DAY else first + 1)
    return min(firsts) // 60, -(-max(lasts) // 60)


def _place(day, sheet, zone, now):
    """Give the day's ground and entries their rows, and put the mark of now among them."""
    day.ground = [place(*_quarters(span)) for span in day.open]
    for entry in day.entries:
        first, last = _quarters(entry.taken)
        entry.quarters = max(first, sheet.since * 4), min(last, sheet.until * 4)
    for entry in day.entries:
        _make_room(entry, day.entries)
    off = [entry for entry in day.entries if entry.kind == "off"]
    rest = [entry for entry in day.entries if entry.kind != "off"]
    for entry in rest:
        entry.over_off = any(_overlap(entry.quarters, each.quarters) for each in off)
    _share_lanes(rest)
    instant = int(now.timestamp())
    if day.is_today and (taken := day.clock.covered(instant, instant + 1)):
        mark = Entry("now", "Now", times.clock(times.local(now, zone)), instant, taken)
        first = taken[0] // QUARTER
        mark.quarters = first, first + 1
        if not sheet.since * 4 <= first < sheet.until * 4:
            mark.state = "outside"
        after = [n for n, entry in enumerate(day.entries) if entry.instant > instant]
        day.entries.insert(after[0] if after else len(day.entries), mark)


def _quarters(span):
    """The rows that minutes of a day touch."""
    return span[0] // QUARTER, -(-span[1] // QUARTER)


def _overlap(one, other):
    return one[0] < other[1] and other[0] < one[1]


def _make_room(entry, entries):
    """End an entry a row early where it only touches the next: 9:00 to 9:50 before 9:50."""
    first, last = entry.quarters
    later = [each.quarters[0] for each in entries if each.taken[0] >= entry.taken[1]]
    entry.quarters = first, max(first + 1, min([last, *later]))


def _share_lanes(entries):
    """Put those that share rows side by side: each in the first lane that is free."""
    clump, ends = [], []

    def close():
        for entry in clump:
            entry.lanes = len(ends)

    for entry in sorted(entries, key=lambda each: each.quarters):
        first, last = entry.quarters
        if clump and first >= max(ends):
            close()
            clump, ends = [], []
        lane = next((n for n, end in enumerate(ends) if end <= first), len(ends))
        ends[lane : lane + 1] = [last]
        entry.lane = lane + 1
        clump.append(entry)
    close()
