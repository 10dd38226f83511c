"""A client swaps a first visit for another free time of the same provider."""

from datetime import UTC, datetime, timedelta

import pytest
from icalendar import Calendar

from accounts.tests.factories import UserFactory
from accounts.tests.steps import hidden_fields
from booking.appointments import scheduling
from booking.models import Appointment, Hold
from booking.tests.factories import AppointmentFactory, FollowUpFactory, HoldFactory
from booking.tests.steps import TEN_AM, moved, offer, url_of, words_of
from providers.tests.factories import ProviderFactory

HOUR = timedelta(hours=1)
ELEVEN_THURSDAY = TEN_AM + 25 * HOUR
WAS, WILL = "Wednesday, December 2, 10:00 AM", "Thursday, December 3, 11:00 AM"


def seconds(instant):
    return int(instant.timestamp())


def swap_url(appointment):
    return f"{appointment.get_absolute_url()}swap/"


def chosen(starts_at, place="phone", version=0):
    return {"at": seconds(starts_at), "place": place, "version": version}


@pytest.fixture
def swap(jordan, signed_in):
    """`swap(appointment, starts_at, …)` is the answer to Jordan's press on the last button."""

    def swap(appointment, starts_at, **changes):
        place = appointment.place
        form = chosen(starts_at, **{"place": place, **changes})
        return signed_in(jordan).post(swap_url(appointment), form, follow=True)

    return swap


def times_of(appointment):
    appointment.refresh_from_db()
    return appointment.starts_at, appointment.ends_at, appointment.sequence


def stayed(appointment):
    return times_of(appointment) == (TEN_AM, TEN_AM + timedelta(minutes=15), 0)


def test_a_time_two_presses_away_from_the_appointment(call, jordan, signed_in):
    person = signed_in(jordan)
    page = person.get(swap_url(call))
    assert f"Now: {WAS}. It stays yours until you choose another." in words_of(page)
    assert f'value="{seconds(ELEVEN_THURSDAY)}"' in page.text
    assert f'value="{seconds(TEN_AM)}"' not in page.text
    page = person.get(swap_url(call), {"at": seconds(ELEVEN_THURSDAY), "place": "phone"})
    assert f"Move from {WAS} to {WILL}?" in page.text
    assert stayed(call)
    fields = {name: values[0] for name, values in hidden_fields(page).items()}
    form = {"place": "phone", "version": fields["version"], "at": seconds(ELEVEN_THURSDAY)}
    page = person.post(swap_url(call), form, follow=True)
    assert f"Your phone call is now {WILL}, Pacific Time. We’re emailing you both." in page.text
    assert times_of(call) == (ELEVEN_THURSDAY, ELEVEN_THURSDAY + timedelta(minutes=15), 1)


def test_both_are_told_once(monday, call, dana, jordan, swap, mailbox):
    swap(call, ELEVEN_THURSDAY)
    (to_jordan,), (to_dana,) = mailbox.to(jordan.email), mailbox.to(dana.user.email)
    assert "You moved your appointment" in to_jordan.body
    assert to_dana.subject == "An appointment was moved"
    assert "The old time is free again" in to_dana.body
    for mail in (to_jordan, to_dana):
        assert "It was: Wednesday, December 2, 10:00 to 10:15 AM, Pacific Time" in mail.body
        (event,) = Calendar.from_ical(mail.attachments[0].content).walk("VEVENT")
        assert (event["SEQUENCE"], event.start) == (1, ELEVEN_THURSDAY)
    monday.move_to(ELEVEN_THURSDAY - 25 * HOUR)
    assert len(mailbox.to(jordan.email)) == 1  # no reminder of the old time
    monday.move_to(ELEVEN_THURSDAY - 24 * HOUR)
    assert mailbox.to(jordan.email)[-1].subject == "Your appointment is tomorrow"


def test_the_history_says_who_moved_it(call, dana, jordan, swap, signed_in):
    swap(call, ELEVEN_THURSDAY)
    event = call.events.get(what="moved")
    assert (event.by, event.on_behalf_of, event.was_starts_at) == (jordan, "client", TEN_AM)
    assert f"You moved it from {WAS} to {WILL}." in words_of(
        signed_in(jordan).get(call.get_absolute_url())
    )
    assert f"Jordan moved it from {WAS} to {WILL}." in words_of(
        signed_in(dana.user).get(url_of(call))
    )


