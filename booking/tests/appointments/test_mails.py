"""What mails of a change say: which appointment, what it was, and nothing about health."""

import re
from datetime import timedelta

import pytest

from accounts import tasks
from accounts.models import Notification
from booking.models import Appointment
from booking.tests.factories import FollowUpFactory
from booking.tests.steps import TEN_AM, answers, details_url, first_start, moved, url_of

SECRETS = ("Dana", "Whitfield", "Jordan", "virtual", "in person", "trip", "clinic", "fit")


def words(mail):
    """Everything in a mail: subject, both bodies and the calendar file."""
    files = [str(content) for _, content, _ in mail.attachments]
    return " ".join([mail.subject, mail.body, mail.alternatives[0][0], *files])


@pytest.mark.parametrize("side", ["client", "provider"])
def test_the_mail_of_a_move_names_the_old_time_and_the_new(
    session, dana, jordan, desk, mailbox, side
):
    jordan.time_zone = "Asia/Tokyo"
    jordan.save()
    desk.post(url_of(session, "move/"), moved())
    who, was, now = {
        "client": (
            jordan,
            "Thursday, December 3, 3:00 to 3:50 AM, Japan Time",
            "Friday, December 4, 4:00 to 4:50 AM, Japan Time",
        ),
        "provider": (
            dana.user,
            "Wednesday, December 2, 10:00 to 10:50 AM, Pacific Time",
            "Thursday, December 3, 11:00 to 11:50 AM, Pacific Time",
        ),
    }[side]
    (mail,) = mailbox.to(who.email)
    assert f"It was: {was}\nNow it is: {now}\n" in mail.body
    html = mail.alternatives[0][0]
    assert f"It was: {was}." in html
    assert now.split(", ", 2)[2].split(",")[0] in html
    for secret in SECRETS:
        assert secret not in words(mail), secret


def test_the_mail_of_another_place_says_that_the_time_is_the_same(
    session, dana, jordan, desk, mailbox
):
    dana.office_address = "1 Main Street"
    dana.save()
    dana.working_hours.update(place="both")
    same = moved(place="in_person", date="2026-12-02", starts="10:00")
    desk.post(url_of(session, "move/"), same)
    (mail,) = mailbox.to(jordan.email)
    assert "Wednesday, December 2\n10:00 to 10:50 AM, Pacific Time" in mail.body
    assert "The time is the same as before." in mail.body
    assert "It was" not in words(mail)
    for secret in (*SECRETS, "Main Street"):
        assert secret not in words(mail), secret


@pytest.mark.parametrize("mailed", [True, False])
def test_a_move_that_overtakes_the_mail_of_another_names_the_time_that_was_told(
    session, jordan, desk, mailbox, mailed
):
    desk.post(url_of(session, "move/"), moved())
    if mailed:
        assert len(mailbox.to(jordan.email)) == 1
    again = moved(date="2026-12-04", starts="09:00", version=session.sequence + 1)
    desk.post(url_of(session, "move/"), again)
    was = "Thursday, December 3, 11:00" if mailed else "Wednesday, December 2, 10:00"
    mail = mailbox.to(jordan.email)[-1]
    assert f"It was: {was} to" in mail.body
    assert "Now it is: Friday, December 4, 9:00 to" in mail.body


def test_a_move_still_names_the_time_that_was_told_months_ago(
    monday, session, dana, jordan, signed_in, mailbox
):
    person = signed_in(dana.user)
    person.post(url_of(session, "move/"), moved(date="2027-03-04"))
    assert len(mailbox.to(jordan.email)) == 1
    monday.shift(timedelta(days=60))
    tasks.prune_outbox()
    person = signed_in(dana.user)
    for version, day in ((1, "2027-03-05"), (2, "2027-03-09")):
        again = moved(date=day, version=session.sequence + version)
        assert person.post(url_of(session, "move/"), again).status_code == 302
    assert "It was: Thursday, March 4, 11:00 to" in mailbox.to(jordan.email)[-1].body
    monday.move_to(session.ends_at + timedelta(days=200))
    tasks.prune_outbox()
    assert not Notification.objects.filter(state=Notification.State.SENT).exists()


def test_news_of_four_appointments_can_be_told_apart(monday, dana, jordan, signed_in, mailbox):
    person = signed_in(dana.user)
    for n in range(4):
        made = FollowUpFactory(
            provider=dana,
            client=jordan,
            kind="session",
            starts_at=TEN_AM + timedelta(days=n, hours=n % 2),
        )
        link = {"link": f"https://clinic.example.com/{n}", "instructions": ""}
        assert person.post(url_of(made, "link/"), link).status_code == 302
    monday.shift(timedelta(minutes=5))
    mails = mailbox.to(jordan.email)
    assert len({mail.body for mail in mails}) == len(mails) == 4
    assert {mail.subject for mail in mails} == {"News about your appointment"}
    days = ("Wednesday, December 2", "Thursday, December 3", "Friday, December 4", "Saturday")
    for mail, day in zip(mails, days, strict=True):
        assert day in mail.body
        assert "Pacific Time" in mail.body
        for secret in SECRETS:
            assert secret not in words(mail), secret


def test_news_of_an_outcome_says_no_more_than_when(monday, call, dana, jordan, signed_in, mailbox):
    monday.move_to(call.ends_at)
    signed_in(dana.user).post(url_of(call, "outcome/"), {"outcome": "not_a_fit"})
    (mail,) = mailbox.to(jordan.email)
    assert "Wednesday, December 2\n10:00 to 10:15 AM, Pacific Time" in mail.body
    assert "Sign in to see what comes next." in mail.body
    for secret in (*SECRETS, "call"):
        assert secret not in mail.body.split("--")[0], secret


def test_a_link_that_a_later_change_overtook_is_no_news(
    monday, session, dana, jordan, signed_in, mailbox
):
    person = signed_in(dana.user)
    person.post(url_of(session, "link/"), {"link": "https://clinic.example.com/1"})
    Appointment.objects.filter(pk=session.pk).update(place="in_person")
    monday.shift(timedelta(minutes=5))
    assert not mailbox.to(jordan.email)


def test_a_reminder_follows_an_email_change_and_the_notice_of_it_does_not(
    monday, dana, jordan, just_logged_in, mailbox
):
    old, new, in_two_days = jordan.email, "new@mail.example", first_start(dana) + 2 * 86400
    person = just_logged_in(jordan)
    assert person.post(details_url(dana), answers(dana, at=in_two_days)).status_code == 302
    asked = person.post("/accounts/email/", {"email": new, "action_add": ""})
    code = re.search(r"\b\d{6}\b", mailbox.to(new)[-1].body)[0]
    person.post(asked.url, {"code": code})
    assert mailbox.to(old)[-1].subject == "A change to your account"
    monday.shift(timedelta(days=2))
    assert "Your appointment is tomorrow" in [mail.subject for mail in mailbox.to(new)]
    assert "Your appointment is tomorrow" not in [mail.subject for mail in mailbox.to(old)]
