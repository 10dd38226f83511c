"""Partly full calendars: clients of the demo's providers, with past and future visits.

Each client has their own weekly time in the provider's hours, so nothing overlaps.
"""

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from accounts.models import User
from booking.models import (
    Appointment,
    AppointmentEvent,
    Coverage,
    HoursPlace,
    Opening,
    Place,
    Relationship,
    TimeOff,
)

from . import hours
from .people import UNUSABLE
from .stock import table

FIRST_WEEK, LAST_WEEK = -5, 6  # in the calendars; this week is 0
MOST_CLIENTS = 18
GRID = 30  # minutes between the starts of weekly times
Status, What, Side = Appointment.Status, AppointmentEvent.What, AppointmentEvent.Side


@dataclass(frozen=True)
class Weekly:
    """A client's weekly time: minutes from midnight on a weekday (0 is Monday)."""

    weekday: int
    minute: int
    place: Place


class Visits:
    """Collects unsaved rows, provider by provider; `directory` saves them in bulk."""

    def __init__(self, stock, *, now):
        self.stock, self.rng, self.now = stock, stock.rng, now
        self.clients, self.relationships, self.coverages = [], [], []
        self.appointments, self.events, self.off, self.openings = [], [], [], []

    def fill(self, sketch):
        """Time off, openings, clients and their visits for one provider."""
        provider = sketch.provider
        today = self.now.astimezone(provider.zone).date()
        monday = today - timedelta(days=today.weekday())
        away = self.time_off(provider, monday, when=sketch.away)
        self.opening(provider, monday, sketch.pattern, away)
        for number, weekly in enumerate(self.weekly_times(sketch)):
            course = list(self.course(provider, weekly, monday, away))
            if course:
                client = self.client(provider, sketch.home, number)
                relationship = self.relationship(provider, client, sketch.plans)
                for visit in course:
                    self.write(relationship, sketch.home, *visit)

    def time_off(self, provider, monday, *, when):
        """Most are away for a few days, some of them now; returns (first day, last day)."""
        if when == "long":
            first, last = monday - timedelta(days=3), monday + timedelta(weeks=16)
        elif when == "now":
            first, last = monday, monday + timedelta(days=self.rng.randint(6, 12))
        elif self.rng.random() < 0.35:
            return None
        else:
            days = self.rng.choice((0, 0, 3))
            first = monday + timedelta(weeks=self.rng.randint(3, 6), days=days)
            last = first + timedelta(days=self.rng.choice((1, 4, 6)))
        self.off.append(
            TimeOff(
                provider=provider,
                starts_at=at(provider, first, 0),
                ends_at=at(provider, last + timedelta(days=1), 0),
            )
        )
        return first, last

    def opening(self, provider, monday, pattern, away):
        """One in four opens up a morning for video sessions on a day off, in 2 or 3 weeks."""
        worked = {day for day, *_ in hours.blocks(pattern)}
        idle = [day for day in range(7) if day not in worked]
        if self.rng.random() > 0.25 or not idle or not hours.meets_virtually(pattern):
            return
        day = monday + timedelta(weeks=self.rng.randint(1, 2), days=self.rng.choice(idle))
        self.openings.append(
            Opening(
                provider=provider,
                starts_at=at(provider, day, 9 * 60),
                ends_at=at(provider, day, 12 * 60),
                place=HoursPlace.VIRTUAL,
            )
        )

    def weekly_times(self, sketch):
        """Enough weekly times to fill the calendar as planned, shuffled.

        Blocks for calls only stay free for first calls.
        """
        provider, found = sketch.provider, []
        taken = provider.session_minutes + provider.buffer_minutes
        stride = -(-taken // GRID) * GRID
        for weekday, start, end, place in hours.blocks(sketch.pattern):
            if place == HoursPlace.CALLS:
                continue
            for minute in range(start, end - provider.session_minutes + 1, stride):
                where = Place.VIRTUAL if place == HoursPlace.VIRTUAL else Place.IN_PERSON
                if place == HoursPlace.BOTH:
                    where = self.rng.choice((Place.VIRTUAL, Place.IN_PERSON))
                found.append(Weekly(weekday, minute, where))
        self.rng.shuffle(found)
        return found[: min(MOST_CLIENTS, round(len(found) * sketch.fill))]

    def course(self, provider, weekly, monday, away):
        """(kind, first, place, starts_at) of one client's visits, starting with the first one."""
        begins = self.rng.choice((FIRST_WEEK, FIRST_WEEK, -4, -3, -2, -1, 0, 1))
        every = self.rng.choice((1, 1, 2))
        ends = self.rng.choice((LAST_WEEK, LAST_WEEK, 3, 1)) if begins < 0 else begins
        first = True
        for week in range(begins, ends + 1, every):
            day = monday + timedelta(weeks=week, days=weekly.weekday)
            if away and away[0] <= day <= away[1]:
                continue
            call = first and provider.starts_with_call
            yield (
                Appointment.Kind.CALL if call else Appointment.Kind.SESSION,
                first,
                Place.PHONE if call else weekly.place,
                at(provider, day, weekly.minute),
            )
            first = False

    def client(self, provider, home, number):
        """A made-up client who lives where the provider is licensed."""
        origins = table("names")
        origin = origins[self.rng.choice(list(origins))]
        given = self.rng.choice(origin["she"] + origin["he"])
        user = User(
            email=f"client{number}.{provider.slug}@clients.demo.test",
            full_name=f"{given} {self.rng.choice(origin['family'])}",
            phone=f"{provider.phone[:5]}55501{self.rng.randrange(100):02}",
            time_zone=provider.time_zone,
            state=home,
            date_of_birth=self.now.date().replace(day=1)
            - timedelta(days=self.rng.randrange(19 * 366, 78 * 365)),
            password=UNUSABLE,
        )
        self.clients.append(user)
        return user

    def relationship(self, provider, client, plans):
        """The pair, and how the client pays."""
        made = Relationship(uuid=self.uuid(), provider=provider, client=client)
        self.relationships.append(made)
        covering = [plan for plan in plans if plan.covers_telehealth]
        plan = self.rng.choice(covering) if covering and self.rng.random() < 0.85 else None
        self.coverages.append(
            Coverage(
                relationship=made,
                kind=Coverage.Kind.PLAN if plan else Coverage.Kind.SELF,
                plan=plan,
                member_id=f"W{self.rng.randrange(10**8, 10**9)}" if plan else "",
                copay=self.rng.choice((0, 15, 20, 25, 40, None)) if plan else None,
            )
        )
        return made

    def write(self, relationship, state, kind, first, place, starts_at):
        """One appointment with its history."""
        provider, client = relationship.provider, relationship.client
        call = kind == Appointment.Kind.CALL
        minutes = provider.call_minutes if call else provider.session_minutes
        appointment = Appointment(
            uuid=self.uuid(),
            relationship=relationship,
            provider=provider,
            client=client,
            kind=kind,
            first_visit=first,
            place=place,
            starts_at=starts_at,
            ends_at=starts_at + timedelta(minutes=minutes),
            client_state=state,
            voicemail_ok=self.rng.random() < 0.7 if call else None,
            client_note=self.stock.voice("notes", "any") if first else "",
        )
        appointment.status = self.status(appointment)
        self.appointments.append(appointment)
        self.history(appointment)

    def status(self, appointment):
        """How it went: most past ones are completed, and a few are canceled."""
        chance = self.rng.random()
        if chance < 0.05 and not appointment.first_visit:
            return Status.CANCELED
        if appointment.ends_at > self.now - timedelta(hours=20):
            return Status.SCHEDULED
        return Status.NO_SHOW if chance > 0.97 and not appointment.first_visit else Status.COMPLETED

    def history(self, appointment):
        """The events that led to the appointment's current state, all in the past."""
        first, provider = appointment.first_visit, appointment.provider.user
        by = appointment.client if first else provider
        soon = min(appointment.starts_at, self.now)
        booked_at = soon - timedelta(days=self.rng.randint(2, 15), minutes=self.rng.randrange(600))
        self.event(appointment, What.SCHEDULED, by=by, at=booked_at)
        if appointment.status == Status.CANCELED:
            appointment.sequence = 1
            canceled_at = soon - timedelta(hours=self.rng.randint(26, 46))
            self.event(appointment, What.CANCELED, by=by, at=canceled_at)
        elif appointment.status != Status.SCHEDULED:
            recorded_at = appointment.ends_at + timedelta(minutes=self.rng.randint(2, 300))
            outcome = appointment.call_outcome or appointment.status
            self.event(appointment, What.OUTCOME, by=provider, at=recorded_at, outcome=outcome)

    def event(self, appointment, what, *, by, at, outcome=""):
        client = by is appointment.client
        self.events.append(
            AppointmentEvent(
                uuid=self.uuid(),
                appointment=appointment,
                what=what,
                by=by,
                on_behalf_of=Side.CLIENT if client else Side.PROVIDER,
                at=at,
                sequence=appointment.sequence,
                starts_at=appointment.starts_at,
                ends_at=appointment.ends_at,
                place=appointment.place,
                outcome=outcome,
            )
        )

    def save(self):
        """Insert all rows collected, whose clients have been saved."""
        for model, rows in (
            (Relationship, self.relationships),
            (Coverage, self.coverages),
            (TimeOff, self.off),
            (Opening, self.openings),
            (Appointment, self.appointments),
            (AppointmentEvent, self.events),
        ):
            model.objects.bulk_create(rows, batch_size=500)

    def uuid(self):
        return uuid.UUID(int=self.rng.getrandbits(128), version=4)


def at(provider, day, minute):
    """A wall-clock time of the provider, in minutes from midnight of a date, as UTC."""
    local = datetime.combine(day, time(minute // 60, minute % 60), provider.zone)
    return local.astimezone(UTC)
