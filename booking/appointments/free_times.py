"""When a provider and a client are both free: the times to ask for, and to offer."""

from datetime import timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

from ..availability.calendar import MARGIN, load_calendars
from ..clock import labels

AHEAD, BEFORE = timedelta(weeks=4), timedelta(weeks=2)


def free_starts(provider, client, *, place, minutes, now, moved=None):
    """The starts (epoch seconds) in four weeks that suit both, by the provider's hours.

    That's from now, or from two weeks before `moved`, the appointment that would take the time and
    isn't in the way itself.
    """
    since = max(now, moved.starts_at - BEFORE) if moved else now
    until = since + AHEAD
    calendar = load_calendars([provider], now=now, since=since, until=until)[provider.pk]
    calendar = calendar.without(moved) if moved else calendar
    theirs = client.appointments.not_canceled().exclude(pk=moved and moved.pk)
    theirs = [_stretch(each) for each in theirs.overlapping(since - MARGIN, until + MARGIN)]
    starts = calendar.starts_for_clients(
        place, minutes, start=int(since.timestamp()), end=int(until.timestamp())
    )
    length = minutes * 60
    return [
        start
        for start in starts
        if not any(begin < start + length and start < end for begin, end in theirs)
    ]


def by_day(starts, zone):
    """[(day in words, [(start, its label)])] for epoch seconds, in a zone (by name)."""
    local = [(start, labels.local(start, ZoneInfo(zone))) for start in starts]
    return [
        (labels.short_day(moments[0][1]), [(start, labels.clock(at)) for start, at in moments])
        for _, group in groupby(local, key=lambda pair: pair[1].date())
        if (moments := list(group))
    ]


def _stretch(appointment):
    return int(appointment.starts_at.timestamp()), int(appointment.ends_at.timestamp())
