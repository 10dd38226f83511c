"""What's pruned on a schedule: mail that was settled long ago, and what expired in the cache."""

from datetime import timedelta

import pytest
import time_machine
from django.core.cache import cache
from django.db import connection
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


def test_the_cache_forgets_what_expired_and_keeps_the_rest(noon, monkeypatch):
    monkeypatch.setattr("accounts.cache.BATCH", 2)
    for number in range(5):
        cache.set(f"short-{number}", number, timeout=60)
    cache.set("long", 1, timeout=3600)
    cache.set("for-good", 1, timeout=None)
    noon.shift(timedelta(minutes=2))
    tasks.prune_cache()
    assert rows_in_the_cache() == 2
    assert cache.get_many(["long", "for-good"]) == {"long": 1, "for-good": 1}


def test_writing_to_the_cache_asks_once_however_full_it_is(noon):
    for number in range(400):
        cache.set(str(number), number)
    with connection.execute_wrapper(one_of_ours):
        cache.set("more", 1)
    assert rows_in_the_cache() == 401  # with Django's own, a third of 300 would be gone


def one_of_ours(execute, sql, params, many, context):
    assert "COUNT" not in sql
    return execute(sql, params, many, context)


def test_the_cache_keeps_its_promises(noon):
    assert cache.add("a", 1, timeout=60)
    assert not cache.add("a", 2, timeout=60)
    assert cache.get("a") == 1
    cache.set("a", 3, timeout=60)
    assert cache.incr("a") == 4
    assert not cache.touch("nothing", 600)
    assert cache.touch("a", 600)
    noon.shift(timedelta(minutes=2))
    assert cache.get("a") == 4
    noon.shift(timedelta(minutes=10))
    assert cache.get("a") is None
    assert cache.add("a", 5, timeout=60)
    assert cache.get("a") == 5


def rows_in_the_cache():
    with connection.cursor() as cursor:
        cursor.execute("SELECT COUNT(*) FROM cache")
        return cursor.fetchone()[0]
