"""A provider's Today page: today's appointments, what's waiting, and what's coming up."""

from datetime import timedelta
from itertools import chain, groupby

from django.shortcuts import render
from django.utils import timezone

from accounts import trail
from providers.access import provider_only

from ..appointments import history
from ..appointments.notifications import LINK_BY, with_failed_mail
from ..clock import labels
from ..clock.formatting import format_day
from ..models import Appointment, AppointmentEvent

RECENT = timedelta(days=3)  # how long a cancellation or a past visit's failed email stays on Today
WAITING = 20  # the most that each list of what's waiting shows at once


@provider_only
def workspace(request):
    provider = request.user.provider
    now = timezone.now()
    lists = current(request.user, now)
    canceled = recently_canceled(request.user, now)
    unreached = someone_unreached(provider, now)
    seen = [*chain(*lists.values()), *(event.appointment for event in canceled), *unreached]
    trail.record_listed(request, what="seen on Today", pairs=[each.relationship for each in seen])
    local_now = labels.local(now, provider.zone)
    context = {
        "provider": provider,
        "booking_link": request.build_absolute_uri(provider.booking_url),
        "canceled": canceled,
        "days": by_day(lists["coming"], provider),
        "missing_link": [
            each for each in lists["today"] + lists["coming"] if lacks_link(each, now)
        ],
        "unreached": unreached,
        "now": now,
        "title": labels.long_day(local_now),
        "clock": labels.clock(local_now),
        "zone": provider.time_zone,
        **lists,
    }
    return render(request, "booking/workspace/today.html", context)


def current(user, now):
    """A provider's appointments in the lists that Today shows, in two queries."""
    zone, today = user.provider.zone, user.provider.today()
    midnight, tomorrow, last = (
        labels.midnight(today + timedelta(days=ahead), zone) for ahead in (0, 1, 29)
    )
    mine = Appointment.objects.for_provider(user).with_people().not_canceled().with_shows_first()
    rows = list(mine.filter(ends_at__gt=midnight, starts_at__lt=last).order_by("starts_at"))
    return {
        "today": described([each for each in rows if each.starts_at < tomorrow], now=now),
        "coming": [each for each in rows if each.starts_at >= tomorrow],
        "missing_outcome": missing_outcome(mine, midnight),
    }


def by_day(appointments, provider):
    """(day in words, its appointments) pairs in order, in the provider's zone."""
    zone = provider.zone
    days = groupby(appointments, key=lambda each: labels.local(each.starts_at, zone).date())
    return [(format_day(day, zone.key, by_name=True), list(those)) for day, those in days]


def described(appointments, *, now, is_today=True):
    """A day's appointments, each with its `result`; `is_next` marks the next one of today."""
    ahead = next((each for each in appointments if is_today and each.starts_at > now), None)
    for each in appointments:
        each.is_next = each is ahead
        each.result = history.result(each)
    return appointments


def missing_outcome(appointments, midnight):
    """Appointments that ended before today and still have no outcome, oldest first."""
    open_ones = appointments.filter(status=Appointment.Status.SCHEDULED, ends_at__lte=midnight)
    return list(open_ones.order_by("starts_at")[:WAITING])


def lacks_link(appointment, now):
    """Whether a virtual session starts within a day and has no link yet."""
    soon = now < appointment.ends_at and appointment.starts_at <= now + LINK_BY
    return soon and appointment.is_scheduled and appointment.is_virtual and not appointment.link


def someone_unreached(provider, now):
    """Appointments that someone may not know about, because an email failed; soonest first."""
    rows = with_failed_mail(provider).filter(ends_at__gt=now - RECENT)
    return list(rows.select_related("client", "relationship").order_by("starts_at")[:WAITING])


def recently_canceled(user, now):
    """The latest cancellations (AppointmentEvents), newest first, with their appointments."""
    events = AppointmentEvent.objects.filter(
        appointment__provider__user=user,
        what=AppointmentEvent.What.CANCELED,
        at__gt=now - RECENT,
    )
    with_people = events.select_related("appointment__client", "appointment__relationship")
    return list(with_people.order_by("-at")[:WAITING])
