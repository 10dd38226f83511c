"""The demo's schedule: without Redis, a thread in the web process does Celery beat's job."""

import logging
import threading
import time

from django.db import connections
from django.utils.module_loading import import_string

from headway.celery import SCHEDULE

logger = logging.getLogger(__name__)
TICK = 5  # seconds between checks, and before the first one, so that pages load first


def start():
    """Start the thread; it ends with the process."""
    threading.Thread(target=_run, name="periodic", daemon=True).start()


def _run():
    last_run = {}
    while True:
        time.sleep(TICK)
        run_due(last_run, now=time.monotonic())


def run_due(last_run, *, now):
    """Run each task that's due (`now` in monotonic seconds), and note it in `last_run`.

    If a task fails, we log it and run the rest.
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
