"""A provider's calendar: a week, or a day, on the provider's clock."""

from datetime import date, datetime, timedelta

from django.shortcuts import render
from django.utils import timezone

from accounts import zones

from .. import agenda, times, week
from ..models import Appointment, Hold, Opening, TimeOff, WorkingHours
from .provider import provider_only

FIRST, LAST = date(2000, 1, 3), date(2099, 12, 28)  # Mondays


@provider_only
def calendar(request):
    """The week of `?week=`, or the day of `?day=`; this week where neither is a date."""
    provider = request.user.provider
    now = timezone.now()
    today = times.local(now, provider.zone).date()
    day = asked_day(request.GET.get("day"))
    monday = week.asked_monday(request.GET.get("week"), first=FIRST, last=LAST)
    first, length = (day, 1) if day else (monday or week.monday_of(today), 7)
    dates = [first + timedelta(days=n) for n in range(length)]
    rows = load(provider, dates, now=now)
    sheet = agenda.lay_out(dates, provider.zone, now=now, **rows)
    step = timedelta(days=length)
    context = {
        "sheet": sheet,
        "one_day": length == 1,
        "first": first,
        "today": today,
        "shows_today": today in dates,
        "title": title(dates, today),
        "count": len(rows["appointments"]),
        "clock": times.clock(times.local(now, provider.zone)),
        "zone": zones.label(provider.time_zone),
        "before": first - step if first - step >= FIRST else None,
        "after": first + step if first + step <= LAST else None,
    }
    return render(request, "booking/calendar.html", context)


def asked_day(text):
    """The date that `?day=` asks for; None for anything else."""
    try:
        day = date.fromisoformat(text or "")
    except ValueError:
        return None
    return day if FIRST <= day <= LAST else None


def title(dates, today):
    """The day or the week in words, with the year where it is not this one."""
    first, last = dates[0], dates[-1]
    if first == last:
        words = times.long_day(first)
    else:
        ends = last.day if last.month == first.month else times.month_day(last)
        words = f"{times.month_day(first)} to {ends}"
    return words if last.year == today.year else f"{words}, {last.year}"


def load(provider, dates, *, now):
    """What stands on these dates of the provider's, for agenda.lay_out: five queries."""
    starts_at, ends_at = (
        datetime.combine(each, datetime.min.time(), provider.zone)
        for each in (dates[0], dates[-1] + timedelta(days=1))
    )
    there = {"provider": provider, "starts_at__lt": ends_at, "ends_at__gt": starts_at}
    stretch = ("starts_at", "ends_at")
    hours = WorkingHours.objects.filter(provider=provider)
    booked = Appointment.objects.active().filter(**there).order_by("starts_at")
    return {
        "hours": list(hours.values_list("weekday", "from_minute", "to_minute")),
        "openings": Opening.objects.filter(**there).values_list(*stretch),
        "off": TimeOff.objects.filter(**there).values_list(*stretch),
        "holds": Hold.objects.standing(now).filter(**there),
        "appointments": list(booked.select_related("client", "provider")),
    }
