"""What a provider types on their clock means the instant at which it shows that, in every zone."""

from datetime import UTC, datetime, timedelta
from functools import cache
from uuid import uuid4
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from booking.appointments.forms import ScheduleForm
from providers.models import Provider

ZONES = (
    "America/Los_Angeles", "America/Phoenix", "America/St_Johns", "America/Santiago",
    "Europe/Dublin", "Africa/Casablanca", "Asia/Kathmandu", "Asia/Beirut", "Australia/Adelaide",
    "Australia/Lord_Howe", "Pacific/Chatham", "Pacific/Auckland",
)  # fmt: skip
FIRST = datetime(2026, 1, 1)
DAYS = 5 * 365


@cache
def changes(zone):
    """What the zone's clock shows, to the hour, when its offset changes; FIRST if it never does."""

    def offset(hour):
        return (FIRST + timedelta(hours=hour)).replace(tzinfo=UTC).astimezone(zone).utcoffset()

    days = [day for day in range(DAYS) if offset(24 * day) != offset(24 * day + 24)]
    hours = [24 * day + n for day in days for n in range(24)]
    found = [hour for hour in hours if offset(hour) != offset(hour + 1)]
    return [FIRST + timedelta(hours=hour) + offset(hour) for hour in found] or [FIRST]


@cache
def offsets(zone):
    """All offsets from UTC that the zone has in these years."""
    days = (FIRST.replace(tzinfo=UTC) + timedelta(days=day) for day in range(DAYS + 3))
    return {day.astimezone(zone).utcoffset() for day in days}


def shown_at(wall, zone):
    """The instants at which the zone's clock shows a wall time, in order: none, one or two."""
    instants = {(wall - offset).replace(tzinfo=UTC) for offset in offsets(zone)}
    return sorted(each for each in instants if each.astimezone(zone).replace(tzinfo=None) == wall)


@st.composite
def wall_times(draw):
    """A zone, and a wall time: any, or one within two hours of a change of the clock."""
    zone = ZoneInfo(draw(st.sampled_from(ZONES)))
    anytime = st.integers(0, DAYS * 1440).map(lambda minute: FIRST + timedelta(minutes=minute))
    near = st.builds(
        lambda shown, minutes: shown + timedelta(minutes=minutes),
        st.sampled_from(changes(zone)),
        st.integers(-60, 120),
    )
    return zone, draw(st.one_of(anytime, near, near))


def form_of(wall, zone, which=""):
    provider = Provider(time_zone=zone.key)
    data = {"uuid": uuid4(), "place": "virtual", "minutes": "", "which": which}
    data |= {"date": f"{wall:%Y-%m-%d}", "starts": f"{wall:%H:%M}"}
    return ScheduleForm(data, provider=provider)


@given(wall_times())
def test_a_typed_time_is_the_instant_at_which_the_clock_shows_it(case):
    zone, wall = case
    instants = shown_at(wall, zone)
    form = form_of(wall, zone)
    if len(instants) == 1:
        assert form.is_valid()
        assert form.cleaned_data["starts_at"] == instants[0]
    elif not instants:
        assert list(form.errors) == ["starts"]
    else:
        assert list(form.errors) == ["which"]
        for which, instant in zip("01", instants, strict=True):
            chosen = form_of(wall, zone, which)
            assert chosen.is_valid()
            assert chosen.cleaned_data["starts_at"] == instant


def test_the_cases_include_what_is_skipped_and_what_comes_twice():
    lord_howe = ZoneInfo("Australia/Lord_Howe")
    assert shown_at(datetime(2026, 10, 4, 2, 15), lord_howe) == []
    assert len(shown_at(datetime(2026, 4, 5, 1, 45), lord_howe)) == 2
