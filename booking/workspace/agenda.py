"""A provider's days as a grid by the wall clock. Pure: rows in, entries out.

Every day has 24 hours of rows, even when the clock changes: a skipped hour stays empty and closed,
and entries in an hour that comes twice are side by side (see columns.py).
"""

from dataclasses import dataclass, field
from datetime import date

from django.urls import reverse

from ..clock import labels
from ..clock.wall_clock import DAY, Clock, label
from ..models import Appointment
from . import columns

SHOWN = 7 * 60, 20 * 60  # at least
REACH = 2 * 60  # the grid grows by up to this many minutes for entries; the rest are folded
TWO_LINES, THREE_LINES = 5, 7  # an entry of this many units has room for that many lines


@dataclass
class Entry:
    """Something on a day: an appointment, a held time, time off, a free stretch, or now."""

    kind: str  # session, call, held, off, free or now
    title: str
    time: str
    instant: int  # epoch seconds of its start; a day is sorted by this
    taken: tuple  # (from, to) minutes of the day
    words: str = ""
    state: str = ""  # amber, done, missed or now
    url: str = ""
    appointment: Appointment | None = None
    units: tuple = (0, 0)  # the rows it fills, (from, to) in the units of columns.py
    column: int = 1
    columns: int = 1
    over_off: bool = False  # whether it's on top of time off, which then shows next to it

    @property
    def classes(self):
        """The CSS classes for its look and its place."""
        words = [f"event-{self.kind}", columns.place(*self.units)]
        if self.lines:
            words.append(f"lines-{self.lines}")
        if self.state:
            words.append(f"is-{self.state}")
        if self.columns > 1:
            words += [f"column-{self.column}", f"of-{self.columns}"]
        if self.over_off:
            words.append("is-over")
        return " ".join(words)

    @property
    def lines(self):
        """How many lines of text fit: 1 or 2, or 0 for three and more."""
        length = self.units[1] - self.units[0]
        if not length or self.kind == "now":
            return 0
        return 1 if length < TWO_LINES else 2 if length < THREE_LINES else 0

    @property
    def icon(self):
        """The icon for the place, which short entries show instead of words."""
        if not self.appointment:
            return ""
        return {"phone": "phone", "virtual": "video"}.get(self.appointment.place, "pin")

    @property
    def starts(self):
        """ "09:45", the form that `?starts=` takes."""
        return f"{self.taken[0] // 60:02}:{self.taken[0] % 60:02}"

    @property
    def time_parts(self):
        """ "10:00" and "to 10:15 AM": short entries show only the first."""
        first, _, rest = self.time.partition(" to ")
        return first, f"to {rest}" if rest else ""


@dataclass
class Day:
    """A day on the page, with its open hours unless it's over.

    `early` and `late` are entries outside the hours the page shows.
    """

    date: date
    clock: Clock
    is_today: bool
    is_past: bool
    open: list  # (from, to) minutes
    early: list = field(default_factory=list)
    entries: list = field(default_factory=list)
    late: list = field(default_factory=list)
    open_hours: list = field(default_factory=list)  # classes

    @property
    def weekday(self):
        return labels.DAYS[self.date.weekday()]

    @property
    def long(self):
        return labels.long_day(self.date)

    @property
    def is_bare(self):
        return not any(entry.kind != "now" for entry in (*self.early, *self.entries, *self.late))

    @property
    def hours_words(self):
        """ "9:00 AM to 12:00 PM, 1:00 PM to 5:00 PM"."""
        return ", ".join(f"{label(first)} to {label(last)}" for first, last in self.open)


@dataclass
class Sheet:
    """The days of a page and the hours it shows: from `since` to `until`, whole hours, 0 to 24."""

    days: list
    since: int
    until: int

    @property
    def changes(self):
        return any(day.clock.hours() for day in self.days)

    @property
    def has_early(self):
        return any(day.early for day in self.days)

    @property
    def has_late(self):
        return any(day.late for day in self.days)

    @property
    def hours(self):
        """The hours' names, for the side of the grid."""
        return [
            "Noon" if hour == 12 else f"{(hour - 1) % 12 + 1} {'AM' if hour < 12 else 'PM'}"
            for hour in range(self.since, self.until)
        ]


