"""Why a time isn't offered to new clients: asks slots.py again, one rule at a time.

No rule is repeated here. We put an opening right where the visit would be, waive every rule, then
put the rules back one at a time; the ones that rule the time out are the reasons. So a time has no
reasons exactly when it is offered.
"""

from copy import copy
from dataclasses import dataclass, replace
from datetime import UTC, timedelta

from providers.models import Provider

from ..clock import labels
from ..clock.formatting import format_day
from ..models import HOURS_FOR, Appointment, Hold, HoursPlace, Place
from .calendar import MARGIN, MINUTE, STEP, load_calendars

FAR = 1_100  # days; further ahead than the form lets anyone ask


@dataclass(frozen=True)
class Reason:
    """A sentence for the provider; `appointment` is in the way, `nearest` are free times."""

    kind: str
    text: str
    appointment: Appointment | None = None
    nearest: tuple = ()


def why_not(provider, starts_at, place, *, now):
    """The Reasons why no first visit may start then (aware) at the place; none if one may."""
    calendar = loaded(provider, starts_at, starts_at, now=now)
    return against(calendar, starts_at, place, now=now)


def loaded(provider, since, until, *, now):
    """The Calendar up to the horizon, and around the times (aware) that are asked about."""
    horizon = now + timedelta(days=provider.horizon_days)
    around = {"since": min(now, since), "until": max(horizon, until)}
    return load_calendars([provider], now=now, **around)[provider.pk]


def against(calendar, starts_at, place, *, now):
    """The Reasons why a start (aware) at the place isn't free on a Calendar.

    If the place doesn't match the provider's kind of first visit, the rules for first visits don't
    apply. Then only what takes up the time itself is checked, for a visit of the place's kind.
    """
    question = Question(calendar, starts_at, place)
    if wrong := list(question.wrong_place()):
        visit = Question(of_kind(calendar, place), starts_at, place)
        return [*question.closed(), *wrong, *visit.past(), *visit.off(), *visit.busy(now)]
    return [
        *question.closed(),
        *question.past(),
        *question.notice(),
        *question.horizon(),
        *question.outside(),
        *question.off(),
        *question.busy(now),
    ]


def of_kind(calendar, place):
    """The Calendar as if the place's kind of visit were the provider's first visit."""
    provider, kinds = copy(calendar.provider), Provider.FirstVisit
    provider.first_visit = kinds.CALL if place == Place.PHONE else kinds.SESSION
    return replace(calendar, provider=provider)


