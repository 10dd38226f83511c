"""How people get to write: where the link is, who begins, and what the page says by the box."""

import pytest

from accounts.tests.factories import UserFactory
from booking.tests.steps import words_of
from messaging.models import Message


@pytest.mark.parametrize("status", ["scheduled", "completed"])
def test_the_link_to_messages_replaces_the_booking_button(pair, jordan, url, status):
    pair.appointments.update(status=status, first_visit=False)
    for page in (pair.provider.get_absolute_url(), pair.provider.booking_url):
        text = jordan.get(page).text
        assert f'href="{url}#write"' in text
        assert "Message Dana" in text
        assert "Book phone call" not in text


def test_someone_with_nothing_booked_reads_how_to_get_there(signed_in, db):
    page = signed_in(UserFactory()).get("/messages/")
    assert "Once you’ve booked a call or a session, you can write to that provider" in page.text
    assert 'href="/providers/"' in page.text


def test_a_client_who_finds_no_name_is_not_taken_for_someone_with_nothing_booked(jordan):
    assert "Once you’ve booked" not in jordan.get("/messages/", {"name": "Nobody"}).text


def test_a_provider_can_write_first(dana, jordan, url):
    assert "Write to Jordan" in dana.get(url).text
    dana.post(url, {"uuid": "4a3f2b7e-93f5-4c57-8a54-0d1f7a3f8d11", "body": "Welcome."})
    assert Message.objects.get().body == "Welcome."
    assert "Welcome." in jordan.get(url).text


def test_who_can_read_it_and_where_to_turn_in_a_crisis_is_by_the_box(jordan, dana, url):
    for person, name in ((jordan, "Dana"), (dana, "Jordan")):
        page = person.get(url)
        assert f"Only you and {name} can read this. Our support team can’t." in words_of(page)
        box = page.text.partition('id="write"')[2]
        assert 0 < box.index("In a crisis, call or text") < box.index("<textarea")
