"""The demo's five people you can log in as (README); their password is PASSWORD."""

import uuid
from datetime import UTC, date, datetime, timedelta

from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group

from accounts.models import User
from booking.appointments import scheduling
from booking.availability.calendar import load_calendars
from booking.first_visit import booking
from booking.models import Appointment, Coverage, Place, Relationship
from providers.models import License, Plan, Provider

from . import hours, letters
from .people import Sketch
from .stock import table
from .visits import at

PASSWORD = "headway-demo"  # noqa: S105 (the demo's; `make run` prints it)
CLIENT, NEW = "client@demo.test", "new@demo.test"
CALLS, SESSIONS, SUPPORT = "calls@demo.test", "sessions@demo.test", "support@demo.test"

JORDAN = {
    "full_name": "Jordan Ellis",
    "pronouns": "they/them",
    "phone": "+19165550142",
    "time_zone": "America/Los_Angeles",
    "date_of_birth": date(1991, 4, 17),
    "state": "CA",
}
DANA = {
    "full_name": "Dana Whitfield",
    "pronouns": "they/them",
    "phone": "+19285550117",
    "time_zone": "America/Phoenix",
    "state": "AZ",
}
MARCUS = {
    "full_name": "Marcus Okafor",
    "pronouns": "he/him",
    "phone": "+15105550163",
    "time_zone": "America/Los_Angeles",
    "state": "CA",
}
PEOPLE = {
    CLIENT: JORDAN,
    NEW: {"full_name": "Sam Rivera"},
    CALLS: DANA,
    SESSIONS: MARCUS,
    SUPPORT: {"full_name": "Robin Castellano", "is_staff": True},
}
FILL = 0.45  # of Dana's and Marcus's calendars, so every week has free times


def users():
    """The five, unsaved, by email."""
    password = make_password(PASSWORD)
    return {email: User(email=email, password=password, **facts) for email, facts in PEOPLE.items()}


def sketches(people, rng, today):
    """Dana, who starts with calls, and Marcus, who starts with sessions."""
    return [
        _sketch(people[email], table("named")[key], rng, today)
        for email, key in ((CALLS, "dana"), (SESSIONS, "marcus"))
    ]


def _sketch(user, facts, rng, today):
    provider = Provider(
        user=user,
        booking_link=f"{rng.getrandbits(60):015x}",
        time_zone=user.time_zone,
        phone=user.phone,
        published=True,
        **facts["provider"],
    )
    return Sketch(
        user=user,
        provider=provider,
        home=facts["home"],
        pattern=facts["pattern"],
        licenses=[
            License(
                provider=provider, state=state, number=number, expires=date(today.year + 2, 12, 31)
            )
            for state, number in facts["licenses"].items()
        ],
        words=facts["words"],
        plans=list(Plan.objects.filter(slug__in=facts["plans"]).order_by("slug")),
        fill=FILL,
    )


def add_support(user):
    """Put the support person into the group that support's migrations describe."""
    user.groups.add(Group.objects.get_or_create(name="Support")[0])


def add_history(people, sketches, *, visits, now):
    """Jordan met Dana and will again, has a first visit with Marcus ahead, and canceled one."""
    jordan = people[CLIENT]
    dana, marcus = (sketch.provider for sketch in sketches[:2])
    other = next((each.provider for each in sketches[2:] if _could_see(jordan, each)), None)
    last_week = now.astimezone(dana.zone).date() - timedelta(days=7)
    tuesday = last_week - timedelta(days=(last_week.weekday() - 1) % 7)
    _past(visits, dana, jordan, at(dana, tuesday, 12 * 60 + 15), Appointment.Status.COMPLETED)
    if other:
        _past(visits, other, jordan, at(other, tuesday, 10 * 60), Appointment.Status.CANCELED)
    visits.save()
    letters.write(dana, jordan, uuid=visits.uuid)
    book(jordan, marcus, now=now)
    follow_up(dana, jordan, uuid=visits.uuid(), now=now)


def _could_see(client, sketch):
    """Whether the client could book a first visit by phone or video with this provider."""
    open_to_all = sketch.provider.published and sketch.provider.accepting_new_clients
    licensed = client.state in {license.state for license in sketch.licenses}
    return open_to_all and licensed and hours.meets_virtually(sketch.pattern)


def _past(visits, provider, client, starts_at, status):
    """A past first visit, with the history it would have."""
    relationship = Relationship(uuid=visits.uuid(), provider=provider, client=client)
    visits.relationships.append(relationship)
    call = provider.starts_with_call
    appointment = Appointment(
        uuid=visits.uuid(),
        relationship=relationship,
        provider=provider,
        client=client,
        kind=provider.first_visit,
        first_visit=True,
        place=Place.PHONE if call else Place.VIRTUAL,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=provider.first_visit_minutes),
        status=status,
        client_state="CA",
        voicemail_ok=True if call else None,
    )
    visits.appointments.append(appointment)
    visits.history(appointment)


def follow_up(dana, jordan, *, uuid, now):
    """Dana schedules a session two to three weeks out, by video."""
    calendar = load_calendars([dana], now=now)[dana.pk]
    day = timedelta(days=1).total_seconds()
    soonest = int(now.timestamp() + 15 * day)
    times = calendar.starts_for_clients(
        Place.VIRTUAL, dana.session_minutes, start=soonest, end=int(soonest + 14 * day)
    )
    scheduling.schedule(
        dana,
        client=jordan,
        kind=Appointment.Kind.SESSION,
        place=Place.VIRTUAL,
        starts_at=datetime.fromtimestamp(next(iter(times)), UTC),
        minutes=dana.session_minutes,
        by=dana.user,
        uuid=uuid,
        anyway=True,
    )


def book(jordan, marcus, *, now):
    """Book Jordan's next session the way a client does; 8 days out, so it stays in the future."""
    calendar = load_calendars([marcus], now=now)[marcus.pk]
    earliest = int((now + timedelta(days=8)).timestamp())
    start = next(iter(calendar.starts(Place.VIRTUAL, start=earliest)))
    return booking.book_first_visit(
        marcus,
        client=jordan,
        uuid=uuid.UUID("6f1d2f0e-9c57-4a53-8f5e-3d5b8c0a7e11"),
        starts_at=datetime.fromtimestamp(start, UTC),
        place=Place.VIRTUAL,
        details=booking.Details(
            full_name=jordan.full_name,
            date_of_birth=jordan.date_of_birth,
            phone=jordan.phone,
            client_state="CA",
            time_zone=jordan.time_zone,
            coverage=Coverage.Kind.PLAN,
            plan=marcus.plans.get(slug="aetna-open-choice-ppo"),
            member_id="W2093 44817",
            copay=25,
            note="New baby, new job, no sleep. I’m short with everyone.",
        ),
    )