def outlook(provider, *, starts_at, ends_at, place, now):
    """(number, Reasons): how many starts a saved opening (aware, at a HoursPlace) adds.

    A visit may begin before the opening and reach into it. If no visit can start in it, the reasons
    are those at its first start that hasn't passed. (0, []) means that all its starts were offered
    without it.
    """
    calendar = loaded(provider, starts_at, ends_at, now=now)
    admitted = [each for each in Place if place in HOURS_FOR[each]]
    where = [each for each in calendar.places() if each in admitted]
    opening = int(starts_at.timestamp()), int(ends_at.timestamp()), place
    rest = [each for each in calendar.openings if each != opening]
    without = replace(calendar, openings=rest)
    free = starts_around(calendar, where, opening)
    added = {start for _, start in free - starts_around(without, where, opening)}
    place = (where or admitted)[0]
    step = timedelta(seconds=STEP[place])
    passed = max(now - starts_at, timedelta())
    reasons = against(calendar, starts_at + -(-passed // step) * step, place, now=now)
    closed = [reason for reason in reasons if reason.kind in ("hidden", "closed")]
    if closed or not (added or any(start >= opening[0] for _, start in free)):
        return 0, closed or reasons
    return len(added), []


def starts_around(calendar, places, opening):
    """The free (place, start) of visits that are in an opening or reach into it."""
    since = opening[0] - calendar.provider.first_visit_minutes * MINUTE + 1
    return {
        (place, start)
        for place in places
        for start in calendar.starts(place, start=since, end=opening[1])
    }


class Question:
    """One start at one place, checked against a Calendar and copies of it with rules waived."""

    def __init__(self, calendar, starts_at, place):
        self.calendar, self.place = calendar, place
        self.now = labels.local(calendar.now, UTC)
        self.provider, self.zone = calendar.provider, calendar.provider.zone
        self.start = int(starts_at.timestamp())
        self.starts_at = starts_at
        self.ends_at = starts_at + timedelta(minutes=self.provider.first_visit_minutes)
        self.waived = replace(
            calendar,
            provider=self.eased(),
            now=self.start,
            hours=[],
            openings=[(self.start, int(self.ends_at.timestamp()), HoursPlace.BOTH)],
            off=[],
            busy=[],
        )

    def eased(self, *keep):
        """A copy of the provider with the rules on time waived, except those to keep."""
        eased = copy(self.provider)
        waived = {"minimum_notice_hours": 0, "horizon_days": FAR, "buffer_minutes": 0}
        for name, value in waived.items():
            if name not in keep:
                setattr(eased, name, value)
        return eased

    def free(self, **rules):
        """Whether the start is free under these rules alone."""
        calendar = replace(self.waived, **rules)
        starts = calendar.starts(self.place, start=self.start, end=self.start + 1)
        return next(iter(starts), None) == self.start

    def short(self, instant):
        """ "Tue, Dec 1, 10:30 AM" of an instant, in the provider's zone."""
        return labels.short_time(labels.local(instant, self.zone), now=self.now)

    def closed(self):
        if not self.provider.published:
            yield Reason("hidden", "Your profile isn’t public, so nobody can book.")
        if not self.provider.accepting_new_clients:
            words = "You’re not taking new clients right now."
            if back := self.provider.returns_on:
                words += f" You’ll be back on {format_day(back, self.provider.time_zone)}."
            yield Reason("closed", words)

    def wrong_place(self):
        """The kind of visit decides: a call is by phone, a session never is."""
        starts = "New clients start with"
        if self.provider.starts_with_call and self.place != Place.PHONE:
            yield Reason("place", f"{starts} a phone call, so they can’t book a session.")
        elif not self.provider.starts_with_call and self.place == Place.PHONE:
            yield Reason("place", f"{starts} a session, so they can’t book a phone call.")

    def past(self):
        if not self.free(now=self.calendar.now):
            yield Reason("past", "This time has passed.")

    def notice(self):
        kept = self.eased("minimum_notice_hours")
        if next(self.past(), None) is None and not self.free(now=self.calendar.now, provider=kept):
            hours = labels.count(self.provider.minimum_notice_hours, "hour")
            yield Reason("notice", f"It’s too soon. You ask for {hours} of notice.")

    def horizon(self):
        now = self.calendar.now
        if not self.free(now=now, provider=self.eased("horizon_days")) and self.start > now:
            days = labels.count(self.provider.horizon_days, "day")
            last = labels.local(self.calendar.horizon_end, self.zone)
            until = labels.long_time(last, now=self.now)
            words = f"It’s too far ahead. You offer times for the next {days}, until {until}."
            yield Reason("horizon", words)

    def outside(self):
        """Outside the hours; or inside them, but not where a visit can start."""
        calendar = replace(self.calendar, off=[])
        if not calendar.within_hours(self.starts_at, self.ends_at, self.place):
            yield Reason("hours", self.hours_words())
        elif not self.free(hours=self.calendar.hours, openings=self.calendar.openings):
            step = STEP[self.place] // MINUTE
            words = f"Visits start every {step} minutes from the start of a block."
            yield Reason("grid", words, nearest=self.nearest())

    def nearest(self):
        """The closest free times, in words; none while nobody can book."""
        if next(self.closed(), None):
            return ()
        return tuple(map(self.short, self.calendar.nearest(self.start, self.place, limit=2)))

    def hours_words(self):
        """Say that the visit doesn't fit, and which hours that day has."""
        local = labels.local(self.starts_at, self.zone)
        span = labels.span(local, labels.local(self.ends_at, self.zone))
        day = labels.DAYS[local.weekday()]
        blocks = [
            f"{labels.minutes_span(since, till)} ({HoursPlace(place).label.lower()})"
            for weekday, since, till, place in sorted(self.calendar.hours)
            if weekday == local.weekday()
        ]
        weekly = f"On {day}s you work {', '.join(blocks)}."
        if not blocks:
            weekly = f"You don’t have weekly hours on {day}s."
        takes = f"A first visit takes {labels.count(self.provider.first_visit_minutes, 'minute')}"
        kind = "" if self.place == Place.PHONE else f" for {Place(self.place).label.lower()} visits"
        return f"{takes}, and your hours{kind} don’t cover all of {span}. {weekly}"

    def off(self):
        for stretch in self.calendar.off:
            if not self.free(off=[stretch]):
                ends = (labels.local(each, self.zone) for each in stretch)
                yield Reason("off", f"You have time off: {labels.stretch(*ends, now=self.now)}.")

    def busy(self, now):
        """Appointments and holds at that time, or within the buffer around it."""
        around = (self.starts_at - MARGIN, self.ends_at + MARGIN)
        taken = (
            self.provider.appointments.not_canceled().overlapping(*around).select_related("client")
        )
        for each in taken.order_by("starts_at"):
            if (words := self.in_the_way(each)) is not None:
                yield Reason("busy", words, appointment=each)
        held = Hold.objects.current(now).filter(provider=self.provider).overlapping(*around)
        for each in held.order_by("starts_at"):
            if self.in_the_way(each) is not None:
                until = labels.until(labels.local(each.until, self.zone), now=self.now)
                words = f"A new client is booking. The time is held until {until}."
                if each.offer:
                    span = self.span_words(each)
                    words = f"You’ve offered a client this time: {span}. It’s held until {until}."
                yield Reason("held", words)

    def in_the_way(self, row):
        """How an appointment or a hold rules the time out, in words; None if it doesn't."""
        stretch = int(row.starts_at.timestamp()), int(row.ends_at.timestamp())
        span = self.span_words(row)
        if not self.free(busy=[stretch]):
            return f"You have an appointment: {span}."
        if not self.free(busy=[stretch], provider=self.eased("buffer_minutes")):
            buffer = labels.count(self.provider.buffer_minutes, "minute")
            return f"You keep {buffer} free around your appointment: {span}."
        return None

    def span_words(self, row):
        """When a row is; with its day if that isn't the day asked about."""
        ends = [labels.local(each, self.zone) for each in (row.starts_at, row.ends_at)]
        if ends[0].date() == ends[1].date() == labels.local(self.starts_at, self.zone).date():
            return labels.span(*ends)
        return labels.stretch(*ends, now=self.now)
