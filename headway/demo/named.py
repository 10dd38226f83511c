"""The five people of the demo that one can log in as (README); their password is PASSWORD."""

import uuid
from datetime import UTC, date, datetime, timedelta

from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group

from accounts.models import User
from booking import availability, scheduling
from booking.models import Appointment, Coverage, Place, Relationship
from providers.models import License, Plan, Provider

from . import hours
from .people import Sketch
from .visits import at

PASSWORD = "headway-demo"  # noqa: S105 the demo's, printed by `make run`
CLIENT, NEW = "client@demo.test", "new@demo.test"
CALLS, SESSIONS, SUPPORT = "calls@demo.test", "sessions@demo.test", "support@demo.test"

DANA_BIO = """\
Most people who write to me have been coping for a long time. They do good work, they look after \
others, and at night their mind goes over tomorrow once more. Sometimes a change they never asked \
for has brought it on: a move, an illness, the end of a marriage.

We start with what keeps the worry going. I was trained in cognitive behavioral therapy and use a \
good deal of acceptance and commitment therapy, so you will try small things between our sessions \
and tell me honestly how they went. I say what I think, and I ask what you make of it.

I grew up with Deaf parents and work in American Sign Language as well as English. Let’s talk on \
the phone first, or by video relay; if I’m not the right person, I’ll help you to find who is."""

MARCUS_BIO = """\
I work mostly with men, new fathers, and people whose work has worn them out. Many of them have \
never done this before and half expect to be analyzed on a couch. What we do is talk, plainly, \
about what you carry and who else is affected when you can’t put it down.

Before I became a social worker I drove an AC Transit bus for nine years. It taught me that people \
show you who they are at six in the morning, and that most of them are trying.

In our first session I’ll ask what you want to be different by summer. We can meet by video, or \
at my office a few steps from the 19th Street station, where there is coffee and a window that \
opens."""


def users(now):
    """The five, unsaved, by email; `date_joined` says when the demo was filled (see shift.py)."""
    password = make_password(PASSWORD)

    def person(email, name, **more):
        return User(email=email, full_name=name, password=password, date_joined=now, **more)

    return {
        user.email: user
        for user in (
            person(
                CLIENT,
                "Jordan Ellis",
                pronouns="they/them",
                phone="+19165550142",
                time_zone="America/Los_Angeles",
                date_of_birth=date(1991, 4, 17),
                state="CA",
            ),
            person(NEW, "Sam Rivera"),
            person(
                CALLS,
                "Dana Whitfield",
                pronouns="they/them",
                phone="+19285550117",
                time_zone="America/Phoenix",
                state="AZ",
            ),
            person(
                SESSIONS,
                "Marcus Okafor",
                pronouns="he/him",
                phone="+15105550163",
                time_zone="America/Los_Angeles",
                state="CA",
            ),
            person(SUPPORT, "Robin Castellano", is_staff=True),
        )
    }


def sketches(people, rng, today):
    """Dana, who starts with calls, and Marcus, who starts with sessions."""
    return [dana(people[CALLS], rng, today), marcus(people[SESSIONS], rng, today)]


def dana(user, rng, today):
    provider = Provider(
        user=user,
        slug="dana-whitfield",
        booking_link=f"{rng.getrandbits(60):015x}",
        name="Dana Whitfield",
        credentials="PsyD",
        headline="For worry that won’t switch off, and for big changes you didn’t ask for.",
        bio=DANA_BIO,
        first_visit=Provider.FirstVisit.CALL,
        session_fee=210,
        time_zone=user.time_zone,
        phone=user.phone,
        telehealth_platform="Quiet Room",
        telehealth_link="https://quietroom.example/dana-whitfield",
        telehealth_instructions=(
            "Open the link five minutes early. You’ll be in a waiting room until I let you in. "
            "If it won’t work, call me; we’ll do without the picture until it does."
        ),
        office_address="2200 North Fort Valley Road, Suite 6",
        office_city="Flagstaff",
        office_state="AZ",
        late_cancellation="With less notice than that I charge half of the session fee, unless "
        "you’re ill.",
        published=True,
    )
    return Sketch(
        user=user,
        provider=provider,
        home="AZ",
        pattern="mon-thu 8:00-12:00 virtual, mon-fri 12:00-13:00 calls, "
        "mon tue thu 13:30-17:30 virtual, wed 13:30-17:30 in_person, fri 9:00-11:00 calls",
        licenses=_licenses(provider, today, AZ="PSY-005127", CA="PSY 31840"),
        words={
            "specialties": ["anxiety", "panic", "life-changes", "sleep", "work-and-burnout"],
            "methods": ["cognitive-behavioral-therapy", "acceptance-and-commitment-therapy"],
            "client_groups": ["adults", "lgbtq-clients"],
            "languages": ["english", "american-sign-language"],
        },
        plans=_plans(
            "aetna-open-choice-ppo",
            "aetna-hmo",
            "cigna-open-access-plus",
            "unitedhealthcare-optum-choice-plus-ppo",
            "unitedhealthcare-optum-charter-indemnity",
            "blue-shield-of-california-full-ppo",
            "arizona-blue-ppo",
        ),
        fill=0.45,
    )


