"""A provider says when they're away, and their own clients read it before they write."""

from datetime import date, timedelta

import pytest
from django.db import connection

from booking.tests.factories import AppointmentFactory
from booking.tests.steps import TEN_AM, error_at, words_of
from messaging.models import AwayNote
from messaging.tests.factories import write
from providers.tests.factories import ProviderFactory

PAGE = "/messages/settings/"


def away(**changes):
    """The form: away for a work week that begins a week from now."""
    days = {"first_day": "2026-12-07", "last_day": "12/11/2026"}
    return {"do": "away", **days, "text": "Call the office.", **changes}


@pytest.mark.parametrize(
    ("days_before", "says"),
    [
        (4, None),
        (3, "Dana will be away from Mon, Dec 7 to Fri, Dec 11. You can still send messages."),
        (1, "Dana will be away from Mon, Dec 7 to Fri, Dec 11."),
        (0, "Dana is away from Mon, Dec 7 to Fri, Dec 11."),
        (-4, "Dana is away from Mon, Dec 7 to Fri, Dec 11."),
        (-5, None),
    ],
)
def test_a_client_reads_it_from_three_days_before_to_the_last_day(
    dana, jordan, signed_in, pair, url, monday, days_before, says
):
    assert dana.post(PAGE, away()).status_code == 302
    monday.shift(timedelta(days=7 - days_before))
    page = signed_in(pair.client).get(url)
    assert ('class="notice notice-amber away"' in page.text) is bool(says)
    if says:
        assert says in words_of(page)
        assert "“Call the office.”" in words_of(page)
        assert page.text.index('notice-amber away"') < page.text.index("<textarea")
    sent = signed_in(pair.client).post(
        url, {"uuid": "4a3f2b7e-93f5-4c57-8a54-0d1f7a3f8d11", "body": "Hi."}
    )
    assert sent.status_code == 302


def test_days_are_the_providers_own(dana, signed_in, pair, url, monday):
    def read():
        jordan = signed_in(pair.client)
        jordan.cookies["zone"] = "Pacific/Auckland"  # where it's December 1 already
        return words_of(jordan.get(url))

    dana.post(PAGE, away(first_day="2026-12-01", last_day="2026-12-01"))
    assert "Dana will be away on Tue, Dec 1." in read()
    monday.shift(timedelta(hours=16))  # midnight in Los Angeles
    assert "Dana is away on Tue, Dec 1." in read()
    monday.shift(timedelta(hours=23, minutes=59))
    assert "Dana is away" in read()
    monday.shift(timedelta(minutes=1))
    assert "Dana is away" not in read()


def test_only_the_providers_own_clients_see_it_and_only_there(dana, jordan, pair, url):
    marcus = ProviderFactory(name="Marcus Okafor")
    other = AppointmentFactory(provider=marcus, client=pair.client, starts_at=TEN_AM).relationship
    dana.post(PAGE, away(first_day="2026-11-30"))
    assert "Dana is away" in words_of(jordan.get(url))
    assert "away" not in words_of(jordan.get(f"/messages/{other.uuid}/"))
    assert "Dana is away" not in words_of(dana.get(url))


def test_im_back_ends_it_early(dana, jordan, url):
    dana.post(PAGE, away(first_day="2026-11-30"))
    page = dana.get(PAGE)
    assert "I’m back" in page.text
    assert 'value="2026-11-30"' in page.text
    answer = dana.post(PAGE, {"do": "back"}, follow=True)
    assert "Clients don’t see an away note anymore." in words_of(answer)
    assert "is away" not in words_of(answer)
    assert "is away" not in words_of(jordan.get(url))
    assert dana.post(PAGE, {"do": "back"}).status_code == 302  # a second press


def test_a_note_to_come_can_be_deleted_and_one_of_the_past_is_gone_from_the_form(
    dana, pair, signed_in, monday
):
    dana.post(PAGE, away())
    page = dana.get(PAGE)
    assert "Delete this note" in page.text
    assert "I’m back" not in page.text
    monday.shift(timedelta(days=12))
    page = signed_in(pair.provider.user).get(PAGE)
    assert "2026-12-07" not in page.text
    assert "Call the office." not in page.text


def test_another_note_takes_its_place(dana, pair):
    for text in ("First.", "Second."):
        dana.post(PAGE, away(text=text))
    note = AwayNote.objects.get()
    assert (note.provider, note.text) == (pair.provider, "Second.")
    assert (note.first_day, note.last_day) == (date(2026, 12, 7), date(2026, 12, 11))


@pytest.mark.parametrize(
    ("changes", "field", "says"),
    [
        ({"last_day": "2026-12-06"}, "last_day", "Choose the first day or a later one."),
        ({"first_day": "2026-11-02", "last_day": "2026-11-29"}, "last_day", "This is already over. "
         "Choose a later day."),
        ({"first_day": ""}, "first_day", "Choose a day."),
        ({"last_day": "someday"}, "last_day", "Choose a day, like 12/24/2026."),
        ({"last_day": "2036-12-06"}, "last_day", "Choose a day within the next two years."),
        ({"text": "x" * 501}, "text", "Use at most 500 characters. This has 501."),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_at_the_field_and_nothing_is_saved(dana, changes, field, says):
    page = dana.post(PAGE, away(**changes))
    assert page.status_code == 400
    assert error_at(page, field) == says
    assert ("Call the office." in page.text) is ("text" not in changes)
    assert not AwayNote.objects.exists()


def test_an_open_page_of_an_old_day_still_takes_a_note_that_has_begun(dana):
    dana.post(PAGE, away(first_day="2026-11-02", last_day="2026-11-30"))
    assert AwayNote.objects.get().first_day == date(2026, 11, 2)


def test_it_is_encrypted_and_shown_as_text(dana, jordan, url):
    dana.post(PAGE, away(first_day="2026-11-30", text="<b>Call</b> the office."))
    assert "&lt;b&gt;Call&lt;/b&gt;" in jordan.get(url).text
    with connection.cursor() as cursor:
        cursor.execute("SELECT text FROM messaging_awaynote")
        assert "office" not in cursor.fetchone()[0]


def test_it_costs_a_conversation_no_query(dana, jordan, pair, url, django_assert_num_queries):
    write(pair, pair.client)
    jordan.get(url)
    with django_assert_num_queries(16):
        jordan.get(url)
    dana.post(PAGE, away(first_day="2026-11-30"))
    with django_assert_num_queries(16):
        assert "Dana is away" in words_of(jordan.get(url))


def test_time_off_and_the_list_lead_there(dana):
    for page in ("/messages/", "/workspace/availability/off/"):
        assert f'href="{PAGE}"' in dana.get(page).text


@pytest.mark.parametrize("method", ["get", "post", "head", "put", "delete"])
def test_it_is_for_providers(jordan, method):
    assert getattr(jordan, method)(PAGE, away()).status_code == 404
    assert f'href="{PAGE}"' not in jordan.get("/messages/").text


@pytest.mark.parametrize("do", [{}, {"do": "dance"}])
def test_a_form_that_asks_for_nothing_is_a_bad_request(dana, do):
    assert dana.post(PAGE, do).status_code == 400
