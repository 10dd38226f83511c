"""Where a client who is with a provider already finds the way to write to them."""

import pytest


@pytest.mark.parametrize("status", ["scheduled", "completed"])
def test_instead_of_the_booking_button_stands_the_way_to_messages(pair, jordan, url, status):
    pair.appointments.update(status=status, first_visit=False)
    for page in (pair.provider.get_absolute_url(), pair.provider.booking_url):
        text = jordan.get(page).text
        assert f'href="{url}"' in text
        assert "Message Dana" in text
        assert "Book phone call" not in text
