"""Mail goes out with a real worker on Redis, and without one: real processes, one database."""

import contextlib
import http.cookiejar
import os
import re
import shlex
import signal
import socket
import socketserver
import subprocess
import sys
import threading
import time
import urllib.parse
import urllib.request
from datetime import timedelta
from email import message_from_bytes
from pathlib import Path

import pytest
import redis
from celery import Celery
from django.conf import settings
from django.core import mail
from django.core.cache import cache
from django.db import connection
from django.utils import timezone

from accounts import outbox
from accounts.models import Notification
from demo import inbox

pytestmark = [pytest.mark.redis, pytest.mark.django_db(transaction=True)]
URL = urllib.parse.urlsplit(os.environ.get("REDIS_URL_TEST", "redis://127.0.0.1:6379/9"))
RUNNER = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
# Each test runner has its own database, or their workers would take each other's tasks.
REDIS = URL._replace(path=f"/{int(URL.path.strip('/') or 0) + RUNNER}").geturl()
ROOT = Path(settings.BASE_DIR)


def until(condition, seconds=30):
    """Wait until the condition is true; fails the test if it never is."""
    ends = time.monotonic() + seconds
    while not (result := condition()):
        assert time.monotonic() < ends, "It never happened"
        time.sleep(0.1)
    return result


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def database_url():
    """The test database's URL, for other processes."""
    name = str(connection.settings_dict["NAME"])
    if connection.vendor == "sqlite":
        return f"sqlite:///{name}"
    return urllib.parse.urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}").geturl()


@pytest.fixture
def run():
    """`run(*command, **environment)` starts a process that ends with the test."""
    processes = []

    def start(*command, **environment):
        environment = {**os.environ, "DEMO": "1", "DATABASE_URL": database_url(), **environment}
        process = subprocess.Popen(
            [sys.executable, "-m", *command],
            cwd=ROOT,
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,  # so its children end with it
        )
        processes.append(process)
        return process

    yield start
    for process in processes:
        kill(process)


def kill(process):
    """End it and its children at once, like a computer that loses power."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


@pytest.fixture
def web(run, tmp_path):
    """`web(redis_url)` is the address of a web process; its own mail goes to tmp_path/web."""

    def start(redis_url):
        port = free_port()
        run(
            *["granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port"],
            str(port),
            *["--workers", "1", "--blocking-threads", "2", "headway.wsgi:application"],
            REDIS_URL=redis_url,
            EMAIL_URL=f"filemail:///{tmp_path}/web",
        )
        until(lambda: listens(port))
        return f"http://127.0.0.1:{port}"

    return start


def listens(port):
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=5):
        return True


def start_worker(run, email_url, *options):
    return run(
        *["celery", "-A", "headway", "worker", "--pool", "solo", "--loglevel", "WARNING"],
        "--without-gossip",
        "--without-mingle",
        *options,
        REDIS_URL=REDIS,
        EMAIL_URL=email_url,
    )


def have_a_worker(do):
    """Put a task in the queue, as beat does."""
    with Celery(broker=REDIS) as app:
        app.send_task(do)


def owe(number):
    """That many mails that are due, and can wait."""
    secret = '{"template": "account/email/password_changed", "context": {}}'
    Notification.objects.bulk_create(
        Notification(
            kind="accounts.mail",
            event=str(each),
            address=f"reader{each}@example.com",
            secret=secret,
        )
        for each in range(number)
    )


def codes():
    """The notifications of codes."""
    return Notification.objects.exclude(expires_at=None)


def in_production(name):
    """The options of README's worker with that host name."""
    pattern = rf"^celery -A headway worker (--queues \w+ --hostname {name}@.*)$"
    return shlex.split(re.search(pattern, (ROOT / "README.md").read_text(), re.MULTILINE)[1])


def ask_for_a_code(site, email="jo@example.com"):
    """Ask like a browser does; returns the seconds until the next page was there."""
    jar = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
    browser = urllib.request.build_opener(jar)
    login_url = f"{site}/accounts/login/code/"
    page = read(browser, login_url)
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)[1]
    form = urllib.parse.urlencode({"csrfmiddlewaretoken": token, "email": email})
    started = time.monotonic()
    page = read(browser, login_url, form.encode())
    assert "Enter your code" in page
    return time.monotonic() - started


def read(browser, url, data=None):
    with browser.open(url, data=data, timeout=20) as page:
        return page.read().decode()


def letters(folder):
    """The emails in a folder that a process delivers to."""
    return [letter for path in folder.glob("*.log") for letter in inbox._read(path)]


@pytest.fixture(autouse=True)
def _start_afresh():
    """No tasks in the queue, and no logins counted, from an earlier test."""
    cache.clear()
    with redis.Redis.from_url(REDIS) as server:
        server.delete("celery", "codes", "unacked", "unacked_index")


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
    with HangingMailServer() as server:
        start_worker(run, f"smtp://127.0.0.1:{server.server_address[1]}", *in_production("mail"))
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


@pytest.fixture
def redis_of_its_own(tmp_path):
    server = Stoppable(tmp_path)
    yield server
    server.process.kill()
    server.process.wait()


class HangingMailServer(socketserver.ThreadingTCPServer):
    """Takes each email, and then never answers the sender."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Conversation)
        self.taken = []
        threading.Thread(target=self.serve_forever, daemon=True).start()


class Conversation(socketserver.StreamRequestHandler):
    """Just enough SMTP to get the email."""

    def handle(self):
        self.wfile.write(b"220 hello\r\n")
        while line := self.rfile.readline():
            if line.upper().startswith(b"DATA"):
                self.wfile.write(b"354 go on\r\n")
                lines = iter(self.rfile.readline, b".\r\n")
                self.server.taken.append(message_from_bytes(b"".join(lines)))
                self.rfile.read()  # until the sender is gone
                return
            self.wfile.write(b"250 fine\r\n")


def test_what_a_killed_worker_left_is_taken_up_with_the_same_message_id(run, web):
    with HangingMailServer() as server:
        site = web(REDIS)
        worker = start_worker(run, f"smtp://127.0.0.1:{server.server_address[1]}")
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
