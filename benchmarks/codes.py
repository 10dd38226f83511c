"""How long a sign-in code's mail takes while 20,000 openings lapse and 2,000 mails are due.

As in production there's a web server, a worker for mail and one for codes, on PostgreSQL
(BENCH_POSTGRES) and Redis (BENCH_REDIS). Without them it's skipped. It takes about a minute.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from contextlib import ExitStack, contextmanager
from urllib.parse import urlsplit

from .race import POSTGRES, ROOM, answers, set_up, web_server

REDIS = os.environ.get("BENCH_REDIS", "redis://127.0.0.1:6379/8")
PROVIDERS, MAILS = 20_000, 2_000
CODES = 6
INBOX = ROOM / "codes"


def rows():
    """Yield one row: the slowest of six codes, and of six while the site was idle."""
    for name, url, port in (("PostgreSQL", POSTGRES, 5432), ("Redis", REDIS, 6379)):
        place = urlsplit(url)
        if not answers(place.hostname, place.port or port):
            print(f"No {name} answers at {url}, so we skip the codes", file=sys.stderr)
            return
    environment = {
        **os.environ,
        "DEMO": "1",
        "DATABASE_URL": POSTGRES,
        "REDIS_URL": REDIS,
        "EMAIL_URL": f"filemail:///{INBOX}",
        "DJANGO_SETTINGS_MODULE": "headway.settings",
    }
    command = [sys.executable, "-m", "benchmarks.codes"]
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, check=True)
    yield json.loads(done.stdout)


def busy_site():
    """A database with 20,000 providers whose next opening lapsed, and 2,000 mails that are due."""
    from datetime import timedelta

    from django.utils import timezone

    from accounts.models import Notification, User
    from booking.models import WorkingHours
    from providers.models import Provider

    lapsed = timezone.now() - timedelta(hours=1)
    users = User.objects.bulk_create(
        User(email=f"provider{n}@mail.example", password="!") for n in range(PROVIDERS)
    )
    providers = Provider.objects.bulk_create(
        Provider(
            user=user,
            name=f"Dana Whitfield {n}",
            slug=f"dana-{n}",
            time_zone="America/Los_Angeles",
            session_fee=180,
            published=True,
            next_opening_at=lapsed,
        )
        for n, user in enumerate(users)
    )
    WorkingHours.objects.bulk_create(
        WorkingHours(provider=provider, weekday=day, from_minute=9 * 60, to_minute=17 * 60)
        for provider in providers
        for day in range(5)
    )
    Notification.objects.bulk_create(
        Notification(
            kind="accounts.mail",
            event=str(n),
            address=f"reader{n}@mail.example",
            secret='{"template": "account/email/password_changed", "context": {}}',
        )
        for n in range(MAILS)
    )


@contextmanager
def worker(*options):
    """A Celery worker of README's."""
    command = [sys.executable, "-m", "celery", "-A", "headway", "worker", "--loglevel", "ERROR"]
    process = subprocess.Popen(
        [*command, *options], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        yield
    finally:
        process.send_signal(signal.SIGQUIT)  # without finishing its tasks
        process.wait()


def seconds_until_mailed(port, email):
    """Ask for a code; how long it takes until its mail is with the mail server."""
    from accounts.models import Notification
    from headway.tests.processes import ask_for_a_code

    began = time.perf_counter()
    ask_for_a_code(f"http://127.0.0.1:{port}", email)
    while not Notification.objects.filter(address=email, state="sent").exists():
        time.sleep(0.02)
        if time.perf_counter() - began > 60:
            raise TimeoutError("The code never went out")
    return time.perf_counter() - began


def codes(port, name):
    """The slowest of six codes, one after the other."""
    found = []
    for n in range(CODES):
        found.append(seconds_until_mailed(port, f"{name}{n}@mail.example"))
        time.sleep(0.5)
    return max(found)


def main():
    """Measure on the environment's database, and print the row."""
    set_up()
    shutil.rmtree(INBOX, ignore_errors=True)
    import redis
    from django.utils import timezone

    from accounts import outbox
    from accounts.models import Notification
    from booking.availability.calendar import lapsed_openings
    from headway.celery import app
    from headway.tests.processes import in_production

    with redis.Redis.from_url(REDIS) as queue:
        queue.delete("celery", "codes", "unacked", "unacked_index")
    busy_site()
    with ExitStack() as stack:
        port = stack.enter_context(web_server())
        for name in ("mail", "codes"):
            stack.enter_context(worker(*in_production(name)))
        seconds_until_mailed(port, "first@mail.example")  # the workers have started
        idle = codes(port, "idle")
        for task in ("booking.tasks.refresh_openings", "accounts.tasks.sweep"):
            app.send_task(task)
        for row in Notification.objects.filter(state="pending").only("expires_at"):
            outbox.nudge(row)
        busy = codes(port, "busy")
        left = Notification.objects.filter(state="pending").count()
    assert left, "The mails were gone before the codes were measured"
    row = {
        "name": f"a sign-in code's mail while {PROVIDERS:,} openings lapse and {MAILS:,} mails are"
        f" due: the slowest of {CODES}",
        "value": round(busy, 3),
        "unit": "s",
        "peer": "the same while nothing else is to do",
        "ratio": round(busy / idle, 2),
        "mails_left": left,
        "openings_left": lapsed_openings(timezone.now()).count(),
    }
    print(json.dumps(row))
    shutil.rmtree(INBOX, ignore_errors=True)


if __name__ == "__main__":
    main()
