"""How an appointment went: asked on Today and on its page, corrected, and where that leads."""

from datetime import timedelta

import pytest

from accounts.models import AccessEvent
from booking.appointments import scheduling
from booking.models import Coverage
from booking.tests.factories import AppointmentFactory
from booking.tests.steps import TEN_AM, url_of


def record(person, appointment, outcome, **more):
    """Press a button of an outcome; returns the page that it leads to."""
    data = {"outcome": outcome, **more}
    return person.post(url_of(appointment, "outcome/"), data, follow=True)


def test_a_call_that_goes_on_leads_to_scheduling(monday, call, dana, jordan, signed_in):
    monday.move_to(call.ends_at)
    person = signed_in(dana.user)
    page = record(person, call, "continue", back="today")
    assert page.request["PATH_INFO"] == f"/workspace/clients/{call.relationship.uuid}/schedule/"
    assert "You can schedule the first session with Jordan here." in page.text
    call.refresh_from_db()
    assert (call.status, call.call_outcome) == ("completed", "continue")
    assert AccessEvent.objects.filter(what="outcome recorded", subject=jordan).count() == 1


def test_a_call_that_nobody_answered_offers_another(monday, call, dana, signed_in):
    monday.move_to(call.ends_at)
    person = signed_in(dana.user)
    page = record(person, call, "not_reached")
    assert "You can schedule another call with Jordan here." in page.text
    assert page.context["form"].initial["place"] == "phone"
    assert "Schedule another call" in person.get(url_of(call)).text


def test_not_a_fit_shows_kind_words_and_others_like_them(
    monday, call, dana, jordan, plan, signed_in, mailbox
):
    Coverage.objects.create(relationship=call.relationship, kind="plan", plan=plan)
    monday.move_to(call.ends_at)
    record(signed_in(dana.user), call, "not_a_fit")
    assert mailbox.to(jordan.email)[-1].subject == "News about your appointment"
    page = signed_in(jordan).get(call.get_absolute_url())
    assert "That’s no reflection on you." in page.text
    assert "take your plan and can see people in California." in page.text
    assert f"/providers/?state=CA&amp;plan={plan.slug}" in page.text
    assert "Dana schedules" not in page.text
    assert signed_in(jordan).get(f"/providers/?state=CA&plan={plan.slug}").status_code == 200


def test_today_asks_and_the_answer_leads_back(monday, first_session, marcus, signed_in):
    monday.move_to(first_session.ends_at)
    person = signed_in(marcus.user)
    page = person.get("/workspace/")
    assert page.text.count("How did the session go?") == 1
    page = record(person, first_session, "completed", back="today")
    assert page.request["PATH_INFO"] == "/workspace/"
    assert "How did the session go?" not in page.text
    assert '<span class="chip chip-green">Completed</span>' in page.text


def test_today_still_asks_about_earlier_days(monday, call, dana, signed_in):
    monday.move_to(call.ends_at + timedelta(days=4))
    page = signed_in(dana.user).get("/workspace/")
    assert "How did these go?" in page.text
    assert page.text.count("How did the call go?") == 1
    assert "Wed, Dec 2, 10:00 to 10:15 AM" in page.text


def test_before_the_end_nothing_is_written_down(monday, first_session, marcus, signed_in):
    monday.move_to(first_session.ends_at - timedelta(seconds=1))
    person = signed_in(marcus.user)
    assert 'name="outcome"' not in person.get("/workspace/").text
    page = record(person, first_session, "completed")
    assert page.status_code == 409
    assert "You can say how it went once it’s over." in page.text
    first_session.refresh_from_db()
    assert first_session.status == "scheduled"


@pytest.mark.parametrize("word", ["", "canceled", "continue", "scheduled"])
def test_a_session_knows_two_words(monday, first_session, marcus, signed_in, word):
    monday.move_to(first_session.ends_at)
    page = record(signed_in(marcus.user), first_session, word)
    assert page.status_code == 400
    assert "Choose how it went." in page.text
    first_session.refresh_from_db()
    assert first_session.status == "scheduled"


def test_a_correction_is_open_for_48_hours(monday, first_session, marcus, signed_in):
    monday.move_to(first_session.ends_at)
    person = signed_in(marcus.user)
    record(person, first_session, "no_show")
    page = person.get(url_of(first_session))
    assert "How it went: Missed" in page.text
    assert ">correct this</a>" in page.text
    assert "until Friday, December 4, 10:50 AM" in page.text
    record(person, first_session, "completed")
    page = person.get(url_of(first_session))
    missed = page.text.index("How it went: Missed.")
    assert missed < page.text.index("Corrected to: Completed.")
    monday.shift(timedelta(hours=48))
    assert "correct this" in signed_in(marcus.user).get(url_of(first_session)).text
    monday.shift(timedelta(seconds=1))
    person = signed_in(marcus.user)
    assert "correct this" not in person.get(url_of(first_session)).text
    pages = [
        person.get(url_of(first_session, "outcome/")),
        record(person, first_session, "no_show"),
    ]
    assert [page.status_code for page in pages] == [200, 409]
    assert pages[1].context["form"].non_field_errors()
    for page in pages:
        assert "It’s too late to change this." in page.text
        assert "You could until today, December 4, 10:50 AM" in page.text
        assert "Your answer: Completed." in page.text
        assert 'name="outcome"' not in page.text
        assert "48 hours" not in page.text


