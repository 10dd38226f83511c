"""Fifty people try to book one time, round after round, through a real web server.

In every round one must get it, and 49 must hear that it was just taken: on SQLite as the demo runs,
and on PostgreSQL (BENCH_POSTGRES, by default postgres://postgres@127.0.0.1/headway_bench) as
production runs, on an idle computer and on a busy one.
"""

import json
import os
import shutil
import socket
import subprocess
import sys
import threading
import time
import uuid
from contextlib import ExitStack, contextmanager
from http.client import HTTPConnection
from itertools import islice
from pathlib import Path
from statistics import median
from urllib.parse import urlencode, urlsplit

CONTENDERS = 50
ROOM = Path(__file__).resolve().parent.parent / "var" / "bench"
POSTGRES = os.environ.get("BENCH_POSTGRES", "postgres://postgres@127.0.0.1/headway_bench")
DEMO = {
    "DEMO": "1",
    "DATABASE_URL": f"sqlite:///{ROOM}/race.sqlite3",
    "EMAIL_URL": f"filemail:///{ROOM}/inbox",
    "SERVED": "--workers 1 --blocking-threads 8 demo.wsgi:application",
}
PRODUCTION = {
    "DEMO": "0",
    "DATABASE_URL": POSTGRES,
    "SECRET_KEY": "bench" * 20,
    "FIELD_KEYS": "YmVuY2gtZmllbGQta2V5LTMyLWJ5dGVzLWxvbmcuLi4=",
    "ALLOWED_HOSTS": "127.0.0.1",
    "TRUSTED_PROXIES": "1",
    "REDIS_URL": "memory://",  # takes each nudge, like a Redis that is up
    "EMAIL_URL": "dummymail://",
    "SERVED": "--workers 2 --blocking-threads 8 headway.wsgi:application",  # as in README.md
}
RACES = {  # the settings, the processes that keep the cores busy, the rounds
    "SQLite": (DEMO, 0, 50),
    "PostgreSQL": (PRODUCTION, 0, 50),
    "PostgreSQL, busy": (PRODUCTION, 2, 10),
}


def rows():
    """Yield a row per race: the slowest answer, and how many times the winner's that is."""
    ROOM.mkdir(parents=True, exist_ok=True)
    for name, (settings, _, _) in RACES.items():
        url = urlsplit(settings["DATABASE_URL"])
        if url.hostname and not answers(url.hostname, url.port or 5432):
            print(f"No PostgreSQL answers at {POSTGRES}, so we skip {name}", file=sys.stderr)
            continue
        environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "headway.settings", **settings}
        command = [sys.executable, "-m", "benchmarks.race", name]
        done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, check=True)
        yield json.loads(done.stdout)


def answers(host, port):
    """Whether something is listening there."""
    try:
        with socket.create_connection((host, port), timeout=1):
            return True
    except OSError:
        return False


def set_up():
    """An empty database at DATABASE_URL, with Django set up for it in this process."""
    import logging

    import django
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connection

    django.setup()
    logging.disable(logging.WARNING)
    name = connection.settings_dict["NAME"]
    connection.settings_dict["OPTIONS"].pop("options", None)  # a busy computer takes its time
    if connection.vendor == "sqlite":
        for path in Path(name).parent.glob(Path(name).name + "*"):
            path.unlink()
    else:
        with connection._nodb_cursor() as cursor:
            cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
            cursor.execute(f'CREATE DATABASE "{name}"')
    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    if not settings.DEMO:
        call_command("collectstatic", interactive=False, verbosity=0)


