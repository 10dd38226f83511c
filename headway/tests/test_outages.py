"""While Redis is away, mail still goes out on time: real processes, one database."""

import signal
import socket
import subprocess
import time
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db.models import F
from django.utils import timezone

from accounts.models import Notification, Upkeep
from accounts.tests.factories import UserFactory
from accounts.tests.mail_server import MailServer
from booking.tests.steps import answers, details_url
from conftest import SOAK
from headway.tests.processes import (
    ask_for_a_code,
    free_port,
    letters,
    listens,
    owe,
    post,
    probe,
    start_beat,
    start_worker,
    until,
)
from messaging.models import Conversation
from providers.tests.factories import PlanFactory, ProviderFactory

pytestmark = [pytest.mark.redis, pytest.mark.outage, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def silent():
    """The address of a Redis that accepts connections but never answers, as if stopped."""
    with socket.create_server(("127.0.0.1", 0), backlog=50) as server:
        yield f"redis://127.0.0.1:{server.getsockname()[1]}/0"


def test_where_redis_refuses_the_web_process_delivers(web, tmp_path):
    seconds = ask_for_a_code(web(f"redis://127.0.0.1:{free_port()}/0"))
    assert len(letters(tmp_path / "web")) == 1
    assert Notification.objects.get().state == Notification.State.SENT
    assert seconds < 2


def test_where_redis_is_silent_the_web_process_delivers(web, silent, tmp_path):
    site = web(silent)
    seconds = [ask_for_a_code(site, email) for email in ("jo@example.com", "al@example.com")]
    assert len(letters(tmp_path / "web")) == 2
    assert set(Notification.objects.values_list("state", flat=True)) == {Notification.State.SENT}
    assert max(seconds) < 2


def test_redis_may_stop_between_two_requests(web, redis_of_its_own, tmp_path):
    site = web(redis_of_its_own.url)
    ask_for_a_code(site, "jo@example.com")  # nudges a queue that no worker reads
    assert not letters(tmp_path / "web")
    redis_of_its_own.stop()
    seconds = ask_for_a_code(site, "al@example.com")
    assert [letter.to for letter in letters(tmp_path / "web")] == ["al@example.com"]
    assert seconds < 2


def nobody_swept_for(pause):
    Upkeep.objects.update(swept_at=timezone.now() - pause)


def test_what_is_due_later_goes_out_with_a_probe_once_nobody_swept_for_two_minutes(web, tmp_path):
    owe(3)
    for minutes, sent in ((1, 0), (3, 3)):
        site = web(f"redis://127.0.0.1:{free_port()}/0")
        nobody_swept_for(timedelta(minutes=minutes))
        assert probe(site)
        if sent:
            until(lambda: not Notification.objects.exclude(state="sent").exists())
        else:
            time.sleep(2)
        assert len(letters(tmp_path / "web")) == sent


def test_no_request_waits_for_the_mail_server(web):
    owe(3)
    with MailServer(hangs=True) as server:
        site = web(
            f"redis://127.0.0.1:{free_port()}/0",
            EMAIL_URL=f"smtp://127.0.0.1:{server.port}",
        )
        nobody_swept_for(timedelta(minutes=3))
        assert probe(site)
        until(lambda: server.taken)
        began = time.monotonic()
        assert all(probe(site) for _ in range(10))
        assert time.monotonic() - began < 2


def test_of_two_web_processes_one_sweeps(web, tmp_path):
    owe(20)
    away = f"redis://127.0.0.1:{free_port()}/0"
    sites = [web(away, EMAIL_URL=f"filemail:///{tmp_path}/{name}") for name in ("one", "two")]
    nobody_swept_for(timedelta(minutes=3))
    for site in sites:
        assert probe(site)
    until(lambda: not Notification.objects.exclude(state="sent").exists())
    assert {len(letters(tmp_path / name)) for name in ("one", "two")} == {0, 20}


class Stoppable:
    """The test's own Redis, so the test can stop it like a computer that hangs."""

    def __init__(self, folder):
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self.process = subprocess.Popen(
            ["redis-server", "--port", str(self.port), "--save", "", "--dir", str(folder)],
            stdout=subprocess.DEVNULL,
        )
        until(lambda: listens(self.port))

    def stop(self):
        self.process.send_signal(signal.SIGSTOP)

    def go_on(self):
        self.process.send_signal(signal.SIGCONT)


@pytest.fixture
def redis_of_its_own(tmp_path):
    server = Stoppable(tmp_path)
    yield server
    server.process.kill()
    server.process.wait()


@pytest.mark.skipif(not SOAK, reason="Only in make soak")
def test_minutes_without_redis_cost_nobody_a_mail(run, web, redis_of_its_own, tmp_path):
    """A message's mail, due in a minute, goes out in the outage; a code at once; none twice."""
    dana = ProviderFactory(hours=True, plans=[PlanFactory()])
    jordan = UserFactory(email="jordan@example.com")
    there = {"REDIS_URL": redis_of_its_own.url}
    site = web(redis_of_its_own.url)
    start_worker(run, f"filemail:///{tmp_path}/worker", **there)
    start_beat(run, tmp_path / "schedule", **there)
    post(jordan, f"{site}{details_url(dana)}", answers(dana))
    until(lambda: len(letters(tmp_path / "worker")) == 2)

    def sent(name):
        return [letter.subject for letter in letters(tmp_path / name)]

    redis_of_its_own.stop()
    thread, news = f"{site}/messages/{dana.relationships.get().uuid}/", "You have a new message"

    def write(body):
        """A message from Dana, whose mail is due in a minute."""
        post(dana.user, thread, {"uuid": uuid4(), "body": body})
        owed = Notification.objects.filter(kind="messaging.message", state="pending")
        assert owed.update(due_at=timezone.now() + timedelta(minutes=1)) == 1

    write("See you then.")
    assert ask_for_a_code(site) < 2
    assert sent("web") == ["Your code for Headway"]
    until(lambda: probe(site) and news in sent("web"), seconds=240, every=5)

    redis_of_its_own.go_on()
    Conversation.objects.update(client_read_to=F("latest"))
    write("And one more thing.")
    until(lambda: probe(site) and news in sent("worker"), seconds=240, every=5)
    time.sleep(60)
    two_minutes_ago = timezone.now() - timedelta(minutes=2)
    every = [*letters(tmp_path / "web"), *letters(tmp_path / "worker")]
    assert len({letter.message["Message-ID"] for letter in every}) == len(every)
    assert not Notification.objects.filter(due_at__lt=two_minutes_ago, state="pending").exists()