def open_hours(clock, blocks, openings):
    """The day's open (from, to) minutes: its weekly blocks and its openings (epoch seconds)."""
    shown = columns.merged(clock.shown())
    kept = [(max(a, c), min(b, d)) for a, b in blocks for c, d in shown]
    extra = [clock.covered(*opening) for opening in openings]
    return columns.merged([(a, b) for a, b in kept if a < b] + [each for each in extra if each])


def lay_out(dates, zone, *, now, hours, openings, off, holds, appointments):
    """The Sheet of some dates in the provider's zone.

    `hours` are (weekday, from_minute, to_minute); `openings` and `off` are (start, end) in aware
    datetimes; `holds` and `appointments` are rows, with client and provider at hand.
    """
    openings = [_seconds(*each) for each in openings]
    off = columns.merged(_seconds(*each) for each in off)
    today = labels.local(now, zone).date()
    days = []
    for each in dates:
        clock = Clock.of(each, zone)
        blocks = [(first, last) for weekday, first, last in hours if weekday == each.weekday()]
        day = Day(each, clock, each == today, each < today, open_hours(clock, blocks, openings))
        day.entries = [entry for span in off if (entry := _time_off(clock, zone, span))]
        for row in (*holds, *appointments):
            if taken := clock.covered(*_seconds(row.starts_at, row.ends_at)):
                make = _appointment if isinstance(row, Appointment) else _hold
                day.entries.append(make(row, zone, now, taken))
        day.entries.sort(key=lambda entry: entry.instant)
        days.append(day)
    sheet = Sheet(days, *_window(days))
    for day in days:
        _fold(day, sheet)
        if not day.is_past:  # on a past day the hours may have been different
            day.open_hours = [columns.place(*columns.units(span)) for span in day.open]
        columns.share(day.entries, sheet.since * columns.HOUR, sheet.until * columns.HOUR)
        if day.is_today:
            _mark_now(day, sheet, zone, now)
    return sheet


def in_order(day, *, now, buffer):
    """All entries of a day by their start, and the free hours still ahead between them.

    `buffer` is how many minutes stay free around appointments and holds.
    """
    entries = [*day.early, *day.entries, *day.late]
    taken = columns.merged(_kept_free(entry, buffer) for entry in entries if entry.kind != "now")
    free = [
        entry
        for first, last in day.open
        for gap in columns.gaps(first, last, taken)
        if (entry := _free(day, gap, int(now.timestamp())))
    ]
    return sorted(entries + free, key=lambda entry: entry.instant)


def _kept_free(entry, buffer):
    """The (from, to) minutes that an entry takes up, its buffer included."""
    first, last = entry.taken
    return (first, last) if entry.kind == "off" else (first - buffer, last + buffer)


