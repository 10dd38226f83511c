"""Many people confirm at the same time: each ticket gets its own number, without gaps."""

import threading

import pytest
from django.db import connection

from accounts.models import Notification
from accounts.tests.factories import UserFactory
from support import tickets
from support.models import Ticket
from support.tests.factories import TicketFactory


def at_once(*calls):
    """Run these in threads that start together; returns what they raised."""
    start, raised = threading.Barrier(len(calls)), []

    def run(call):
        start.wait()
        try:
            call()
        except Exception as error:
            raised.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[call]) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return raised


@pytest.mark.django_db(transaction=True)
def test_those_who_confirm_at_once_get_numbers_that_follow_one_another():
    waiting = [
        TicketFactory(user=None, email=f"{n}@example.com", number=None, confirmed_at=None)
        for n in range(8)
    ]
    twice = [ticket for ticket in waiting for _ in range(2)]
    assert at_once(*[lambda each=each: tickets.confirm(each) for each in twice]) == []
    numbers = Ticket.objects.order_by("number").values_list("number", flat=True)
    assert list(numbers) == list(range(1001, 1009))
    assert Notification.objects.filter(kind="support.received").count() == 8


@pytest.mark.django_db(transaction=True)
def test_two_presses_at_once_make_one_ticket():
    user = UserFactory()
    words = {"topic": "other", "name": "", "email": user.email, "body": "Help.", "user": user}
    uuid = "5f0d0f0e-6f0c-4b39-8ab2-6cf7f1f7c8d0"
    assert at_once(*[lambda: tickets.open_ticket(uuid=uuid, **words)] * 6) == []
    assert Ticket.objects.get().number == 1001
    assert Notification.objects.count() == 1
