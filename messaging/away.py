"""A provider's away note: save it, end it, and what clients read before they write."""

from datetime import timedelta

from django.utils import timezone

from booking.clock import labels

from .models import AwayNote

AHEAD = timedelta(days=3)  # how long before the first day clients are told


def note_of(provider):
    """The note for days that aren't over, or None. A row of the past stays until the next one."""
    note = getattr(provider, "away_note", None)
    return note if note and note.last_day >= provider.today() else None


def save(provider, *, first_day, last_day, text):
    """Set the note, in place of the one that's there."""
    AwayNote.objects.update_or_create(
        provider=provider,
        defaults={"first_day": first_day, "last_day": last_day, "text": text},
    )


def end(provider):
    """Take the note away, before its last day or before it begins."""
    AwayNote.objects.filter(provider=provider).delete()


def shown_to_clients(provider):
    """The note that clients see today, or None."""
    note = note_of(provider)
    return note if note and note.first_day - provider.today() <= AHEAD else None


def in_words(note):
    """ "Dana is away from Mon, Dec 7 to Fri, Dec 11."; "will be" before it begins."""
    provider = note.provider
    verb = "will be away" if note.first_day > provider.today() else "is away"
    first, last = (day_in_words(day, provider.zone) for day in (note.first_day, note.last_day))
    days = f"on {first}" if first == last else f"from {first} to {last}"
    return f"{provider.first_name} {verb} {days}."


def day_in_words(day, zone):
    midnight = labels.local(labels.midnight(day, zone), zone)
    return labels.dated(labels.short_day(midnight), midnight, now=timezone.now())
