"""Mail goes out with real workers on Redis: real processes, one database."""

import time
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core import mail
from django.utils import timezone

from accounts import outbox
from accounts.models import Notification
from accounts.tests.factories import UserFactory
from accounts.tests.mail_server import MailServer
from booking.tests.steps import answers, details_url
from headway.tests.processes import (
    REDIS,
    ask_for_a_code,
    have_a_worker,
    in_production,
    kill,
    letters,
    owe,
    post,
    start_beat,
    start_worker,
    until,
)
from providers.tests.factories import PlanFactory, ProviderFactory

pytestmark = [pytest.mark.redis, pytest.mark.django_db(transaction=True)]


def codes():
    """The notifications of codes."""
    return Notification.objects.exclude(expires_at=None)


def test_a_worker_delivers_what_the_web_process_committed(run, web, tmp_path):
    site = web(REDIS)
    start_worker(run, f"filemail:///{tmp_path}/worker")
    ask_for_a_code(site)
    [letter] = until(lambda: letters(tmp_path / "worker"))
    until(lambda: Notification.objects.get().state == Notification.State.SENT)
    assert letter.to == "jo@example.com"
    assert letter.code
    assert not letters(tmp_path / "web")


def test_a_worker_that_starts_late_delivers_all_the_same(run, web, tmp_path):
    ask_for_a_code(web(REDIS))
    assert Notification.objects.get().state == Notification.State.PENDING
    start_worker(run, f"filemail:///{tmp_path}/worker")
    assert until(lambda: letters(tmp_path / "worker"))


def test_a_code_waits_for_no_other_mail(run, web, tmp_path):
    with MailServer(hangs=True) as server:
        start_worker(run, f"smtp://127.0.0.1:{server.port}", *in_production("mail"))
        site = web(REDIS)
        owe(20)
        have_a_worker("accounts.tasks.sweep")
        until(lambda: server.taken)
        ask_for_a_code(site)
        time.sleep(3)
        assert {row.state for row in codes()} == {Notification.State.PENDING}  # the control
        start_worker(run, f"filemail:///{tmp_path}/codes", *in_production("codes"))
        until(lambda: letters(tmp_path / "codes"))
        assert ask_for_a_code(site, "al@example.com") < 2
        until(lambda: len(letters(tmp_path / "codes")) == 2, seconds=3)
    assert {row.state for row in codes()} == {Notification.State.SENT}


def test_each_mail_comes_from_the_process_that_has_to_send_it(run, web, tmp_path):
    """A booking's confirmation and a code by a nudge, a message and a reminder through beat."""
    dana = ProviderFactory(hours=True, plans=[PlanFactory()])
    jordan = UserFactory(email="jordan@example.com")
    site = web(REDIS)
    for name in ("mail", "codes"):
        start_worker(run, f"filemail:///{tmp_path}/{name}", *in_production(name))

    def sent_by(name):
        return sorted((letter.to, letter.subject) for letter in letters(tmp_path / name))

    booked = post(jordan, f"{site}{details_url(dana)}", answers(dana))
    assert "/appointments/" in booked
    confirmations = [
        (jordan.email, "Your appointment is booked"),
        (dana.user.email, "A new appointment was booked"),
    ]
    until(lambda: sent_by("mail") == sorted(confirmations))
    ask_for_a_code(site)
    until(lambda: sent_by("codes") == [("jo@example.com", "Your code for Headway")])

    thread = f"{site}/messages/{dana.relationships.get().uuid}/"
    post(dana.user, thread, {"uuid": uuid4(), "body": "See you then."})
    later = Notification.objects.filter(kind__in=["messaging.message", "booking.reminder_hours"])
    assert later.update(due_at=timezone.now()) == 2
    time.sleep(2)
    assert sent_by("mail") == sorted(confirmations)  # nobody has looked yet

    start_beat(run, tmp_path / "schedule")
    through_beat = [
        (jordan.email, "You have a new message"),
        (jordan.email, "Your appointment is in two hours"),
    ]
    until(lambda: sent_by("mail") == sorted(confirmations + through_beat))
    assert len(sent_by("codes")) == 1
    assert not sent_by("web")


def test_what_a_killed_worker_left_is_taken_up_with_the_same_message_id(run, web):
    with MailServer(hangs=True) as server:
        site = web(REDIS)
        worker = start_worker(run, f"smtp://127.0.0.1:{server.port}")
        ask_for_a_code(site)
        [first] = until(lambda: server.taken)
        kill(worker)
        server.shutdown()
    row = Notification.objects.get()
    assert row.state == Notification.State.SENDING
    outbox.sweep()
    assert not mail.outbox  # the lease is still running
    Notification.objects.update(leased_until=timezone.now() - timedelta(seconds=1))
    outbox.sweep()
    [second] = mail.outbox
    assert second.extra_headers["Message-ID"] == first["Message-ID"]
    assert Notification.objects.get().state == Notification.State.SENT
