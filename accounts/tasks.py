"""What a Celery worker does for people: deliver what is owed, and tidy up."""

from celery import shared_task
from django.core.management import call_command
from django.utils import timezone

from . import outbox
from .models import User
from .outbox import deliver  # noqa: F401 - a task too: Celery looks for it here


@shared_task
def sweep():
    """Send what nobody was nudged for: reminders, retries, what a crash left behind."""
    outbox.sweep()


@shared_task
def clear_sessions():
    """Delete sessions that ended."""
    call_command("clearsessions")


@shared_task
def drop_unfinished_users():
    """Delete people who asked for a code and never came back."""
    User.objects.unfinished(timezone.now()).delete()
