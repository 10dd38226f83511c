"""The provider's verbs: schedule, move, cancel, outcome, link; their rules and their mails."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from django.db import IntegrityError
from icalendar import Calendar

from accounts.refusals import Stale
from booking.appointments import scheduling
from booking.appointments.refusals import (
    NeedsConfirmation,
    NoRoom,
    NotOnTheList,
    Settled,
    TooLate,
)
from booking.models import Appointment, AppointmentEvent, TimeOff
from booking.tests.factories import AppointmentFactory, HoldFactory, RelationshipFactory
from booking.tests.steps import TEN_AM, planned, url_to_schedule

SIDE = AppointmentEvent.Side


def schedule(pair, **changes):
    """By default, a 50-minute session on Wednesday at 10 AM."""
    ask = {"kind": "session", "place": "virtual", "starts_at": TEN_AM, "minutes": 50}
    ask |= {"by": pair.provider.user, "uuid": uuid4(), "client": pair.client} | changes
    return scheduling.schedule(pair.provider, **ask)


def move(appointment, **changes):
    """Move it an hour later, as the provider asked."""
    ask = {"starts_at": TEN_AM + timedelta(hours=1), "minutes": 50, "place": "virtual"}
    ask |= {"by": appointment.provider.user, "sequence": appointment.sequence}
    ask |= {"requested_by": SIDE.PROVIDER}
    return scheduling.reschedule(appointment, **(ask | changes))


def test_a_follow_up_is_scheduled_and_both_are_told(pair, mailbox):
    made = schedule(pair)
    assert (made.kind, made.first_visit, made.minutes) == ("session", False, 50)
    subjects = {(mail.to[0], mail.subject) for mail in mailbox}
    assert subjects == {
        (pair.client.email, "An appointment was scheduled"),
        (pair.provider.user.email, "You scheduled an appointment"),
    }
    assert schedule(pair, uuid=made.uuid) == made
    assert Appointment.objects.count() == 1


def test_a_key_that_is_someone_elses_is_answered_like_a_new_one(dana, marcus, jordan, pair, desk):
    thursday = TEN_AM + timedelta(days=1)
    keys = [
        AppointmentFactory(provider=marcus, starts_at=TEN_AM).uuid,
        AppointmentFactory(provider=marcus, client=jordan, starts_at=thursday).uuid,
        AppointmentFactory(provider=dana, starts_at=thursday).uuid,
        HoldFactory(provider=marcus).uuid,
    ]
    for n, uuid in enumerate(keys):
        form = planned(uuid=str(uuid), date=f"2026-12-{7 + n:02}")
        page = desk.post(url_to_schedule(pair), form, follow=True)
        made = page.context["appointment"]
        assert made.relationship == pair
        assert made.uuid not in keys
        assert "Scheduled: " in page.text
    assert pair.appointments.count() == len(keys)


def test_a_rule_of_the_database_other_than_overlap_is_not_called_a_taken_time(pair):
    with pytest.raises(IntegrityError):
        schedule(pair, kind="call", place="virtual")


def test_only_people_on_the_list_are_scheduled(dana, jordan, pair):
    pair.ended_at = TEN_AM
    pair.save()
    with pytest.raises(NotOnTheList):
        schedule(pair)


def test_over_another_appointment_never(pair, dana, jordan, marcus):
    AppointmentFactory(provider=dana, starts_at=TEN_AM + timedelta(minutes=40))
    with pytest.raises(NoRoom, match="You have another appointment"):
        schedule(pair, anyway=True)
    AppointmentFactory(provider=marcus, client=jordan, starts_at=TEN_AM - timedelta(hours=2))
    with pytest.raises(NoRoom, match="Jordan can’t make that time") as no:
        schedule(pair, starts_at=TEN_AM - timedelta(hours=2), anyway=True)
    assert "Marcus" not in no.value.message


def test_in_time_off_and_without_a_license_with_a_warning(pair, dana, jordan):
    TimeOff.objects.create(provider=dana, starts_at=TEN_AM, ends_at=TEN_AM + timedelta(hours=1))
    jordan.state = "NV"
    jordan.save()
    with pytest.raises(NeedsConfirmation) as no:
        schedule(pair)
    assert len(no.value.warnings) == 2
    assert schedule(pair, anyway=True)


def test_moving_tells_the_new_time_and_the_old_reminders_drop(monday, pair, mailbox):
    made = schedule(pair)
    moved = move(made, reason="A conflict.")
    assert (moved.sequence, moved.starts_at) == (1, TEN_AM + timedelta(hours=1))
    event = moved.events.last()
    assert (event.what, event.was_starts_at, event.reason) == ("moved", TEN_AM, "A conflict.")
    (mail,) = mailbox.to(pair.client.email)
    assert mail.subject == "Your appointment was moved"
    (ics,) = Calendar.from_ical(mail.attachments[0].content).walk("VEVENT")
    assert (ics["SEQUENCE"], ics["DTSTART"].dt) == (1, TEN_AM + timedelta(hours=1))
    monday.move_to(TEN_AM - timedelta(hours=24))
    assert [each.subject for each in mailbox.to(pair.client.email)] == [mail.subject]
    monday.shift(timedelta(hours=1))
    assert mailbox.to(pair.client.email)[1].subject == "Your appointment is tomorrow"


def test_an_appointment_may_move_into_its_own_time(pair):
    made = schedule(pair)
    assert move(made, starts_at=TEN_AM + timedelta(minutes=30)).sequence == 1


def test_no_stranger_cancels(pair, marcus):
    with pytest.raises(TooLate):
        scheduling.cancel(schedule(pair), by=marcus.user)


def outcome(appointment, word):
    """Record it as the provider."""
    return scheduling.record_outcome(appointment, by=appointment.provider.user, outcome=word)


@pytest.mark.parametrize(
    ("word", "status", "mails"),
    [("continue", "completed", 0), ("not_a_fit", "completed", 1), ("not_reached", "no_show", 0)],
)
def test_a_call_has_outcomes_of_its_own(monday, pair, mailbox, word, status, mails):
    made = schedule(pair, kind="call", place="phone", minutes=15)
    sent = len(mailbox.to(pair.client.email))
    with time_machine.travel(made.ends_at, tick=False):
        done = outcome(made, word)
        assert (done.status, done.call_outcome) == (status, word)
        news = [each.subject for each in mailbox.to(pair.client.email)[sent:]]
        assert news.count("News about your appointment") == mails


def test_one_nudge_after_48_hours_where_nothing_was_written(monday, pair, mailbox):
    first = schedule(pair)
    second = schedule(pair, starts_at=TEN_AM + timedelta(hours=2), anyway=True)
    monday.move_to(second.ends_at)
    outcome(first, "completed")
    for _ in range(2):
        monday.shift(timedelta(hours=48))
        subjects = [mail.subject for mail in mailbox.to(pair.provider.user.email)]
        assert subjects.count("How did the appointment go?") == 1


def test_a_missing_link_is_mailed_once_a_day_before(monday, pair, dana, mailbox):
    dana.telehealth_link = ""
    dana.save()
    linked = schedule(pair)
    schedule(pair, starts_at=TEN_AM + timedelta(hours=2), anyway=True)
    scheduling.set_link(linked, by=dana.user, link="https://video.example.com/x", instructions="")
    monday.move_to(TEN_AM - timedelta(hours=20))
    subjects = [mail.subject for mail in mailbox.to(dana.user.email)]
    assert subjects.count("An appointment has no link yet") == 1


def test_an_outcome_that_nobody_timed_is_settled_48_hours_after_the_end(monday, pair):
    made = schedule(pair)
    Appointment.objects.filter(pk=made.pk).update(status="completed")
    monday.move_to(made.ends_at + timedelta(hours=49))
    with pytest.raises(Settled):
        outcome(made, "no_show")


def test_what_is_over_is_not_moved_or_canceled_by_the_verbs(monday, pair):
    made = schedule(pair)
    monday.move_to(made.ends_at)
    with pytest.raises(Settled):
        move(made, starts_at=TEN_AM + timedelta(days=5))
    with pytest.raises(TooLate):
        scheduling.cancel(made, by=pair.provider.user)


def test_who_saw_an_older_time_changes_not_even_the_place(pair):
    made = schedule(pair)
    move(made)
    with pytest.raises(Stale):
        move(made, place="in_person", anyway=True)


@pytest.mark.postgres
@pytest.mark.parametrize("other", ["client", "provider"])
def test_postgresql_ties_an_appointment_to_the_two_people_of_its_relationship(pair, other):
    people = {"provider": pair.provider, "client": pair.client}
    people[other] = getattr(RelationshipFactory(), other)
    with pytest.raises(IntegrityError, match="appointment_pair_is_of_its_relationship"):
        AppointmentFactory(relationship=pair, **people)


def test_a_second_one_on_the_same_day_asks_first(desk, pair):
    url = url_to_schedule(pair)
    assert desk.post(url, planned()).status_code == 302
    page = desk.post(url, planned(starts="15:00"))
    assert page.status_code == 409
    assert "Jordan already has an appointment with you that day, at 10:00 AM." in page.text
    assert desk.post(url, planned(date="2026-12-03", starts="15:00")).status_code == 302
    assert pair.appointments.count() == 2


def test_again_next_week_is_the_same_time_place_and_length_on_the_providers_clock(desk, pair):
    desk.post(url_to_schedule(pair), planned(place="virtual", minutes="40"))
    page = desk.get(f"/workspace/appointments/{pair.appointments.get().uuid}/")
    link = re.search(r'href="([^"]+)">Again next week', page.text)[1].replace("&amp;", "&")
    form = desk.get(link).context["form"]
    again = planned(date="2026-12-11", starts="10:00", place="virtual", minutes="40")
    shown = [str(form.initial[name]) for name in ("date", "starts", "place", "minutes")]
    assert shown == ["2026-12-11", "10:00:00", "virtual", "40"]
    assert desk.post(link, again).status_code == 302
    assert pair.appointments.count() == 2
