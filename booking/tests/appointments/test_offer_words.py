"""What people read of an offer: in the calendar, in the history, in mails."""

from datetime import timedelta

import pytest
from icalendar import Calendar

from booking.appointments import history, scheduling
from booking.appointments.refusals import NeedsConfirmation
from booking.tests.factories import HoldFactory
from booking.tests.steps import TEN_AM, accept, accept_move, offer, url_of, words_of

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
THURSDAY = TEN_AM + DAY
WAS, IS = "Wednesday, December 2, 10:00 AM", "Thursday, December 3, 10:00 AM"
SECRETS = ("Dana", "Whitfield", "Jordan", "Ellis", "session", "virtual", "clinic")


def everything(mail):
    """The words of a mail: subject, both bodies and the calendar file."""
    files = [str(content) for _, content, _ in mail.attachments]
    return " ".join([mail.subject, mail.body, mail.alternatives[0][0], *files])


def only_mail(mailbox, user):
    """The only mail to someone, with its only event; it names nobody and nothing of health."""
    (mail,) = mailbox.to(user.email)
    for secret in SECRETS:
        assert secret not in everything(mail), secret
    (file,) = mail.attachments
    (event,) = Calendar.from_ical(file.content).walk("VEVENT")
    return mail, event


def test_an_accepted_offer_mails_each_of_the_two_once(pair, dana, jordan, mailbox):
    accept(pair, THURSDAY, offer=offer(pair, TEN_AM, THURSDAY))
    mail, event = only_mail(mailbox, jordan)
    assert mail.subject == "Your appointment is scheduled"
    assert mail.body.startswith("You accepted a time your provider offered\n")
    assert event["DTSTART"].dt == THURSDAY
    mail, event = only_mail(mailbox, dana.user)
    assert mail.subject == "A time you offered was accepted"
    assert "Any other times in that offer are free again. The calendar file adds" in mail.body
    assert event["DTSTART"].dt == THURSDAY
    assert len(mailbox) == 2


def test_an_accepted_new_time_mails_each_of_the_two_the_old_and_the_new(
    session, dana, jordan, mailbox
):
    uuid = offer(session.relationship, THURSDAY, instead_of=session)
    accept_move(session, THURSDAY, offer=uuid)
    subjects = {jordan: "Your appointment was moved", dana.user: "A time you offered was accepted"}
    for person, subject in subjects.items():
        mail, event = only_mail(mailbox, person)
        assert mail.subject == subject
        assert "It was: Wednesday, December 2, 10:00 to 10:50 AM" in mail.body
        assert "Now it is: Thursday, December 3, 10:00 to 10:50 AM" in mail.body
        assert (event["DTSTART"].dt, event["SEQUENCE"]) == (THURSDAY, 1)
    assert len(mailbox) == 2


def test_reminders_follow_an_accepted_offer(monday, pair, jordan, mailbox):
    accept(pair, THURSDAY, offer=offer(pair, THURSDAY))
    assert len(mailbox.to(jordan.email)) == 1
    monday.move_to(THURSDAY - DAY)
    assert mailbox.to(jordan.email)[1].subject == "Your appointment is tomorrow"


def told(appointment, side):
    """The last thing that happened, as Messages tells it."""
    reader = history.Reader(side, "America/Los_Angeles")
    return history.describe_in_messages(appointment.events.last(), reader)


def test_the_history_says_that_an_offer_was_accepted(pair, jordan, desk, signed_in):
    made = accept(pair, THURSDAY, offer=offer(pair, THURSDAY))
    page = words_of(desk.get(url_of(made)))
    assert f"Jordan accepted your offer and scheduled it for {IS}." in page
    page = words_of(signed_in(jordan).get(made.get_absolute_url()))
    assert f"You accepted Dana’s offer and scheduled it for {IS}." in page
    assert told(made, "provider") == (
        f"Jordan accepted your offer and scheduled a session for {IS}."
    )
    assert told(made, "client") == (f"You accepted Dana’s offer and scheduled a session for {IS}.")


