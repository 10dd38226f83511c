"""The provider's verbs against each other and against new clients, at the same moment."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from accounts.tests.factories import UserFactory
from booking.appointments import scheduling
from booking.models import Appointment, AppointmentEvent
from booking.refusals import Refused
from booking.tests.factories import RelationshipFactory
from booking.tests.steps import contend, details_url, enter, provider_and_form

pytestmark = pytest.mark.django_db(transaction=True)


def answer_or_refusal(work):
    """The callable's result, or the refusal it raised."""
    try:
        return work()
    except Refused as no:
        return no


def follow_up(provider, *, starts_at):
    """A scheduled call with someone on the client list."""
    pair = RelationshipFactory(provider=provider, client=UserFactory())
    return scheduling.schedule(
        provider,
        client=pair.client,
        kind="call",
        place="phone",
        starts_at=starts_at,
        minutes=15,
        by=provider.user,
        uuid=uuid4(),
        anyway=True,
    )


def move(appointment, starts_at):
    return scheduling.reschedule(
        appointment,
        by=appointment.provider.user,
        starts_at=starts_at,
        minutes=15,
        place="phone",
        sequence=appointment.sequence,
        requested_by=AppointmentEvent.Side.PROVIDER,
        anyway=True,
    )


def test_two_moves_to_one_time_have_one_winner_and_lose_nothing():
    provider, _ = provider_and_form()
    soon = timezone.now() + timedelta(days=3)
    made = [follow_up(provider, starts_at=soon + timedelta(hours=n)) for n in range(2)]
    target = soon + timedelta(hours=5)
    results = contend([lambda a=each: answer_or_refusal(lambda: move(a, target)) for each in made])
    refusals = [each for each in results if isinstance(each, Refused)]
    assert len(refusals) == 1
    assert "another appointment" in refusals[0].message
    assert Appointment.objects.not_canceled().count() == 2
    assert Appointment.objects.filter(starts_at=target).count() == 1


def test_a_booking_against_a_move_to_its_time_leaves_one_there():
    provider, form = provider_and_form()
    target = timezone.datetime.fromtimestamp(form["at"], timezone.get_current_timezone())
    made = follow_up(provider, starts_at=target + timedelta(days=1))
    client = UserFactory()
    page, moved = contend(
        [
            lambda: enter(client).post(details_url(provider), {**form, "uuid": str(uuid4())}),
            lambda: answer_or_refusal(lambda: move(made, target)),
        ]
    )
    assert (page.status_code == 302) == isinstance(moved, Refused)
    assert Appointment.objects.not_canceled().filter(starts_at=target).count() == 1
    assert Appointment.objects.not_canceled().count() == (2 if page.status_code == 302 else 1)


def test_two_schedule_one_client_elsewhere_at_one_time_and_one_is_told():
    first, _ = provider_and_form()
    second, _ = provider_and_form(name="Marcus Okafor")
    client = UserFactory()
    at = timezone.now() + timedelta(days=3)
    for provider in (first, second):
        RelationshipFactory(provider=provider, client=client)
    ask = {"client": client, "kind": "call", "place": "phone", "starts_at": at, "minutes": 15}
    results = contend(
        [
            lambda p=provider: answer_or_refusal(
                lambda: scheduling.schedule(p, **ask, by=p.user, uuid=uuid4(), anyway=True)
            )
            for provider in (first, second)
        ]
    )
    assert sum(isinstance(each, Refused) for each in results) == 1
    assert Appointment.objects.count() == 1
