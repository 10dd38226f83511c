"""The hand-written stock in words/, and choosing from it so nothing comes up too often."""

import tomllib
from collections import Counter
from functools import cache
from pathlib import Path

WORDS = Path(__file__).parent / "words"


@cache
def table(*names):
    """The tables in one or more files in words/, as one dict."""
    merged = {}
    for name in names:
        merged |= tomllib.loads((WORDS / f"{name}.toml").read_text(encoding="utf-8"))
    return merged


class Stock:
    """Chooses with the seed's random numbers, always from what it has used least so far."""

    def __init__(self, rng):
        self.rng = rng
        self.used = Counter()

    def pick(self, options):
        """One of the options (a list, so the order is the same every run)."""
        least = min(self.used[option] for option in options)
        choice = self.rng.choice([option for option in options if self.used[option] == least])
        self.used[choice] += 1
        return choice

    def voice(self, what, *decks):
        """A sentence from voices.toml, from all the named decks together."""
        return self.pick([text for deck in decks for text in table("voices")[what][deck]])