def _free(day, gap, now):
    """The part of a free stretch (minutes of the day) still ahead, starting on a quarter hour."""
    first, last = gap
    if day.is_today and (passed := day.clock.covered(now, now + 1)):
        first = max(first, passed[0])
    first = -(-first // columns.QUARTER) * columns.QUARTER
    begins = day.clock.instant(first)
    if day.is_past or begins is None or last - first < columns.QUARTER:
        return None
    return Entry("free", "Free", labels.minutes_span(first, last), begins, (first, last))


def _seconds(*moments):
    return tuple(int(each.timestamp()) for each in moments)


def _time_off(clock, zone, span):
    """The part of a time off that falls on this day, or None."""
    start, end = span
    taken = clock.covered(start, end)
    if not taken:
        return None
    starts, ends = (labels.local(each, zone) for each in span)
    early, late = start <= clock.begins, end >= clock.ends
    if early and late:
        when = "All day"
    elif early:
        when = f"Until {labels.clock(ends)}"
    else:
        when = f"From {labels.clock(starts)}" if late else labels.span(starts, ends)
    url = reverse("booking:time_off")
    return Entry("off", "Time off", when, max(start, clock.begins), taken, url=url)


def _hold(hold, zone, now, taken):
    starts, ends, until = (
        labels.local(each, zone) for each in (hold.starts_at, hold.ends_at, hold.until)
    )
    by = labels.until(until, now=now)
    title, words = "Held", f"A new client has until {by} to book"
    if hold.offer:
        title, words = "Offered", f"A client has until {by} to accept"
    return Entry("held", title, labels.span(starts, ends), int(starts.timestamp()), taken, words)


def _appointment(appointment, zone, now, taken):
    starts, ends = (
        labels.local(each, zone) for each in (appointment.starts_at, appointment.ends_at)
    )
    state, note = _state(appointment, now)
    kind = "Phone call" if appointment.is_call else appointment.get_place_display()
    words = [kind, "first visit" if appointment.shows_first else "", note]
    return Entry(
        kind=appointment.kind,
        title=appointment.client.full_name,
        time=labels.span(starts, ends),
        instant=int(starts.timestamp()),
        taken=taken,
        words=" · ".join(filter(None, words)),
        state=state,
        url=appointment.workspace_url,
        appointment=appointment,
    )


def _state(appointment, now):
    """An appointment's state as a CSS word, and in words for the reader."""
    if not appointment.is_scheduled:
        missed = appointment.status == Appointment.Status.NO_SHOW
        words = appointment.get_call_outcome_display() or appointment.get_status_display()
        return "missed" if missed else "done", words.lower()
    if appointment.ends_at <= now:
        return "amber", "no outcome yet"
    if appointment.is_virtual and not appointment.link:
        return "amber", "no link yet"
    return ("now", "now") if appointment.starts_at <= now else ("", "")


def _window(days):
    """The whole hours to show: the usual ones, all open ones, and entries within REACH of those.

    Of time off that begins or ends with the day, only a part has to show.
    """
    opens = [span for day in days for span in day.open]
    since = min([SHOWN[0], *(first for first, _ in opens)])
    until = max([SHOWN[1], *(last for _, last in opens)])
    spans = [_shown_part(entry) for day in days for entry in day.entries]
    near = [span for span in spans if since - REACH <= span[0] and span[1] <= until + REACH]
    firsts, lasts = zip((since, until), *near, strict=True)
    return min(firsts) // 60, -(-max(lasts) // 60)


def _shown_part(entry):
    """The minutes of an entry that the page grows to show."""
    first, last = entry.taken
    if entry.kind != "off":
        return first, last
    return first or last - 1, last if last < DAY else first + 1


def _fold(day, sheet):
    """Move entries that are entirely outside the hours shown to `early` and `late`."""
    since, until = sheet.since * 60, sheet.until * 60
    day.early = [entry for entry in day.entries if entry.taken[1] <= since]
    day.late = [entry for entry in day.entries if entry.taken[0] >= until]
    day.entries = [
        entry for entry in day.entries if since < entry.taken[1] and entry.taken[0] < until
    ]


def _mark_now(day, sheet, zone, now):
    """Add the current time to the day's entries; outside the hours shown it has no row."""
    instant = int(now.timestamp())
    taken = day.clock.covered(instant, instant + 1)
    if not taken:
        return
    mark = Entry("now", "Now", labels.clock(labels.local(now, zone)), instant, taken)
    first = taken[0] // columns.UNIT
    mark.units = first, first + 1
    if not sheet.since * columns.HOUR <= first < sheet.until * columns.HOUR:
        mark.state = "outside"
    after = [n for n, entry in enumerate(day.entries) if entry.instant > instant]
    day.entries.insert(after[0] if after else len(day.entries), mark)
