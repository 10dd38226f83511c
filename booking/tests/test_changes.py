"""A provider moves, cancels and links an appointment, and reads its history."""

from datetime import UTC, datetime, timedelta

import pytest

from accounts.models import AccessEvent
from accounts.tests.factories import UserFactory
from booking import scheduling
from booking.models import Appointment
from booking.tests.factories import AppointmentFactory

TEN_AM = datetime(2026, 12, 2, 18, tzinfo=UTC)  # Wednesday, in Pacific Time


@pytest.fixture
def session(dana, jordan):
    """A follow-up of Dana's with Jordan by video, on Wednesday at 10 AM."""
    return AppointmentFactory(
        provider=dana,
        client=jordan,
        kind="session",
        place="virtual",
        first_visit=False,
        starts_at=TEN_AM,
        ends_at=TEN_AM + timedelta(minutes=50),
    )


def url_of(appointment, path=""):
    return f"/workspace/appointments/{appointment.uuid}/{path}"


def moved(**changes):
    """To Thursday at 11 AM, as Jordan asked."""
    data = {"sequence": "0", "place": "virtual", "date": "2026-12-03", "starts": "11:00"}
    return {**data, "minutes": "50", "behalf": "client", "reason": "A trip.", **changes}


@pytest.mark.parametrize("path", ["", "move/", "cancel/", "outcome/", "link/"])
def test_somebody_elses_appointment_is_unfound_on_every_method(
    session, marcus, jordan, signed_in, path
):
    for stranger in (marcus.user, jordan, UserFactory(is_staff=True, is_superuser=True)):
        for method in ("get", "post", "put", "delete"):
            assert getattr(signed_in(stranger), method)(url_of(session, path)).status_code == 404
    assert not AccessEvent.objects.exists()


def test_moving_shows_both_times_and_the_history(session, dana, jordan, signed_in, mailbox):
    jordan.time_zone = "Asia/Tokyo"
    jordan.save()
    person = signed_in(dana.user)
    assert "Scheduled by Jordan for Wednesday" in person.get(url_of(session)).text
    form = person.get(url_of(session, "move/")).text
    assert 'value="2026-12-02"' in form
    assert 'value="10:00"' in form
    assert "Jordan is in Japan Time" in form
    page = person.post(url_of(session, "move/"), moved(), follow=True)
    assert "It is now Thursday, December 3, 11:00 AM, Pacific Time." in page.text
    assert "For Jordan it is Friday, December 4, 4:00 AM, Japan Time." in page.text
    assert (
        "Moved by you from Wednesday, December 2, 10:00 AM to Thursday, December 3, 11:00 AM"
        ", as Jordan asked." in page.text
    )
    assert "“A trip.”" in page.text
    session.refresh_from_db()
    assert (session.starts_at, session.sequence) == (TEN_AM + timedelta(hours=25), 1)
    assert mailbox.to(jordan.email)[-1].subject == "Your appointment was moved"
    assert AccessEvent.objects.filter(what="appointment moved", subject=jordan).count() == 1


def test_who_moves_what_has_changed_is_shown_how_it_stands(session, dana, signed_in):
    person = signed_in(dana.user)
    person.post(url_of(session, "move/"), moved())
    page = person.post(url_of(session, "move/"), moved(date="2026-12-04"), follow=True)
    assert "was changed meanwhile" in page.text
    session.refresh_from_db()
    assert session.sequence == 1


def test_a_move_into_another_appointment_is_refused_at_the_field(session, dana, signed_in):
    AppointmentFactory(provider=dana, starts_at=TEN_AM + timedelta(hours=25))
    page = signed_in(dana.user).post(url_of(session, "move/"), moved())
    assert page.status_code == 409
    assert 'id="id_starts_error"' in page.text
    assert "A trip." in page.text
    session.refresh_from_db()
    assert session.starts_at == TEN_AM


def test_a_move_outside_of_the_hours_waits_for_a_yes(session, dana, signed_in):
    person = signed_in(dana.user)
    page = person.post(url_of(session, "move/"), moved(date="2026-12-05"))
    assert page.status_code == 409
    assert "Move it all the same" in page.text
    key = f"{int((TEN_AM + timedelta(hours=73)).timestamp())} 50 virtual"
    person.post(url_of(session, "move/"), moved(date="2026-12-05", anyway=key))
    session.refresh_from_db()
    assert session.starts_at == TEN_AM + timedelta(hours=73)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"behalf": ""}, "Choose who asked for it."),
        ({"place": "phone"}, "Select a valid choice"),
        ({"date": "2027-03-14", "starts": "02:30"}, "skip 2:30 AM"),
        ({"reason": "x" * 501}, "Use at most 500 characters"),
        ({"sequence": ""}, "This field is required"),
    ],
)
def test_what_is_wrong_with_a_move_is_told(session, dana, signed_in, change, words):
    page = signed_in(dana.user).post(url_of(session, "move/"), moved(**change))
    assert page.status_code == 400
    assert words in page.text
    session.refresh_from_db()
    assert session.sequence == 0


def test_the_second_of_two_equal_hours_stays_the_second(monday, session, dana, signed_in):
    second = datetime(2027, 11, 7, 9, 30, tzinfo=UTC)  # 1:30 AM, for the second time that night
    scheduling.reschedule(
        session,
        by=dana.user,
        starts_at=second,
        minutes=50,
        place="virtual",
        sequence=0,
        behalf="provider",
        anyway=True,
    )
    page = signed_in(dana.user).get(url_of(session, "move/"))
    assert 'name="which" value="1"' in page.text
    assert page.context["form"].initial["which"] == "1"


