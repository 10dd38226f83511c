"""Who sweeps the outbox when nobody else does."""

import threading
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.utils import timezone

from accounts import outbox, standby, tasks
from accounts.models import Upkeep

NOON = timezone.datetime(2026, 11, 24, 12, tzinfo=timezone.get_default_timezone())


@pytest.mark.django_db
def test_a_sweep_by_a_worker_keeps_the_web_processes_from_it_for_two_minutes():
    with time_machine.travel(NOON, tick=False) as clock:
        Upkeep.objects.update(swept_at=NOON - timedelta(days=1))
        tasks.sweep()
        clock.shift(timedelta(seconds=119))
        assert not outbox.take_turn(standby.NOBODY_FOR)
        clock.shift(timedelta(seconds=1))
        assert outbox.take_turn(standby.NOBODY_FOR)
        assert not outbox.take_turn(standby.NOBODY_FOR)


@pytest.mark.django_db(transaction=True)
def test_of_many_at_once_one_takes_the_turn():
    Upkeep.objects.update(swept_at=timezone.now() - timedelta(minutes=3))
    together, turns = threading.Barrier(8), []

    def look():
        together.wait(timeout=30)
        turns.append(outbox.take_turn(standby.NOBODY_FOR))
        connection.close()

    threads = [threading.Thread(target=look) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert sorted(turns) == [False] * 7 + [True]


def test_most_requests_ask_only_the_clock(monkeypatch):
    looked = threading.Semaphore(0)
    monkeypatch.setattr(standby, "_look", looked.release)
    monkeypatch.setattr(standby, "_look_at", 0.0)
    for _ in range(100):
        standby.after_answer()
    assert looked.acquire(timeout=10)
    assert not looked.acquire(timeout=0.2)
    monkeypatch.setattr(standby, "_look_at", standby._look_at - standby.LOOK_EVERY)
    standby.after_answer()
    assert looked.acquire(timeout=10)
