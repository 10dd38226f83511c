"""Where an existing client finds the link to write to their provider."""

import pytest


@pytest.mark.parametrize("status", ["scheduled", "completed"])
def test_the_link_to_messages_replaces_the_booking_button(pair, jordan, url, status):
    pair.appointments.update(status=status, first_visit=False)
    for page in (pair.provider.get_absolute_url(), pair.provider.booking_url):
        text = jordan.get(page).text
        assert f'href="{url}#write"' in text
        assert "Message Dana" in text
        assert "Book phone call" not in text
