"""A page that was opened before its provider moved to another zone: the same words, other times."""

import re

import pytest

from booking.models import Appointment, Opening, TimeOff
from booking.tests.hours.steps import OFF, OPENINGS
from booking.tests.steps import moved, planned, url_of, url_to_schedule
from providers.models import Provider


@pytest.mark.parametrize("path", ["schedule", "move"])
def test_a_page_that_showed_another_zone_books_nothing_unasked(session, desk, path):
    url = url_of(session, "move/") if path == "move" else url_to_schedule(session.relationship)
    form = moved() if path == "move" else planned()
    assert 'name="zone" value="America/Los_Angeles"' in desk.get(url).text
    Provider.objects.update(time_zone="America/New_York")
    page = desk.post(url, {**form, "zone": "America/Los_Angeles"})
    assert page.status_code == 400
    assert "Your time zone is Eastern Time now" in page.text
    assert 'name="zone" value="America/New_York"' in page.text
    assert f'value="{form["starts"]}"' in page.text
    assert Appointment.objects.get().starts_at == session.starts_at


@pytest.mark.parametrize("url", [OFF, OPENINGS])
def test_a_page_that_showed_another_zone_saves_nothing_unasked(desk, dana, url):
    form = {
        "first_day": "2026-12-24", "day": "2026-12-24", "starts": "09:00", "ends": "10:00",
        "place": "virtual", "zone": "America/New_York", "do": "save",
    }  # fmt: skip
    page = desk.post(url, form)
    assert page.status_code == 400
    assert "Your time zone is Pacific Time now" in page.text
    assert not TimeOff.objects.exists()
    assert not Opening.objects.exists()
    zone = re.search(r'name="zone" value="([^"]*)"', page.text)[1]
    assert desk.post(url, {**form, "zone": zone}).status_code == 302
