"""A web process sweeps the outbox when nobody has for two minutes, like while Redis is away."""

import logging
import threading
import time
from datetime import timedelta

from django.db import connections

from . import outbox

logger = logging.getLogger(__name__)
NOBODY_FOR = timedelta(minutes=2)
LOOK_EVERY = 30  # seconds, so that looking costs each process one query in that time
_look_at = 0.0  # time.monotonic()


def after_answer(**kwargs):
    """Now and then, have a thread see if someone has to sweep (receiver of request_finished)."""
    global _look_at
    if time.monotonic() >= _look_at:
        _look_at = time.monotonic() + LOOK_EVERY
        threading.Thread(target=_look, name="standby", daemon=True).start()


def _look():
    try:
        if outbox.take_turn(NOBODY_FOR):
            outbox.sweep()
    except Exception as error:
        logger.warning("Couldn't sweep: %s", type(error).__name__)
    finally:
        connections.close_all()