@pytest.mark.parametrize(
    ("made", "choice"), [("first_session", "“Jordan missed it”"), ("call", "“No answer”")]
)
def test_of_what_was_called_off_and_is_over_the_page_says_what_to_choose(
    monday, made, choice, request, signed_in
):
    made = request.getfixturevalue(made)
    monday.move_to(made.ends_at)
    page = signed_in(made.provider.user).get(url_of(made))
    assert f"It’s too late to cancel it now, so choose {choice}." in page.text
    assert url_of(made, "cancel/") not in page.text


def recorded(person, made, word):
    """The outcome page after an outcome was recorded."""
    record(person, made, word)
    page = person.get(url_of(made, "outcome/"))
    assert page.text.count("aria-pressed") == 1
    assert f'value="{word}" aria-pressed="true"' in page.text
    return page


def test_a_correction_shows_what_is_written_now(monday, first_session, marcus, signed_in):
    monday.move_to(first_session.ends_at)
    person = signed_in(marcus.user)
    assert "Your answer: Jordan missed it." in recorded(person, first_session, "no_show").text
    assert "Your answer: Completed." in recorded(person, first_session, "completed").text


def test_a_calls_correction_shows_what_is_written_now(monday, call, dana, signed_in):
    monday.move_to(call.ends_at)
    page = recorded(signed_in(dana.user), call, "not_a_fit")
    assert "Your answer: Not a fit." in page.text


def test_today_names_sessions_of_the_next_day_without_a_link(
    monday, first_session, marcus, signed_in
):
    marcus.telehealth_link = ""
    marcus.save()
    monday.move_to(TEN_AM - timedelta(hours=25))
    assert "Links still missing" not in signed_in(marcus.user).get("/workspace/").text
    monday.move_to(TEN_AM - timedelta(hours=24))
    person = signed_in(marcus.user)
    page = person.get("/workspace/")
    assert "Links still missing" in page.text
    assert url_of(first_session, "link/") in page.text
    person.post(url_of(first_session, "link/"), {"link": "https://video.example.com/x"})
    assert "Links still missing" not in person.get("/workspace/").text


def test_today_names_what_was_canceled_recently(monday, first_session, marcus, jordan, signed_in):
    scheduling.cancel(first_session, by=jordan)
    page = signed_in(marcus.user).get("/workspace/")
    assert ">Recently canceled</h2>" in page.text
    assert "Wed, Dec 2, 10:00 to 10:50 AM. Jordan canceled." in page.text
    monday.shift(timedelta(days=3, minutes=1))
    assert not signed_in(marcus.user).get("/workspace/").context["canceled"]


def test_today_has_the_same_number_of_queries_at_one_and_three_rows_of_each(
    monday, marcus, signed_in, django_assert_num_queries
):
    marcus.telehealth_link = ""
    marcus.save()
    for n in range(1, 4):
        for day in (-3, 0, 1):
            start = TEN_AM + timedelta(days=day - 2, hours=n)
            AppointmentFactory(provider=marcus, starts_at=start)
        canceled = AppointmentFactory(provider=marcus, starts_at=TEN_AM + timedelta(hours=n))
        scheduling.cancel(canceled, by=marcus.user)
        if n != 2:
            person = signed_in(marcus.user)
            person.get("/workspace/")
            with django_assert_num_queries(10):
                page = person.get("/workspace/")
    assert len(page.context["missing_outcome"]) == 3
    assert page.text.count('value="no_show"') == 3


def test_the_history_of_a_call_says_each_outcome(monday, call, dana, signed_in):
    monday.move_to(call.ends_at)
    person = signed_in(dana.user)
    for word in ("not_reached", "not_a_fit", "continue"):
        record(person, call, word)
    events = person.get(url_of(call)).context["events"]
    assert [event["words"] for event in events[1:]] == [
        "How it went: No answer",
        "Corrected to: Not a fit",
        "Corrected to: We’ll continue",
    ]


def test_no_news_goes_out_of_an_outcome_that_was_corrected(
    monday, call, dana, jordan, signed_in, mailbox
):
    monday.move_to(call.ends_at)
    person = signed_in(dana.user)
    record(person, call, "not_a_fit")
    record(person, call, "continue")
    assert not mailbox.to(jordan.email)


def test_an_outcome_is_not_corrected_without_end(monday, call, dana, signed_in):
    monday.move_to(call.ends_at)
    person = signed_in(dana.user)
    words = ["not_reached", "not_a_fit"] * 10
    assert {record(person, call, word).status_code for word in words} == {200}
    page = record(person, call, "continue")
    assert page.status_code == 429
    assert page.context["form"].non_field_errors()
