"""What booking does on a schedule."""

from celery import shared_task
from django.utils import timezone

from .availability.calendar import lapsed_openings, refresh_next_openings
from .hours import editing
from .locking import locked, locked_if_free, one_run
from .models import Hold

TOGETHER = 200  # providers in one transaction
REFRESHING = 0x6F70656E  # "open": any number that nothing else locks


@shared_task
def refresh_openings():
    """Find the next opening again for providers whose last one can't be booked anymore.

    One run at a time. A provider that someone else has locked is refreshed by them, or by the next
    run.
    """
    with one_run(REFRESHING) as is_mine:
        ids = list(lapsed_openings(timezone.now()).values_list("pk", flat=True)) if is_mine else []
        for start in range(0, len(ids), TOGETHER):
            with locked_if_free(ids[start : start + TOGETHER]) as (providers, now):
                refresh_next_openings(providers, now=now)


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