def test_canceling_says_for_whom_and_may_waive_the_fee(
    monday, session, dana, jordan, signed_in, mailbox
):
    dana.late_cancellation = "A late cancellation costs $90."
    dana.save()
    monday.move_to(TEN_AM - timedelta(hours=3))
    person = signed_in(dana.user)
    form = person.get(url_of(session, "cancel/")).text
    assert "You ask for 24 hours’ notice, and it is later than that." in form
    assert "A late cancellation costs $90." in form
    data = {"behalf": "client", "reason": "Ill.", "waive_fee": "on", "sequence": 0}
    page = person.post(url_of(session, "cancel/"), data, follow=True)
    assert "Canceled by you on behalf of Jordan; late fee waived." in page.text
    assert "Canceled late" not in page.text
    event = session.events.last()
    assert (event.on_behalf_of, event.reason, event.fee_waived) == ("client", "Ill.", True)
    assert mailbox.to(jordan.email)[-1].subject == "Your appointment is canceled"
    assert "costs $90" not in signed_in(jordan).get(session.get_absolute_url()).text


def test_a_late_cancellation_counts_against_the_client_alone(monday, session, dana, signed_in):
    monday.move_to(TEN_AM - timedelta(hours=3))
    data = {"behalf": "provider", "waive_fee": "on", "sequence": 0}
    page = signed_in(dana.user).post(url_of(session, "cancel/"), data, follow=True)
    assert "Canceled by you." in page.text
    assert not session.events.last().fee_waived


def test_in_time_there_is_nothing_to_waive(session, dana, signed_in):
    person = signed_in(dana.user)
    page = person.get(url_of(session, "cancel/"))
    assert "nobody is late" in page.text
    assert "waive" not in page.text
    page = person.post(url_of(session, "cancel/"), {"reason": "Why not."})
    assert page.status_code == 400
    assert "Choose who asked for it." in page.text
    assert "Why not." in page.text


def test_a_get_changes_nothing(session, dana, signed_in):
    person = signed_in(dana.user)
    for path in ("move/", "cancel/", "outcome/", "link/"):
        assert person.get(url_of(session, path)).status_code == 200
    session.refresh_from_db()
    assert (session.status, session.sequence, session.events.count()) == ("scheduled", 0, 1)


@pytest.mark.parametrize("path", ["move/", "cancel/", "link/"])
def test_what_is_canceled_stays_as_it_is(session, dana, signed_in, path):
    scheduling.cancel(session, by=dana.user)
    page = signed_in(dana.user).post(
        url_of(session, path), moved(link="https://video.example.com/x"), follow=True
    )
    assert "can’t be changed any more" in page.text
    assert session.events.count() == 2


def test_a_call_has_no_link(dana, jordan, signed_in):
    made = AppointmentFactory(provider=dana, client=jordan, starts_at=TEN_AM)
    link = {"link": "https://video.example.com/x"}
    assert signed_in(dana.user).post(url_of(made, "link/"), link).url == url_of(made)
    made.refresh_from_db()
    assert made.join_link == ""


def test_a_canceled_follow_up_is_not_the_clients_to_book_again(session, dana, jordan, signed_in):
    scheduling.cancel(session, by=dana.user)
    page = signed_in(jordan).get(session.get_absolute_url())
    assert "Dana schedules your sessions" in page.text
    assert "Book with Dana again" not in page.text


def test_a_link_of_its_own_is_saved_and_told(session, dana, jordan, signed_in, mailbox):
    person = signed_in(dana.user)
    data = {"link": "https://clinic.example.com/r/1", "instructions": "Ring first."}
    page = person.post(url_of(session, "link/"), data, follow=True)
    assert "this session’s own link" in page.text
    assert "Ring first." in page.text
    assert "Link or instructions changed by you." in page.text
    assert mailbox.to(jordan.email)[-1].subject == "News about your appointment"
    assert person.post(url_of(session, "link/"), {"link": ""}, follow=True).status_code == 200
    session.refresh_from_db()
    assert session.link == dana.telehealth_link


@pytest.mark.parametrize(
    "link", ["http://x.example.com/", "javascript:alert(1)", "https://a:b@x.example.com/", "x y"]
)
def test_only_https_links_are_taken(session, dana, signed_in, link):
    page = signed_in(dana.user).post(url_of(session, "link/"), {"link": link})
    assert page.status_code == 400
    assert 'id="id_link_error"' in page.text
    session.refresh_from_db()
    assert session.join_link == ""


def test_a_free_consumer_room_is_warned_of_once(session, dana, signed_in):
    person = signed_in(dana.user)
    link = "https://meet.google.com/abc-defg-hij"
    page = person.post(url_of(session, "link/"), {"link": link})
    assert page.status_code == 409
    assert "Google Meet" in page.text
    person.post(url_of(session, "link/"), {"link": link, "anyway": link})
    session.refresh_from_db()
    assert session.join_link == link


def test_a_cancel_page_that_went_stale_cancels_no_other_time(monday, session, dana, signed_in):
    Appointment.objects.filter(pk=session.pk).update(sequence=1)
    data = {"behalf": "provider", "sequence": 0}
    page = signed_in(dana.user).post(url_of(session, "cancel/"), data, follow=True)
    assert "was changed meanwhile" in page.text
    assert not Appointment.objects.get(pk=session.pk).is_canceled


@pytest.mark.parametrize("path", ["move/", "cancel/"])
def test_what_is_over_is_neither_moved_nor_canceled(monday, session, dana, signed_in, path):
    monday.move_to(session.ends_at)
    page = signed_in(dana.user).get(url_of(session, path), follow=True)
    assert "can’t be changed any more" in page.text
