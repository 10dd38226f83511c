"""What a Celery worker does for people: deliver the mail we owe, and clean up."""

import time

from celery import shared_task
from django.core.management import call_command
from django.utils import timezone

from . import outbox, pruning, second_factor
from .models import Counter, User
from .outbox import deliver  # noqa: F401 (also a task: Celery looks for it here)


@shared_task
def sweep():
    """Send what got no nudge: reminders, retries, what a crash left behind."""
    outbox.sweep()


@shared_task
def clear_sessions():
    """Delete expired sessions."""
    call_command("clearsessions")


@shared_task
def prune_outbox():
    """Delete mail that was settled long ago."""
    pruning.prune(timezone.now())


@shared_task
def drop_unfinished_users():
    """Delete people who asked for a code and never came back."""
    User.objects.unfinished(timezone.now()).delete()


@shared_task
def drop_ended_counters():
    """Delete counters whose window is over."""
    Counter.objects.filter(ends_at__lt=time.time()).delete()


@shared_task
def finish_releases():
    """Remove second factors that were lost, a day after the owner heard of it."""
    second_factor.finish_releases(timezone.now())
