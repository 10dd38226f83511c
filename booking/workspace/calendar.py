"""A provider's calendar: a week or a day, in the provider's time zone."""

from datetime import date, timedelta

from django.shortcuts import render
from django.utils import timezone

from accounts import trail
from providers.access import provider_only

from ..clock import labels
from ..clock.dates import monday_of, parse_day, parse_monday, week_title
from ..models import Appointment, Hold, Opening, TimeOff, WorkingHours
from . import agenda
from .today import described

FIRST, LAST = date(2000, 1, 3), date(2099, 12, 28)  # Mondays


@provider_only
def calendar(request):
    """The week of `?week=` or the day of `?day=`; this week or today if that isn't a date."""
    provider = request.user.provider
    now = timezone.now()
    today = provider.today()
    dates = parse_dates(request.GET, today)
    rows = load(provider, dates, now=now)
    appointments = rows["appointments"]
    pairs = [each.relationship for each in appointments]
    trail.record_listed(request, what="seen on the calendar", pairs=pairs)
    sheet = agenda.lay_out(dates, provider.zone, now=now, **rows)
    context = {
        "provider": provider,
        "sheet": sheet,
        "count": len(appointments),
        "now": now,
        "clock": labels.clock(labels.local(now, provider.zone)),
        "zone": provider.time_zone,
        "lines": None,
        **around(dates, today),
    }
    if context["one_day"]:
        described(appointments, now=now, is_today=context["shows_today"])
        context["lines"] = agenda.in_order(sheet.days[0], now=now, buffer=provider.buffer_minutes)
    return render(request, "booking/workspace/calendar.html", context)


def parse_dates(query, today):
    if "day" in query:
        return [parse_day(query["day"]) or today]
    monday = parse_monday(query.get("week"), first=FIRST, last=LAST)
    return [(monday or monday_of(today)) + timedelta(days=n) for n in range(7)]


def around(dates, today):
    """What the top of the page shows: the dates' title, and the dates before and after."""
    first, step = dates[0], timedelta(days=len(dates))
    return {
        "one_day": len(dates) == 1,
        "first": first,
        "today": today,
        "shows_today": today in dates,
        "title": title(dates, today),
        "year": dates[-1].year,
        "before": first - step if first - step >= FIRST else None,
        "after": first + step if first + step <= LAST else None,
    }


def title(dates, today):
    """The day or the week in words, with the year if it isn't this one."""
    first, last = dates[0], dates[-1]
    words = labels.long_day(first) if first == last else week_title(first)[0]
    return words if last.year == today.year else f"{words}, {last.year}"


def load(provider, dates, *, now):
    """Everything on these dates of the provider, for agenda.lay_out, in five queries."""
    days = (dates[0], dates[-1] + timedelta(days=1))
    starts_at, ends_at = (labels.midnight(each, provider.zone) for each in days)
    there = {"provider": provider, "starts_at__lt": ends_at, "ends_at__gt": starts_at}
    hours = WorkingHours.objects.filter(provider=provider)
    booked = (
        Appointment.objects.not_canceled().filter(**there).with_shows_first().order_by("starts_at")
    )
    return {
        "hours": list(hours.values_list("weekday", "from_minute", "to_minute")),
        "openings": Opening.objects.filter(**there).values_list("starts_at", "ends_at"),
        "off": TimeOff.objects.filter(**there).values_list("starts_at", "ends_at"),
        "holds": Hold.objects.current(now).filter(**there),
        "appointments": list(booked.select_related("client", "provider", "relationship")),
    }
