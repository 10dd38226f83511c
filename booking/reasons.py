"""Why a time is not offered to new clients: what decides is asked again, a rule at a time.

No rule is written down here a second time. An opening is put right where the visit would be, all
rules are waived, and then each is put back alone: the ones that rule the time out are the reasons.
So there are none exactly where the time is offered.
"""

from copy import copy
from dataclasses import dataclass, replace
from datetime import timedelta

from . import availability, times
from .models import Appointment, Hold, HoursPlace, Place

MARGIN = timedelta(days=1)  # the longest visit with its buffers reaches no further
FAR = 1_100  # days; nobody is asked about a time so far ahead


@dataclass(frozen=True)
class Reason:
    """A sentence for the provider; `appointment` is the one in the way, `nearest` are times."""

    kind: str
    words: str
    appointment: Appointment | None = None
    nearest: tuple = ()


def why_not(provider, starts_at, place, *, now):
    """The Reasons, none if a first visit may start then (aware) at the place."""
    calendar = availability.load([provider], now=now, since=starts_at, until=starts_at)[provider.pk]
    question = Question(calendar, starts_at, place)
    return [
        *question.closed(),
        *question.wrong_place(),
        *question.past_notice_horizon(),
        *question.outside(),
        *question.off(),
        *question.busy(now),
    ]


class Question:
    """One start at one place, asked of a Calendar and of eased copies of it."""

    def __init__(self, calendar, starts_at, place):
        self.calendar, self.place = calendar, place
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
        """A copy of the provider without the rules on time, but for those to keep."""
        eased = copy(self.provider)
        waived = {"minimum_notice_hours": 0, "horizon_days": FAR, "buffer_minutes": 0}
        for name, value in waived.items():
            if name not in keep:
                setattr(eased, name, value)
        return eased

    def free(self, **rules):
        """Whether the start is free under these rules alone."""
        asked = replace(self.waived, **rules)
        found = asked.starts(self.place, start=self.start, end=self.start + 1)
        return next(iter(found), None) == self.start

    def clock(self, instant):
        """ "10:30 AM" of an instant, in the provider's zone."""
        return times.clock(times.local(instant, self.zone))

    def short(self, instant):
        """ "Tue, Dec 1, 10:30 AM" of an instant, in the provider's zone."""
        local = times.local(instant, self.zone)
        return f"{times.short_day(local)}, {times.clock(local)}"

    def closed(self):
        if not (self.provider.published and self.provider.accepting_new_clients):
            yield Reason("closed", "You are not taking new clients right now.")

    def wrong_place(self):
        """The kind of visit decides: a call is by phone, a session never is."""
        if self.provider.starts_with_call and self.place != Place.PHONE:
            yield Reason("place", "New clients start with a phone call; you offer no sessions.")
        elif not self.provider.starts_with_call and self.place == Place.PHONE:
            yield Reason("place", "New clients start with a session; you offer no phone calls.")

    def past_notice_horizon(self):
        now = self.calendar.now
        if not self.free(now=now):
            yield Reason("past", "This time has passed.")
        elif not self.free(now=now, provider=self.eased("minimum_notice_hours")):
            hours = count(self.provider.minimum_notice_hours, "hour")
            yield Reason("notice", f"It is too soon: you ask for {hours} of notice.")
        if not self.free(now=now, provider=self.eased("horizon_days")) and self.start > now:
            days = count(self.provider.horizon_days, "day")
            yield Reason("horizon", f"It is too far ahead: you offer times for the next {days}.")

    def outside(self):
        """Outside of the hours; or in them, but not where a visit may start."""
        calendar = replace(self.calendar, off=[])
        if not calendar.within_hours(self.starts_at, self.ends_at, self.place):
            yield Reason("hours", self.hours_words())
        elif not self.free(hours=self.calendar.hours, openings=self.calendar.openings):
            grid = replace(
                self.waived,
                now=self.start - 86_400,
                hours=self.calendar.hours,
                openings=self.calendar.openings,
            )
            step = availability.STEP[self.place] // availability.MINUTE
            yield Reason(
                "grid",
                f"Visits start every {step} minutes from the start of a block.",
                nearest=tuple(map(self.short, grid.nearest(self.start, self.place, limit=2))),
            )

    def hours_words(self):
        """That the visit does not fit, and the hours of that day."""
        local = times.local(self.starts_at, self.zone)
        span = times.span(local, times.local(self.ends_at, self.zone))
        day = times.DAYS[local.weekday()]
        blocks = [
            f"{times.minutes_span(since, till)} ({HoursPlace(place).label.lower()})"
            for weekday, since, till, place in sorted(self.calendar.hours)
            if weekday == local.weekday()
        ]
        weekly = f"On {day}s you work {', '.join(blocks)}."
        if not blocks:
            weekly = f"You have no weekly hours on {day}s."
        return f"Your hours do not cover all of {span} at that place. {weekly}"

    def off(self):
        for stretch in self.calendar.off:
            if not self.free(off=[stretch]):
                first, last = (times.local(each, self.zone) for each in stretch)
                words = f"{times.long_time(first)} to {times.long_time(last)}"
                yield Reason("off", f"You have time off from {words}.")

    def busy(self, now):
        """Appointments and holds at the time, or nearer than the buffer."""
        around = (self.starts_at - MARGIN, self.ends_at + MARGIN)
        taken = self.provider.appointments.active().overlapping(*around).select_related("client")
        for each in taken.order_by("starts_at"):
            if (words := self.in_the_way(each)) is not None:
                yield Reason("busy", words, appointment=each)
        held = Hold.objects.standing(now).filter(provider=self.provider).overlapping(*around)
        for each in held.order_by("starts_at"):
            if self.in_the_way(each) is not None:
                until = self.clock(each.until)
                yield Reason("held", f"A new client is choosing. The time is held until {until}.")

    def in_the_way(self, row):
        """How an appointment or a hold rules the time out, in words; None where it doesn't."""
        stretch = int(row.starts_at.timestamp()), int(row.ends_at.timestamp())
        span = times.span(*(times.local(each, self.zone) for each in (row.starts_at, row.ends_at)))
        if not self.free(busy=[stretch]):
            return f"You have an appointment from {span}."
        if not self.free(busy=[stretch], provider=self.eased("buffer_minutes")):
            buffer = count(self.provider.buffer_minutes, "minute")
            return f"You keep {buffer} free around your appointment from {span}."
        return None


def count(number, noun):
    """ "1 hour", "2 hours"."""
    return f"{number} {noun}{'' if number == 1 else 's'}"
