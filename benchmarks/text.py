"""Text that's slow to read for links and Markdown: 10,000 characters of it against 5,000.

Where the work grows with the length, the ratio is 2; where it grows with the square, it's 4.
"""

import os
import sys
from contextlib import suppress
from functools import partial

from .goes import answer, in_turn, side

TEXTS = [  # what reads it, and what it repeats
    ("a message", ":"),
    ("a message", ".)"),
    ("a message", "www."),
    ("a message", "a@b.example "),
    ("a message", "https://a.example/ "),
    ("an article", "[a]("),
    ("an article", "# a\n"),
    ("an article", "*a_"),
    ("an article", "`"),
    ("a time field", " "),
]
SHORT, LONG = 5_000, 10_000


def rows():
    """Yield a row per text: the seconds for 10,000 characters, and the ratio."""
    with side(sys.executable, "-m", "benchmarks.text", environment={"DEMO": "1"}) as ours:
        for number, (reader, unit) in enumerate(TEXTS):
            seconds, ratio = in_turn(
                lambda number=number: ours.seconds(f"{number}-{SHORT}", 20),
                lambda number=number: ours.seconds(f"{number}-{LONG}", 20),
            )
            yield {
                "name": f"{LONG:,} characters of {unit!r} in {reader}",
                "value": round(seconds * ratio, 6),
                "unit": "s",
                "peer": f"{SHORT:,} characters",
                "ratio": round(ratio, 2),
            }


def main():
    os.environ["DJANGO_SETTINGS_MODULE"] = "headway.settings"
    import django

    django.setup()
    from django.core.exceptions import ValidationError

    from accounts.dates import ClockField
    from messaging.templatetags.messaging_tags import linked
    from support import articles

    def clock(text):
        with suppress(ValidationError):
            ClockField().clean(f"1{text}x")

    readers = {"a message": linked, "an article": articles.render, "a time field": clock}
    answer(
        {
            f"{number}-{length}": partial(readers[reader], (unit * length)[:length])
            for number, (reader, unit) in enumerate(TEXTS)
            for length in (SHORT, LONG)
        }
    )


if __name__ == "__main__":
    main()
