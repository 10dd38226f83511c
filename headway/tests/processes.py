"""The site's own processes for tests: a web server, Celery workers, what they send."""

import contextlib
import http.cookiejar
import os
import re
import shlex
import signal
import socket
import time
import urllib.error
import urllib.parse
import urllib.request
from datetime import timedelta
from pathlib import Path

from celery import Celery
from celery.beat import PersistentScheduler
from django.conf import settings
from django.db import connection
from django.test import Client

from accounts.models import Notification
from demo import inbox
from headway.celery import app

URL = urllib.parse.urlsplit(os.environ.get("REDIS_URL_TEST", "redis://127.0.0.1:6379/9"))
RUNNER = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
# Each test runner has its own database, or their workers would take each other's tasks.
REDIS = URL._replace(path=f"/{int(URL.path.strip('/') or 0) + RUNNER}").geturl()
ROOT = Path(settings.BASE_DIR)


def until(condition, seconds=30, every=0.1):
    """Wait until the condition is true; fails the test if it never is."""
    ends = time.monotonic() + seconds
    while not (result := condition()):
        assert time.monotonic() < ends, "It never happened"
        time.sleep(every)
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


def kill(process):
    """End it and its children at once, like a computer that loses power."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def listens(port):
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=5):
        return True


def start_beat(run, schedule, **environment):
    """beat as it's when it has been down since yesterday: everything is due."""
    with contextlib.closing(PersistentScheduler(app, schedule_filename=str(schedule))) as memory:
        for entry in memory.schedule.values():
            entry.last_run_at -= timedelta(days=1)
    environment = {"REDIS_URL": REDIS, **environment}
    return run("celery", "-A", "headway", "beat", "--schedule", str(schedule), **environment)


def start_worker(run, email_url, *options, **environment):
    return run(
        *["celery", "-A", "headway", "worker", "--pool", "solo", "--loglevel", "WARNING"],
        "--without-gossip",
        "--without-mingle",
        *options,
        **{"REDIS_URL": REDIS, "EMAIL_URL": email_url, **environment},
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


def post(user, url, data):
    """Send a form in the browser of someone who is logged in; the address it leads to."""
    person, token = Client(), "a" * 32
    person.force_login(user)
    cookies = {
        settings.SESSION_COOKIE_NAME: person.session.session_key,
        settings.CSRF_COOKIE_NAME: token,
    }
    headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items())}
    form = urllib.parse.urlencode({**data, "csrfmiddlewaretoken": token}).encode()
    request = urllib.request.Request(url, form, headers)
    with urllib.request.urlopen(request, timeout=20) as page:
        return page.url


def read_status(url):
    """The status of the answer, which has to be there within 10 seconds."""
    try:
        with urllib.request.urlopen(url, timeout=10) as answer:
            return answer.status
    except urllib.error.HTTPError as refused:
        return refused.code


def probe(site):
    """Whether the site says that it's ready."""
    return read_status(f"{site}/health/ready") == 200
