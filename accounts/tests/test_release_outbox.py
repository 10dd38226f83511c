"""A restored database sends nothing until someone has looked at what it would send."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from accounts import outbox, outbox_hold
from accounts.models import Notification
from accounts.tests.factories import UserFactory

pytestmark = [pytest.mark.postgres, pytest.mark.django_db]
State = Notification.State


@pytest.fixture(autouse=True)
def sends(monkeypatch, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    monkeypatch.setitem(outbox._kinds, "accounts.test", lambda _: outbox.Mail("Hello"))


@pytest.fixture
def restored():
    """What pg_restore does with a materialized view; and three mails, one of them due later."""
    now = timezone.now()
    with connection.cursor() as cursor:
        cursor.execute("REFRESH MATERIALIZED VIEW accounts_this_copy")
    return [
        Notification.objects.create(kind="accounts.test", event=event, due_at=due, **to)
        for event, due, to in (
            ("first", now - timedelta(hours=2), {"recipient": UserFactory()}),
            ("second", now, {"address": "jo@mail.example", "secret": "123456"}),
            ("later", now + timedelta(hours=2), {"recipient": UserFactory()}),
        )
    ]


def release(*options):
    """What the command says."""
    said = StringIO()
    call_command("release_outbox", *options, stdout=said)
    return said.getvalue()


def states():
    return list(Notification.objects.order_by("pk").values_list("state", flat=True))


def test_neither_a_sweep_nor_a_nudge_sends_anything(restored, caplog):
    outbox.sweep()
    outbox.nudge(restored[0])
    outbox.deliver(restored[1].pk)
    assert not mail.outbox
    assert states() == [State.PENDING] * 3
    assert "release_outbox" in caplog.text


def test_it_shows_what_it_would_send_and_no_addresses(restored, monkeypatch):
    monkeypatch.setattr("builtins.input", lambda question: "")
    said = release()
    first, _, later = restored
    lines = said.splitlines()
    assert lines[1].split()[:3] == ["accounts.test", "first", str(first.recipient_id)]
    assert f"{first.due_at:%Y-%m-%d %H:%M} UTC" in lines[1]
    assert lines[2].split()[:3] == ["accounts.test", "second", "-"]
    assert lines[3].startswith("2 due by now. Another 1 ")
    for hidden in ("@", "123456", later.event):
        assert hidden not in said.replace("Another", "")
    assert outbox_hold.is_held()
    assert states() == [State.PENDING] * 3


@pytest.mark.parametrize("how", ["option", "answer"])
def test_sending_goes_on_where_the_backup_was(restored, monkeypatch, how):
    monkeypatch.setattr("builtins.input", lambda question: "Send ")
    release(*["--send"] * (how == "option"))
    outbox.sweep()
    assert len(mail.outbox) == 2
    assert states() == [State.SENT, State.SENT, State.PENDING]


@pytest.mark.parametrize("how", ["option", "answer"])
def test_dropping_leaves_only_what_is_due_later(restored, monkeypatch, how):
    monkeypatch.setattr("builtins.input", lambda question: "drop")
    Notification.objects.filter(event="first").update(
        state=State.SENDING, leased_until=timezone.now() + timedelta(minutes=10)
    )
    release(*["--drop"] * (how == "option"))
    outbox.sweep()
    assert not mail.outbox
    assert states() == [State.DROPPED, State.DROPPED, State.PENDING]
    assert not Notification.objects.exclude(secret="").exists()
    Notification.objects.filter(event="later").update(due_at=timezone.now())
    outbox.sweep()
    assert len(mail.outbox) == 1


def test_where_nothing_is_held_nothing_is_dropped():
    Notification.objects.create(kind="accounts.test", event="1", recipient=UserFactory())
    assert "isn't held" in release("--drop")
    outbox.sweep()
    assert states() == [State.SENT]


def test_nobody_can_ask_for_both(restored):
    with pytest.raises(CommandError):
        release("--drop", "--send")
    assert outbox_hold.is_held()


def test_a_copy_of_the_disks_is_held_by_hand(restored):
    release("--send")
    call_command("hold_outbox", stdout=StringIO())
    outbox.sweep()
    assert not mail.outbox
    release("--send")
    outbox.sweep()
    assert len(mail.outbox) == 2


def test_migrating_a_restored_database_does_not_release_it(restored):
    outbox_hold.make()
    outbox.sweep()
    assert not mail.outbox


def test_staff_see_why_no_email_goes_out(restored, signed_in):
    person = signed_in(UserFactory(is_staff=True, is_superuser=True))
    page = person.get("/admin/accounts/notification/")
    assert [each.level_tag for each in page.context["messages"]] == ["warning"]
