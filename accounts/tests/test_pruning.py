"""What's pruned on a schedule: mail that was settled long ago, and what expired in the cache."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from accounts import tasks
from accounts.models import Notification
from accounts.tests.factories import UserFactory

pytestmark = pytest.mark.django_db
State = Notification.State
NOW = timezone.datetime(2026, 11, 24, 12, tzinfo=timezone.get_default_timezone())
OLD, NEW = timedelta(days=31), timedelta(days=29)


@pytest.fixture(autouse=True)
def noon():
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


def settle(state, *, settled, due=OLD, **fields):
    """A notification that was due and settled that long ago."""
    sent_at = NOW - settled if state == State.SENT else None
    due_at = NOW - (due if state == State.SENT else settled)
    fields = {"kind": "accounts.mail", "event": str(Notification.objects.count()), **fields}
    return Notification.objects.create(state=state, due_at=due_at, sent_at=sent_at, **fields)


def test_mail_that_was_settled_over_a_month_ago_goes():
    settle(State.SENT, settled=OLD)
    settle(State.DROPPED, settled=OLD)
    settle(State.FAILED, settled=OLD, address="typo@mail.example")
    left = [
        settle(State.SENT, settled=NEW),  # due long ago, and sent late
        settle(State.DROPPED, settled=NEW),
        settle(State.FAILED, settled=NEW),
    ]
    tasks.prune_outbox()
    assert list(Notification.objects.order_by("pk")) == left


def test_what_is_owed_and_what_an_account_shows_stays():
    user = UserFactory()
    for state in (State.PENDING, State.SENDING, State.FAILED):
        settle(state, settled=OLD, recipient=user)
    tasks.prune_outbox()
    assert Notification.objects.count() == 3


def test_any_number_of_rows_goes(monkeypatch):
    monkeypatch.setattr("accounts.pruning.BATCH", 2)
    for _ in range(7):
        settle(State.SENT, settled=OLD)
    tasks.prune_outbox()
    assert not Notification.objects.exists()
