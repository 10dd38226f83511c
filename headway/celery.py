"""The Celery app and its schedule."""

import os
from datetime import timedelta

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "headway.settings")

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)

# How often each task runs: under Celery's beat, and in the demo under demo/periodic.py.
SCHEDULE = {
    "accounts.tasks.sweep": MINUTE,
    "booking.tasks.refresh_openings": MINUTE,
    "booking.tasks.drop_ended_holds": MINUTE,
    "booking.tasks.end_pauses": HOUR,
    "accounts.tasks.drop_unfinished_users": HOUR,
    "accounts.tasks.drop_ended_counters": HOUR,
    "accounts.tasks.finish_releases": HOUR,
    "support.tasks.drop_unconfirmed": HOUR,
    "accounts.tasks.clear_sessions": DAY,
    "accounts.tasks.prune_outbox": DAY,
}

app = Celery("headway")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.conf.beat_schedule = {
    # If no worker took one before the next is due, it won't run twice.
    name: {"task": name, "schedule": every, "options": {"expires": every.total_seconds()}}
    for name, every in SCHEDULE.items()
}
app.autodiscover_tasks()