def test_the_old_time_is_free_for_others_and_the_new_one_is_not(call, dana, swap, visitor):
    swap(call, ELEVEN_THURSDAY)
    page = visitor.get(dana.booking_url).text
    assert f'value="{seconds(TEN_AM)}"' in page
    assert f'value="{seconds(ELEVEN_THURSDAY)}"' not in page


def test_the_next_opening_is_found_again(monday, call, dana, swap):
    soon = datetime(2026, 11, 30, 18, tzinfo=UTC)  # the first start that can be booked
    dana.refresh_from_db()
    swap(call, soon)
    dana.refresh_from_db()
    assert dana.next_opening_at == soon + timedelta(minutes=15)


def test_the_second_press_shows_the_first_result(call, swap, mailbox):
    swap(call, ELEVEN_THURSDAY)
    sent = len(mailbox)
    page = swap(call, ELEVEN_THURSDAY)
    assert f"It was moved already: {WILL}, Pacific Time." in page.text
    assert (len(mailbox), call.events.count()) == (sent, 2)


def test_ones_own_time_is_not_in_the_way(call, swap):
    """15 minutes later, with a buffer that the old time would take up."""
    call.provider.buffer_minutes = 30
    call.provider.save()
    swap(call, TEN_AM + timedelta(minutes=15))
    assert times_of(call)[0] == TEN_AM + timedelta(minutes=15)


def test_a_page_that_went_stale_says_so_and_the_next_press_works(call, desk, swap):
    by_provider = moved(date="2026-12-04", place="phone", minutes="15")
    desk.post(url_of(call, "move/"), by_provider)
    page = swap(call, ELEVEN_THURSDAY)
    assert page.status_code == 409
    assert "This appointment changed after you opened this page" in page.text
    assert f"Move from Friday, December 4, 11:00 AM to {WILL}?" in page.text
    assert hidden_fields(page)["version"] == ["1"]
    swap(call, ELEVEN_THURSDAY, version=1)
    assert times_of(call)[0] == ELEVEN_THURSDAY


def someone_books(call):
    AppointmentFactory(provider=call.provider, starts_at=ELEVEN_THURSDAY)


def someone_holds(call):
    HoldFactory(provider=call.provider, starts_at=ELEVEN_THURSDAY)


def provider_offers_it(call):
    other = FollowUpFactory(provider=call.provider, starts_at=TEN_AM - 24 * HOUR)
    offer(other.relationship, ELEVEN_THURSDAY, minutes=15, place="phone")


@pytest.mark.parametrize("take", [someone_books, someone_holds, provider_offers_it])
def test_a_time_that_was_just_taken_leaves_the_old_one(call, swap, take):
    take(call)
    page = swap(call, ELEVEN_THURSDAY)
    assert page.status_code == 409
    assert f"{WILL} was just taken. You still have {WAS}." in words_of(page)
    assert len(page.context["nearest"]) == 3
    assert stayed(call)


@pytest.mark.parametrize(
    "starts_at",
    [
        TEN_AM + timedelta(minutes=7),  # off the grid
        TEN_AM - timedelta(hours=7),  # outside the hours
        datetime(2026, 11, 30, 17, tzinfo=UTC),  # too soon: two hours' notice
        TEN_AM + timedelta(weeks=30),  # past the horizon
    ],
)
def test_only_offered_times_can_be_chosen(call, swap, starts_at):
    page = swap(call, starts_at)
    assert page.status_code == 409
    assert "isn’t available." in page.text
    assert stayed(call)


def test_a_client_who_is_busy_then_is_told_before_and_after(call, jordan, signed_in, swap):
    other = ProviderFactory()
    AppointmentFactory(provider=other, client=jordan, starts_at=ELEVEN_THURSDAY)
    asked = {"at": seconds(ELEVEN_THURSDAY), "place": "phone"}
    busy = "You already have an appointment at that time. Choose another time."
    for page in (signed_in(jordan).get(swap_url(call), asked), swap(call, ELEVEN_THURSDAY)):
        assert f"{busy} You still have {WAS}." in words_of(page)
        assert "Move from" not in page.text
    assert stayed(call)


def test_a_license_is_needed_that_day(call, dana, jordan, signed_in, swap):
    dana.licenses.update(expires="2026-12-02")
    asked = {"at": seconds(ELEVEN_THURSDAY), "place": "phone"}
    for page in (signed_in(jordan).get(swap_url(call), asked), swap(call, ELEVEN_THURSDAY)):
        assert "Dana isn’t licensed in California." in page.text
    assert stayed(call)
    swap(call, TEN_AM + HOUR)
    assert times_of(call)[0] == TEN_AM + HOUR