@contextmanager
def web_server():
    """Granian, the way SERVED says, on a free local port; yields the port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = (
        f"{sys.executable} -m granian --interface wsgi --host 127.0.0.1 --port {port}"
        f" --log-level error {os.environ['SERVED']}"
    )
    server = subprocess.Popen(command.split(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(100):
            if answers("127.0.0.1", port):
                break
            time.sleep(0.1)
        yield port
    finally:
        server.terminate()
        server.wait()


@contextmanager
def busy():
    """A process that takes all the time it gets of one core."""
    hog = subprocess.Popen([sys.executable, "-c", "while True: pass"])
    try:
        yield
    finally:
        hog.kill()
        hog.wait()


def people():
    """The session keys of 50 clients who are logged in."""
    from django.test import Client

    from accounts.tests.factories import UserFactory

    found = []
    for _ in range(CONTENDERS):
        person = Client()
        person.force_login(UserFactory())
        found.append(person.session.session_key)
    return found


def wanted_times(rounds):
    """A provider and a time for each round. No two overlap, so a winner is free for the next."""
    from django.utils import timezone

    from booking.availability.calendar import load_calendars
    from providers.tests.factories import ProviderFactory

    providers = [ProviderFactory(hours=True) for _ in range(rounds)]
    calendars = load_calendars(providers, now=timezone.now())
    for number, provider in enumerate(providers):
        start = next(islice(calendars[provider.pk].starts("phone"), 4 * number + 4, None))
        yield provider.booking_url, start


class Contender(threading.Thread):
    """Someone who is logged in, has filled in the details, and presses Book when everyone does."""

    def __init__(self, port, session, address, start, gate):
        super().__init__()
        from django.conf import settings

        token = "a" * 32
        self.gate, self.address = gate, address
        self.http = HTTPConnection("127.0.0.1", port, timeout=60)
        names = settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME
        self.headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            "Cookie": f"{names[0]}={session}; {names[1]}={token}",
            "Referer": f"{settings.SITE_URL}/",
            "X-Forwarded-Proto": "https",
            "X-Forwarded-For": "192.0.2.1",
        }
        self.form = urlencode(
            {
                "csrfmiddlewaretoken": token,
                "uuid": uuid.uuid4(),
                "at": start,
                "place": "phone",
                "full_name": "Jordan Ellis",
                "date_of_birth": "04/27/1990",
                "phone": "(916) 555-0142",
                "voicemail_ok": "yes",
                "client_state": "CA",
                "coverage": "self",
            }
        )

    def run(self):
        self.http.connect()
        self.gate.wait()
        began = time.perf_counter()
        self.http.request("POST", f"{self.address}details/", self.form, self.headers)
        answer = self.http.getresponse()
        page = answer.read()
        self.seconds = time.perf_counter() - began
        self.status = answer.status
        self.booked = answer.status == 302 and "/appointments/" in answer.headers["Location"]
        self.refused = answer.status == 409 and b"was just taken" in page
        self.http.close()


def one_round(port, sessions, address, start):
    """(the winner's seconds, the slowest's). AssertionError unless 1 is booked and 49 refused."""
    gate = threading.Barrier(CONTENDERS)
    contenders = [Contender(port, session, address, start, gate) for session in sessions]
    for each in contenders:
        each.start()
    for each in contenders:
        each.join()
    winners = [each for each in contenders if each.booked]
    refused = sum(each.refused for each in contenders)
    if (len(winners), refused) != (1, CONTENDERS - 1):
        slowest = max(each.seconds for each in contenders)
        statuses = sorted(each.status for each in contenders)
        raise AssertionError(
            f"{len(winners)} booked, {refused} refused: {statuses}, {slowest:.1f}s"
        )
    return winners[0].seconds, max(each.seconds for each in contenders)


def main(name):
    """Run all rounds on the environment's database, and print the row."""
    _, hogs, rounds = RACES[name]
    set_up()
    sessions, times = people(), list(wanted_times(rounds))
    with ExitStack() as stack:
        port = stack.enter_context(web_server())
        for _ in range(hogs):
            stack.enter_context(busy())
        goes = [one_round(port, sessions, address, start) for address, start in times]
    from booking.models import Appointment

    assert Appointment.objects.count() == rounds
    row = {
        "name": f"{CONTENDERS} contenders for one time, {rounds} rounds, {name}: the slowest",
        "value": round(median(slowest for _, slowest in goes), 4),
        "unit": "s",
        "peer": "the winner, in the same round",
        "ratio": round(median(slowest / winner for winner, slowest in goes), 2),
        "booked": 1,
        "refused": CONTENDERS - 1,
        "worst": round(max(slowest for _, slowest in goes), 4),
    }
    print(json.dumps(row))
    shutil.rmtree(ROOM / "inbox", ignore_errors=True)


if __name__ == "__main__":
    main(sys.argv[1])
