"""What support does on a schedule."""

from celery import shared_task

from . import tickets


@shared_task
def drop_unconfirmed():
    """Delete tickets that nobody confirmed; safe to run twice."""
    tickets.drop_unconfirmed()