def marcus(user, rng, today):
    provider = Provider(
        user=user,
        slug="marcus-okafor",
        booking_link=f"{rng.getrandbits(60):015x}",
        name="Marcus Okafor",
        credentials="LCSW",
        headline="For men, new fathers, and people worn out by work.",
        bio=MARCUS_BIO,
        first_visit=Provider.FirstVisit.SESSION,
        session_fee=165,
        time_zone=user.time_zone,
        phone=user.phone,
        telehealth_platform="Meadow Video",
        telehealth_link="https://meadow.example/marcus-okafor",
        telehealth_instructions=(
            "The link is the same every time. Find a spot where nobody can overhear you; a parked "
            "car is fine."
        ),
        office_address="1840 Broadway, Suite 310",
        office_city="Oakland",
        office_state="CA",
        buffer_minutes=10,
        cancellation_window_hours=48,
        late_cancellation="After that the full fee is due. If your kid is sick or you are, tell "
        "me, and we’ll move it.",
        published=True,
    )
    return Sketch(
        user=user,
        provider=provider,
        home="CA",
        pattern="mon wed 9:00-13:00 both, mon wed 14:00-18:00 virtual, "
        "tue thu 12:00-20:00 both, fri 8:00-12:00 virtual",
        licenses=_licenses(provider, today, CA="LCSW 98127"),
        words={
            "specialties": ["mens-issues", "work-and-burnout", "parenting", "anger", "depression"],
            "methods": ["acceptance-and-commitment-therapy", "motivational-interviewing"],
            "client_groups": ["adults", "new-and-expecting-parents", "people-of-color"],
            "languages": ["english", "igbo"],
        },
        plans=_plans(
            "aetna-open-choice-ppo",
            "aetna-hmo",
            "aetna-managed-choice-pos",
            "blue-shield-of-california-full-ppo",
            "blue-shield-of-california-trio-hmo",
            "unitedhealthcare-optum-choice-plus-ppo",
        ),
        fill=0.45,
    )


def _licenses(provider, today, **numbers):
    expires = date(today.year + 2, 12, 31)
    return [
        License(provider=provider, state=state, number=number, expires=expires)
        for state, number in numbers.items()
    ]


def _plans(*slugs):
    return list(Plan.objects.filter(slug__in=slugs).order_by("slug"))


def add_support(user):
    """Put the support person into the group that support's migrations describe."""
    user.groups.add(Group.objects.get_or_create(name="Support")[0])


def add_history(people, sketches, *, visits, now):
    """Jordan has met Dana, meets Marcus next week or the one after, and canceled with another."""
    jordan = people[CLIENT]
    dana, marcus = (sketch.provider for sketch in sketches[:2])
    other = next((each.provider for each in sketches[2:] if _could_see(jordan, each)), None)
    last_week = now.astimezone(dana.zone).date() - timedelta(days=7)
    tuesday = last_week - timedelta(days=(last_week.weekday() - 1) % 7)
    _past(visits, dana, jordan, at(dana, tuesday, 12 * 60 + 15), Appointment.Status.COMPLETED)
    if other:
        _past(visits, other, jordan, at(other, tuesday, 10 * 60), Appointment.Status.CANCELED)
    visits.save()
    book(jordan, marcus, now=now)


def _could_see(client, sketch):
    """Whether the client could book a first visit by phone or video with this provider."""
    open_to_all = sketch.provider.published and sketch.provider.accepting_new_clients
    licensed = client.state in {license.state for license in sketch.licenses}
    return open_to_all and licensed and hours.meets_virtually(sketch.pattern)


def _past(visits, provider, client, starts_at, status):
    """A first visit that is over, with its history, written as it would have been."""
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
        client_phone=client.phone,
        voicemail_ok=True if call else None,
    )
    visits.appointments.append(appointment)
    visits.history(appointment)


def book(jordan, marcus, *, now):
    """Book Jordan's coming session as a client does; eight days ahead, so that it stays ahead."""
    calendar = availability.load([marcus], now=now)[marcus.pk]
    earliest = int((now + timedelta(days=8)).timestamp())
    start = next(iter(calendar.starts(Place.VIRTUAL, start=earliest)))
    return scheduling.book_first_visit(
        marcus,
        client=jordan,
        uuid=uuid.UUID("6f1d2f0e-9c57-4a53-8f5e-3d5b8c0a7e11"),
        starts_at=datetime.fromtimestamp(start, UTC),
        place=Place.VIRTUAL,
        details=scheduling.Details(
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
