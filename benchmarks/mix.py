"""Twenty requests a second of all kinds, on a site that's full, run as production runs.

Now and then fifty people contend for one time. BENCH_PROVIDERS says how full the site is: 100,000
providers have 50,000 relationships and 200,000 appointments; by default it's a tenth of that. Needs
PostgreSQL.
"""

import json
import os
import random
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from statistics import quantiles
from urllib.parse import urlencode, urlsplit

from .race import PRODUCTION, answers, one_round, people, set_up, wanted_times, web_server

PROVIDERS = int(os.environ.get("BENCH_PROVIDERS", "10000"))
A_SECOND = 20
SECONDS = 60
RACES_AT = (15, 40)  # seconds after the start
TOKEN = "b" * 32


def rows():
    """Yield one row: the time within which 95 of 100 requests are answered."""
    url = urlsplit(PRODUCTION["DATABASE_URL"])
    if not answers(url.hostname, url.port or 5432):
        print("No PostgreSQL answers, so we skip the mix", file=sys.stderr)
        return
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "headway.settings", **PRODUCTION}
    command = [sys.executable, "-m", "benchmarks.mix"]
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, check=True)
    yield json.loads(done.stdout)


class Site:
    """What the requests are made of: its people, and who is signed in."""

    def __init__(self, providers, clients):
        self.providers = providers
        self.offices = [sign_in(each.user) for each in providers]
        self.clients = [sign_in(each) for each in clients]
        self.chance = random.Random(7)

    def request(self, number):
        """(what, method, path, session, form) of the request with this number."""
        pick = self.chance.choice
        provider, client, office = pick(self.providers), pick(self.clients), pick(self.offices)
        page = self.chance.randrange(1, 20)
        at = self.chance.choice(self.times)
        return pick(
            [
                ("start", "GET", "/", None, None),
                *[("directory", "GET", f"/providers/?state=CA&page={page}", None, None)] * 4,
                *[("search", "GET", "/providers/?state=CA&q=dana&place=virtual", None, None)] * 2,
                *[("profile", "GET", provider.get_absolute_url(), None, None)] * 3,
                *[("week", "GET", provider.booking_url, None, None)] * 4,
                *[("hold", "POST", provider.booking_url, None, {"at": at, "place": "phone"})] * 2,
                *[("appointments", "GET", "/appointments/", client, None)] * 2,
                ("messages", "GET", "/messages/", client, None),
                ("today", "GET", "/workspace/", office, None),
                ("calendar", "GET", "/workspace/calendar/", office, None),
                ("clients", "GET", "/workspace/clients/", office, None),
            ]
        )


def sign_in(user):
    """A session key of the user's, past the second factor."""
    from django.http import HttpRequest
    from django.test import Client

    from accounts.allauth_internals import record_authentication
    from accounts.second_factor import METHOD

    person, request = Client(), HttpRequest()
    person.force_login(user)
    request.session = person.session
    record_authentication(request, user, METHOD)
    request.session.save()
    return request.session.session_key


def ask(port, number, due, request):
    """(seconds since it was due, what, status); the address is another for each number."""
    from django.conf import settings

    what, method, path, session, form = request
    cookies = f"{settings.CSRF_COOKIE_NAME}={TOKEN}"
    if session:
        cookies += f"; {settings.SESSION_COOKIE_NAME}={session}"
    headers = {
        "Cookie": cookies,
        "Referer": f"{settings.SITE_URL}/",
        "X-Forwarded-Proto": "https",
        "X-Forwarded-For": f"198.51.{number // 250}.{number % 250}",
    }
    body = urlencode({"csrfmiddlewaretoken": TOKEN, **form}) if form else None
    if body:
        headers["Content-Type"] = "application/x-www-form-urlencoded"
    http = HTTPConnection("127.0.0.1", port, timeout=60)
    http.request(method, path, body, headers)
    answer = http.getresponse()
    answer.read()
    http.close()
    return time.perf_counter() - due, what, answer.status


def run(port, site, sessions, wanted):
    """All answers to the mix. A race raises AssertionError unless one books and 49 hear so."""
    found, began = [], time.perf_counter()
    races = ThreadPoolExecutor()
    held = [
        races.submit(race, began + after, port, sessions, *time_of)
        for after, time_of in zip(RACES_AT, wanted, strict=True)
    ]
    with ThreadPoolExecutor(200) as crowd:
        for number in range(A_SECOND * SECONDS):
            due = began + number / A_SECOND
            time.sleep(max(0, due - time.perf_counter()))
            found.append(crowd.submit(ask, port, number, due, site.request(number)))
    for each in held:
        each.result()
    return [each.result() for each in found]


def race(at, port, sessions, address, start):
    time.sleep(max(0, at - time.perf_counter()))
    one_round(port, sessions, address, start)


def main():
    """Fill the database, run the mix, and print the row; say on stderr what was slow."""
    from django.utils import timezone

    set_up()
    from booking.availability.calendar import load_calendars

    from .fill import fill

    wanted, sessions = list(wanted_times(len(RACES_AT))), people()
    providers, clients = fill(PROVIDERS)
    site = Site(providers, clients)
    calendar = load_calendars(providers[:1], now=timezone.now())[providers[0].pk]
    site.times = list(calendar.starts("phone"))[50:150]
    with web_server() as port:
        for number in range(40):  # each worker loads its templates
            ask(port, number, 0, site.request(number))
        found = run(port, site, sessions, wanted)
    wrong = [each for each in found if each[2] not in (200, 302, 409)]
    assert not wrong, wrong[:10]
    seconds = sorted(each[0] for each in found)
    for what in sorted({each[1] for each in found}):
        its = sorted(each[0] for each in found if each[1] == what)
        print(
            f"{what}: {len(its)}, median {its[len(its) // 2]:.3f} s, worst {its[-1]:.3f} s",
            file=sys.stderr,
        )
    print(
        json.dumps(
            {
                "name": f"{A_SECOND} requests a second, {PROVIDERS:,} providers: 95 % within",
                "value": round(quantiles(seconds, n=20)[-1], 4),
                "unit": "s",
                "median": round(seconds[len(seconds) // 2], 4),
                "worst": round(seconds[-1], 4),
                "requests": len(seconds),
                "errors": 0,
            }
        )
    )


if __name__ == "__main__":
    main()
