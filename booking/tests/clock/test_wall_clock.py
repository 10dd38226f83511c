"""A time that a provider types means the instant when their clock shows it, in every zone."""

from datetime import datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from booking.appointments.forms import ScheduleForm
from booking.tests.clock.steps import DAYS, FIRST, ZONES, changes, shown_at
from providers.models import Provider


@st.composite
def wall_times(draw):
    """A zone, and a wall time: any, or one within two hours of a clock change."""
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
