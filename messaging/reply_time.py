"""How long a provider's answers take: measured with each, and told to clients as what's usual."""

from datetime import timedelta
from statistics import median

from .models import Message

RECENT, ENOUGH = 20, 5  # answers we look at; with fewer than that, nothing is usual
USUAL = [  # the longest wait, and what we call it
    (timedelta(hours=4), "within a few hours"),
    (timedelta(days=1), "within a day"),
    (timedelta(days=2), "within two days"),
    (timedelta(weeks=1), "within a week"),
]


def waited(thread, *, by, now):
    """The seconds since the client's first message that a provider hasn't answered, or None."""
    answers = thread.messages.filter(author=by).order_by("-pk").values_list("pk", flat=True)
    asked = thread.messages.filter(pk__gt=answers.first() or 0).order_by("pk").first()
    return asked and int((now - asked.sent_at).total_seconds())


def usual(provider):
    """How soon a provider usually answers, in words; "" if that's unknown or over a week."""
    answers = Message.objects.filter(author=provider.user, waited__isnull=False)
    return in_words(answers.order_by("-pk").values_list("waited", flat=True)[:RECENT])


def in_words(waits):
    """What the middle one of these waits, in seconds, is called."""
    waits = list(waits)
    if len(waits) < ENOUGH:
        return ""
    middle = timedelta(seconds=median(waits))
    return next((words for most, words in USUAL if middle <= most), "")
