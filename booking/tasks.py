"""What booking does on a schedule."""

from celery import shared_task
from django.utils import timezone

from .availability.calendar import lapsed_openings, refresh_next_openings
from .hours import editing
from .locking import locked
from .models import Hold


@shared_task
def refresh_openings():
    """Find the next opening again for providers whose last one can't be booked anymore."""
    now = timezone.now()
    for provider in lapsed_openings(now).iterator():
        with locked(provider) as (fresh, read_at):
            refresh_next_openings([fresh], now=read_at)


@shared_task
def drop_ended_holds():
    """Delete holds that have ended, and offer their times in the search again."""
    ended = Hold.objects.filter(until__lte=timezone.now())
    for provider in {hold.provider for hold in ended.select_related("provider")}:
        with locked(provider) as (fresh, now):
            refresh_next_openings([fresh], now=now)


@shared_task
def end_pauses():
    """Let providers take new clients again once their pause is over, by the date where they are."""
    for provider in editing.pausing().iterator():
        editing.end_pause(provider)
