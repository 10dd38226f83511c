"""A day's and a week's free times over HTTP, at 0 and 10,000 visits, against django-appointment.

Both sides answer through Django's test client, each in its own process, on SQLite. Ours shows a
week on one page, and gets another week as just its times, in HTML. Theirs has a page without times
and answers a day's times as JSON, so a week takes five more requests. There are two rows for each:
their page and times against our page, which is what you wait for first, and just the times on both
sides, which is what you wait for after that.
"""

import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

from .goes import in_turn, side

PEER = "django-appointment==3.12.0"
ROOM = Path(__file__).resolve().parent.parent / "var" / "bench"
MANY = 10_000
A_DAY = 6  # visits on a working day, from 9 AM on, an hour apart
AHEAD = 40  # working days ahead that are as full


def next_monday():
    """The Monday of the week we ask both sides for."""
    today = date.today()  # noqa: DTZ011 (any day will do, if it's the same for both)
    return today + timedelta(days=7 - today.weekday())


def visits(number):
    """That many (day, starting hour), the last one 40 working days ahead."""
    day = next_monday() + timedelta(days=AHEAD // 5 * 7)
    found = []
    while len(found) < number:
        day -= timedelta(days=1)
        if day.weekday() < 5:
            found += [(day, 9 + hour) for hour in range(A_DAY)]
    return found[:number]


def peer_python():
    """The Python in the peer's own environment, which the first run makes."""
    home = ROOM / "venv"
    python = home / "bin" / "python"
    pip = [str(python), "-m", "pip", "--quiet", "--disable-pip-version-check", "install", PEER]
    if not python.exists():
        print(f"Installing {PEER} in {home}", file=sys.stderr)
        subprocess.run([sys.executable, "-m", "venv", str(home)], check=True)
    if not list(home.glob("lib/*/site-packages/django_appointment-*")):
        subprocess.run(pip, check=True)
    return str(python)


def rows():
    """Yield a row for a day and for a week, at each number of appointments, and for the growth."""
    ROOM.mkdir(parents=True, exist_ok=True)
    with (
        side(sys.executable, "-m", "benchmarks.pages_ours", environment={"DEMO": "1"}) as ours,
        side(peer_python(), "-m", "benchmarks.pages_peer") as theirs,
    ):
        for number in (0, MANY):
            for span in ("day", "week"):
                yield _row(ours, theirs, span, number, "page", "page-", "page and times")
                yield _row(ours, theirs, span, number, "part", "", "times alone")
        yield _growth(ours, "ours", "page-0")
        yield _growth(theirs, "theirs", "week-0")


def _row(ours, theirs, span, number, mine, prefix, what):
    seconds, ratio = in_turn(
        lambda: ours.seconds(f"{mine}-{number}", 10),
        lambda: theirs.seconds(f"{prefix}{span}-{number}", 5),
    )
    return {
        "name": f"a {span}'s free times over HTTP, {number:,} appointments",
        "value": round(seconds, 6),
        "unit": "s",
        "peer": f"{PEER.replace('==', ' ')}, {what}",
        "ratio": round(ratio, 2),
    }


def _growth(one, whose, at_none):
    """How much longer a week takes at 10,000 appointments than at none."""
    seconds, ratio = in_turn(
        lambda: one.seconds(at_none, 10),
        lambda: one.seconds(at_none.replace("-0", f"-{MANY}"), 10),
    )
    return {
        "name": f"a week's free times over HTTP, {MANY:,} appointments beside none: {whose}",
        "value": round(seconds * ratio, 6),
        "unit": "s",
        "peer": "no appointments",
        "ratio": round(ratio, 2),
    }
