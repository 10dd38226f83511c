"""Steps that booking's tests share: type the details, move, race for a time."""

import re
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from django.test import Client
from django.utils import timezone
from django.utils.html import strip_tags

from accounts.tests.steps import contend  # noqa: F401 (booking's tests take it from here)
from booking.appointments import offers, scheduling
from booking.availability.calendar import load_calendars
from booking.models import Hold, Place
from providers.models import Plan
from providers.tests.factories import PlanFactory, ProviderFactory

TEN_AM = datetime(2026, 12, 2, 18, tzinfo=UTC)  # that week's Wednesday, in Pacific Time


def url_of(appointment, path=""):
    """A page of the appointment from the provider's side."""
    return f"/workspace/appointments/{appointment.uuid}/{path}"


def words_of(page):
    """What people read on a page, in one line."""
    return re.sub(r"\s+", " ", strip_tags(page.text))


def error_at(page, field):
    """What is said at a field; None where nothing is wrong with it."""
    found = re.search(rf'id="id_(?:block-0-)?{field}_error">.*?<span>(.*?)</span>', page.text, re.S)
    return found and found[1]


def moved(**changes):
    """The form that moves that session to Thursday at 11 AM, as Jordan asked."""
    data = {"version": "0", "place": "virtual", "date": "2026-12-03", "starts": "11:00"}
    return {**data, "minutes": "50", "requested_by": "client", "reason": "A trip.", **changes}


def first_start(provider, place=None):
    """The provider's next free start, in epoch seconds."""
    calendar = load_calendars([provider], now=timezone.now())[provider.pk]
    return next(iter(calendar.starts(place or calendar.places()[0])))


def answers(provider, hold=None, **changes):
    """What a new client types into the details form."""
    call = provider.starts_with_call
    data = {
        "at": first_start(provider),
        "place": Place.PHONE if call else Place.VIRTUAL,
        "uuid": "0d8f6a6c-6d2b-4a53-9a3b-6a3b8ad6ad01",
        "full_name": "Jordan Ellis",
        "date_of_birth": "04/27/1990",
        "phone": "(916) 555-0142",
        "client_state": "CA",
        "coverage": "plan",
        "plan": Plan.objects.filter(providers=provider).first().slug,
        "member_id": "W1234",
        "copay": "25",
        "note": "I can’t sleep.",
    }
    if call:
        data["voicemail_ok"] = "yes"
    if hold:
        data.update({"uuid": str(hold.uuid), "at": int(hold.starts_at.timestamp())})
    return {**data, **changes}


def details_url(provider):
    """Where the details are typed."""
    return f"{provider.booking_url}details/"


def hold_of(provider):
    """The only hold with the provider."""
    return Hold.objects.get(provider=provider)


def url_to_schedule(pair):
    return f"/workspace/clients/{pair.uuid}/schedule/"


def planned(**changes):
    """A session by video on Friday at 10 AM."""
    data = {"uuid": str(uuid4()), "place": "virtual", "date": "2026-12-04", "starts": "10:00"}
    return {**data, "minutes": "50", **changes}


def provider_and_form(name="Dana Whitfield"):
    """A provider with hours every day, and a form for one of their times two days ahead."""
    provider = ProviderFactory(name=name, plans=[PlanFactory()])
    for weekday in range(7):
        provider.working_hours.create(weekday=weekday, from_minute=9 * 60, to_minute=17 * 60)
    form = answers(provider)
    return provider, {**form, "at": form["at"] + 2 * 86400}


def enter(user):
    """A test client that's logged in."""
    person = Client(raise_request_exception=False)
    person.force_login(user)
    return person


def offer(pair, *starts, **changes):
    """Offer the client 50-minute sessions by video, for a day; the offer's uuid."""
    uuid = changes.pop("offer", None) or uuid4()
    ask = {"minutes": 50, "place": "virtual", "until": timezone.now() + timedelta(days=1)}
    offers.hold(pair.provider, client=pair.client, offer=uuid, starts=starts, **(ask | changes))
    return uuid


def accept(pair, starts_at, *, offer, **changes):
    """The client accepts one of the times of an offer; the new appointment."""
    ask = {"kind": "session", "place": "virtual", "minutes": 50, "by": pair.client, "uuid": offer}
    ask |= {"client": pair.client, "starts_at": starts_at, "anyway": True, "offer": offer}
    return scheduling.schedule(pair.provider, **(ask | changes))


def accept_move(appointment, starts_at, *, offer, **changes):
    """The client accepts another time for an appointment."""
    ask = {"place": "virtual", "minutes": 50, "by": appointment.client, "anyway": True}
    ask |= {"sequence": appointment.sequence, "requested_by": "provider", "offer": offer}
    return scheduling.reschedule(appointment, starts_at=starts_at, **(ask | changes))