def test_the_history_says_that_a_new_time_was_accepted(session, jordan, desk, signed_in):
    made = accept_move(session, THURSDAY, offer=offer(session.relationship, THURSDAY))
    page = words_of(desk.get(url_of(made)))
    assert f"Jordan accepted your offer and moved it from {WAS} to {IS}." in page
    page = words_of(signed_in(jordan).get(made.get_absolute_url()))
    assert f"It was {WAS}. You accepted Dana’s offer and moved it on Monday" in page
    assert f"You accepted Dana’s offer and moved it from {WAS} to {IS}." in page
    assert told(made, "provider") == (
        f"Jordan accepted your offer and moved the session from {WAS} to {IS}."
    )


def test_who_moved_without_an_offer_accepted_none(session, dana):
    scheduling.reschedule(
        session,
        by=dana.user,
        starts_at=THURSDAY,
        minutes=50,
        place="virtual",
        sequence=0,
        requested_by="client",
    )
    assert told(session, "client") == (f"Dana moved the session from {WAS} to {IS}, as you asked.")


@pytest.mark.parametrize("query", [{}, {"day": "2026-12-02"}])
def test_the_calendar_shows_what_is_offered_and_until_when(session, pair, desk, query):
    offer(pair, TEN_AM + HOUR / 2, instead_of=session)  # may overlap what it would replace
    page = words_of(desk.get("/workspace/calendar/", query))
    assert "Offered" in page
    assert "A client has until Tue, Dec 1, 8:00 AM to accept" in page
    assert "to book" not in page
    assert "Jordan Ellis" in page


def test_the_calendar_makes_the_same_number_of_queries_for_one_and_three_offered_times(
    pair, session, desk, django_assert_num_queries
):
    for starts in ([TEN_AM + HOUR], [TEN_AM + 2 * HOUR, TEN_AM + 3 * HOUR]):
        offer(pair, *starts, instead_of=session)
        desk.get("/workspace/calendar/")
        with django_assert_num_queries(10):
            assert "Offered" in desk.get("/workspace/calendar/").text


def why(desk, clock):
    query = {"day": "2026-12-02", "clock": clock, "place": "phone"}
    page = desk.get("/workspace/availability/why/", query)
    return [(reason.kind, reason.text) for reason in page.context["reasons"]]


def test_a_time_that_is_not_offered_to_new_clients_says_that_one_client_has_it(pair, dana, desk):
    dana.buffer_minutes = 10
    dana.save()
    offer(pair, TEN_AM, until=TEN_AM - 2 * HOUR)
    words = (
        "You’ve offered a client this time: 10:00 to 10:50 AM. It’s held until Wed, Dec 2, 8:00 AM."
    )
    for clock in ("10:00", "09:45"):
        assert why(desk, clock) == [("held", words)]
    assert why(desk, "09:30") == []


def test_until_when_is_said_without_the_day_if_that_is_today(monday, pair, desk):
    offer(pair, TEN_AM, until=TEN_AM - 2 * DAY + HOUR)
    words = "You’ve offered a client this time: 10:00 to 10:50 AM. It’s held until 11:00 AM."
    assert why(desk, "10:00") == [("held", words)]


@pytest.mark.parametrize(
    ("make", "named"),
    [
        (lambda pair: offer(pair, TEN_AM), "right after a time you’ve offered"),
        (
            lambda pair: HoldFactory(
                provider=pair.provider, starts_at=TEN_AM, ends_at=TEN_AM + timedelta(minutes=50)
            ),
            "right after another one",
        ),
    ],
)
def test_what_is_too_near_a_held_time_is_asked(pair, dana, make, named):
    dana.buffer_minutes = 10
    dana.save()
    make(pair)
    with pytest.raises(NeedsConfirmation) as no:
        accept(
            pair,
            TEN_AM + timedelta(minutes=50),
            by=dana.user,
            offer=None,
            uuid=pair.uuid,
            anyway=False,
        )
    words = f"You keep 10 minutes free around appointments, and this is {named}."
    assert no.value.warnings == [words]
