"""Many people confirm at the same time: each ticket gets its own number, without gaps."""

import pytest

from accounts.models import Notification
from accounts.tests.factories import UserFactory
from booking.tests.steps import contend
from support import tickets
from support.models import Ticket
from support.tests.factories import TicketFactory


@pytest.mark.django_db(transaction=True)
def test_those_who_confirm_at_once_get_numbers_that_follow_one_another():
    waiting = [
        TicketFactory(user=None, email=f"{n}@example.com", number=None, confirmed_at=None)
        for n in range(8)
    ]
    twice = [ticket for ticket in waiting for _ in range(2)]
    confirmed = contend([lambda each=each: tickets.confirm(each) for each in twice])
    assert sorted(each.number for each in confirmed) == sorted([*range(1001, 1009)] * 2)
    numbers = Ticket.objects.order_by("number").values_list("number", flat=True)
    assert list(numbers) == list(range(1001, 1009))
    assert Notification.objects.filter(kind="support.received").count() == 8


@pytest.mark.django_db(transaction=True)
def test_two_presses_at_once_make_one_ticket():
    user = UserFactory()
    words = {"topic": "other", "name": "", "email": user.email, "body": "Help.", "user": user}
    uuid = "5f0d0f0e-6f0c-4b39-8ab2-6cf7f1f7c8d0"
    opened = contend([lambda: tickets.open_ticket(uuid=uuid, **words)] * 6)
    assert {each.number for each in opened} == {1001}
    assert Ticket.objects.get().number == 1001
    assert Notification.objects.count() == 1
