"""Two sides timed in turn, each in its own process, one request line at a time."""

import os
import subprocess
import sys
from contextlib import contextmanager
from statistics import median
from time import perf_counter

GOES = 7


def answer(works):
    """In a child: for each line "NAME TIMES", print the seconds one run of works[NAME]() takes."""
    print("ready", flush=True)
    for line in sys.stdin:
        name, times = line.split()
        works[name]()  # warms caches, and shows errors before we time anything
        began = perf_counter()
        for _ in range(int(times)):
            works[name]()
        print((perf_counter() - began) / int(times), flush=True)


class Side:
    """A child process that answers."""

    def __init__(self, process):
        self.process = process
        while self.listen() != "ready":
            pass  # what it prints while it sets up

    def listen(self):
        """The next line it prints; RuntimeError if it died."""
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"{' '.join(self.process.args)} ended too soon")
        return line.strip()

    def seconds(self, name, times):
        """How long one run of the named work takes there: the mean of that many."""
        self.process.stdin.write(f"{name} {times}\n")
        self.process.stdin.flush()
        return float(self.listen())


@contextmanager
def side(*command, environment=None):
    """A Side that lives as long as the block."""
    process = subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, **(environment or {})},
    )
    try:
        yield Side(process)
    finally:
        process.stdin.close()
        process.wait()


def in_turn(mine, theirs):
    """(median of my seconds, median of the ratios theirs / mine) from 7 goes in turn."""
    goes = [(mine(), theirs()) for _ in range(GOES)]
    return median(a for a, _ in goes), median(b / a for a, b in goes)
