"""Keeps the demo current: moves all its dates ahead by whole weeks.

The demo was filled when its support person joined (`date_joined`). On a later run, everything with
a date moves ahead by the whole weeks since then, and so does `date_joined`. The past stays past,
weekdays stay the same, and so do wall-clock times in the provider's zone, even across a clock
change.
"""

from collections import defaultdict
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import connection, transaction
from django.db.models import F

from accounts.models import Notification, User
from booking.models import Appointment, AppointmentEvent, Hold, Opening, TimeOff
from messaging.models import AwayNote, ChangeRequest, Draft, Message, Proposal, ProposedTime
from providers.models import License

WEEK = timedelta(weeks=1)
CHUNK = 500
SPANS = ("starts_at", "ends_at")


def weeks_passed(support, now):
    """How many whole weeks ago the demo was filled, or last moved."""
    return max(0, (now - support.date_joined) // WEEK)


def shift(support, *, weeks):
    """Move everything in the database ahead by whole weeks, even visitors' own bookings."""
    with transaction.atomic():
        if connection.vendor == "postgresql":  # rows overlap each other while they move
            with connection.cursor() as cursor:
                cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        Hold.objects.all().delete()
        _move(Appointment, "provider__time_zone", SPANS, weeks)
        _move(TimeOff, "provider__time_zone", SPANS, weeks)
        _move(Opening, "provider__time_zone", SPANS, weeks)
        history = "appointment__provider__time_zone"
        _move(AppointmentEvent, history, (*SPANS, "at", "was_starts_at", "was_ends_at"), weeks)
        writer = "conversation__relationship__provider__time_zone"
        _move(Message, writer, ("sent_at",), weeks)
        _move(Draft, "relationship__provider__time_zone", ("saved_at",), weeks)
        offered = f"message__{writer}"
        _move(Proposal, offered, ("until", "settled_at"), weeks)
        _move(ProposedTime, f"proposal__{offered}", ("starts_at",), weeks)
        _move_requests(weeks)
        AwayNote.objects.update(
            first_day=F("first_day") + weeks * WEEK, last_day=F("last_day") + weeks * WEEK
        )
        owed = Notification.objects.filter(state=Notification.State.PENDING)
        owed.update(due_at=F("due_at") + weeks * WEEK, expires_at=F("expires_at") + weeks * WEEK)
        _renew_licenses(weeks)
        User.objects.filter(pk=support.pk).update(date_joined=support.date_joined + weeks * WEEK)


def _move(model, zone, fields, weeks):
    """Add the weeks to a table's times, plus or minus an hour if the clocks change in between.

    The first field decides whether they do.
    """
    by_change = defaultdict(list)
    for pk, instant, name in model.objects.values_list("pk", fields[0], zone):
        local = instant.astimezone(ZoneInfo(name))
        moved = (local + weeks * WEEK).astimezone(UTC)
        by_change[moved - instant].append(pk)
    for change, ids in by_change.items():
        for start in range(0, len(ids), CHUNK):
            rows = model.objects.filter(pk__in=ids[start : start + CHUNK])
            rows.update(**{name: F(name) + change for name in fields})


def _move_requests(weeks):
    """When they were settled, and the times the clients wished for."""
    requests = list(ChangeRequest.objects.select_related("appointment__provider"))
    for each in requests:
        zone = each.appointment.provider.zone
        each.wishes = [
            int((datetime.fromtimestamp(start, zone) + weeks * WEEK).timestamp())
            for start in each.wishes
        ]
        for name in ("withdrawn_at", "declined_at"):
            if was := getattr(each, name):
                setattr(each, name, was + weeks * WEEK)
    ChangeRequest.objects.bulk_update(requests, ["wishes", "withdrawn_at", "declined_at"])


def _renew_licenses(weeks):
    licenses = list(License.objects.all())
    for each in licenses:
        each.expires += weeks * WEEK
    License.objects.bulk_update(licenses, ["expires"], batch_size=CHUNK)