def test_the_length_and_the_kind_stay(call, dana, swap):
    dana.first_visit, dana.session_minutes, dana.call_minutes = "session", 90, 30
    dana.save()
    last_of_the_day = ELEVEN_THURSDAY + timedelta(hours=5, minutes=45)
    swap(call, last_of_the_day)
    assert times_of(call) == (last_of_the_day, last_of_the_day + timedelta(minutes=15), 1)


def test_an_offer_to_move_it_is_over(call, swap):
    offer(call.relationship, TEN_AM + 3 * HOUR, minutes=15, place="phone", instead_of=call)
    swap(call, ELEVEN_THURSDAY)
    assert not Hold.objects.exists()


def test_what_was_canceled_stays_canceled(call, dana, swap):
    scheduling.cancel(call, by=dana.user)
    page = swap(call, ELEVEN_THURSDAY)
    assert page.request["PATH_INFO"] == call.get_absolute_url()
    assert "This appointment changed after you opened this page" in page.text
    assert times_of(call)[0] == TEN_AM


@pytest.mark.parametrize(
    "data",
    [{}, {"at": "x"}, {"at": "9" * 5000}, {"place": "moon"}, {"version": ""}, {"version": "-1"}],
)
def test_a_damaged_form_is_turned_down(call, jordan, signed_in, data):
    form = {**chosen(ELEVEN_THURSDAY), **data} if data else {}
    assert signed_in(jordan).post(swap_url(call), form).status_code == 400
    assert stayed(call)


@pytest.mark.parametrize("query", [{"at": "x"}, {"at": "9" * 30, "place": "moon"}, {"week": "x"}])
def test_a_damaged_address_shows_the_page(call, jordan, signed_in, query):
    page = signed_in(jordan).get(swap_url(call), query)
    assert page.status_code == 200
    assert "week-nav" in page.text


def test_someone_elses_is_not_found(call, dana, signed_in, visitor):
    for user in (UserFactory(), dana.user):
        person = signed_in(user)
        for method in (person.get, person.post, person.head, person.put):
            assert method(swap_url(call)).status_code == 404
    assert visitor.get(swap_url(call)).status_code == 302
    assert stayed(call)


def test_a_get_changes_nothing(call, jordan, signed_in):
    asked = {"at": seconds(ELEVEN_THURSDAY), "place": "phone", "version": 0}
    assert signed_in(jordan).get(swap_url(call), asked).status_code == 200
    assert stayed(call)
    assert not Hold.objects.exists()


def test_a_day_has_five_swaps(monday, call, swap):
    for n in range(5):
        swap(call, TEN_AM + (25 + n) * HOUR, version=n)
    page = swap(call, TEN_AM + 2 * HOUR, version=5)
    assert page.status_code == 429
    assert "You’ve moved this appointment many times in a day." in page.text
    assert times_of(call)[2] == 5
    monday.shift(24 * HOUR + timedelta(seconds=1))
    swap(call, TEN_AM + 2 * HOUR, version=5)
    assert times_of(call)[2] == 6


def test_the_page_makes_as_many_queries_for_many_times_as_for_few(
    call, jordan, signed_in, django_assert_num_queries
):
    person = signed_in(jordan)
    person.get("/account/")
    asked = {"at": seconds(ELEVEN_THURSDAY), "place": "phone"}
    for rows in range(2):
        with django_assert_num_queries(7):
            assert person.get(swap_url(call)).status_code == 200
        with django_assert_num_queries(9):
            assert person.get(swap_url(call), asked).status_code == 200
        for n in range(3 if not rows else 0):
            FollowUpFactory(client=jordan, starts_at=TEN_AM + (1 + n) * 24 * HOUR)
            AppointmentFactory(provider=call.provider, starts_at=TEN_AM + (2 + n) * HOUR)


def test_htmx_gets_the_times_alone(call, jordan, signed_in):
    asked, part = {"week": "2026-12-09", "zone": "America/New_York"}, {"HX-Request": "true"}
    page = signed_in(jordan).get(swap_url(call), asked, headers=part)
    assert "<html" not in page.text
    assert "HX-Request" in page["Vary"]
    assert "December 7 to 13, by phone, Eastern Time: 160 free times." in page.text
    assert '<b id="now" hx-swap-oob="true">Wednesday, December 2, 1:00 PM</b>' in page.text
    assert 'name="zone" value="America/New_York"' in page.text
    assert Appointment.objects.get().sequence == 0
