"""`make bench` starts: its modules load before Django is set up, each side sets up its own."""

import os
import subprocess
import sys

from django.conf import settings

NAMES = ", ".join(
    f"benchmarks.{name}" for name in ("codes", "messages", "mix", "pages", "race", "slots", "text")
)


def test_the_benchmarks_load_without_django():
    environment = {"PATH": os.environ["PATH"]}
    command = [sys.executable, "-c", f"import {NAMES}"]
    done = subprocess.run(
        command, cwd=settings.BASE_DIR, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
