"""The demo's clock: without Redis, one thread of the web process does what Celery's beat would."""

import logging
import threading
import time

from django.db import connections
from django.utils.module_loading import import_string

from headway.celery import SCHEDULE

logger = logging.getLogger(__name__)
TICK = 5  # seconds between two looks at the clock; also before the first, so that pages come first


def start():
    """Start the thread; it ends with the process."""
    threading.Thread(target=_run, name="periodic", daemon=True).start()


def _run():
    last_run = {}
    while True:
        time.sleep(TICK)
        run_due(last_run, now=time.monotonic())


def run_due(last_run, *, now):
    """Run each task whose time has come (`now` in monotonic seconds), and note it in `last_run`.

    A task that fails is logged, and the rest go on.
    """
    for name, every in SCHEDULE.items():
        if name in last_run and now - last_run[name] < every.total_seconds():
            continue
        last_run[name] = now
        try:
            import_string(name)()
        except Exception as error:
            logger.error("%s failed: %s", name, type(error).__name__)
    connections.close_all()
