"""A provider gives one session its own link and instructions, and the client gets one mail."""

from datetime import timedelta

import pytest

from accounts.models import AccessEvent
from booking.tests.steps import TEN_AM, url_of
from providers.models import Provider

OWN = {"link": "https://clinic.example.com/r/1", "instructions": "Ring first. The code is 7."}
NEWS = "News about your appointment"


@pytest.fixture
def usual(dana):
    """Dana has usual instructions to go with the usual link."""
    Provider.objects.update(telehealth_instructions="Wait until I let you in.")
    dana.refresh_from_db()
    return {"link": dana.telehealth_link, "instructions": dana.telehealth_instructions}


def test_a_call_has_no_link(call, desk):
    link = {"link": "https://video.example.com/x"}
    assert desk.post(url_of(call, "link/"), link).url == url_of(call)
    call.refresh_from_db()
    assert call.join_link == ""


def test_a_link_of_its_own_is_saved_and_told(monday, session, dana, jordan, signed_in, mailbox):
    person = signed_in(dana.user)
    page = person.post(url_of(session, "link/"), OWN, follow=True)
    assert "a link just for this session" in page.text
    assert OWN["instructions"] in page.text
    assert "You changed the link or instructions." in page.text
    assert not mailbox.to(jordan.email)
    monday.shift(timedelta(minutes=5))
    (mail,) = mailbox.to(jordan.email)
    assert mail.subject == NEWS
    assert "Wednesday, December 2\n10:00 to 10:50 AM, Pacific Time" in mail.body
    assert "The instructions to join have changed." in mail.body
    for secret in ("Dana", "clinic", "Ring first", "video", "virtual"):
        assert secret not in mail.body + mail.alternatives[0][0], secret


def test_a_typo_that_is_mended_at_once_is_mailed_once(
    monday, session, dana, jordan, signed_in, mailbox
):
    person = signed_in(dana.user)
    for n in range(3):
        person.post(url_of(session, "link/"), {**OWN, "link": f"https://clinic.example.com/{n}"})
        monday.shift(timedelta(minutes=2))
    monday.shift(timedelta(hours=1))
    assert [mail.subject for mail in mailbox.to(jordan.email)] == [NEWS]


def test_news_of_a_link_that_comes_too_late_is_not_sent(
    monday, session, dana, jordan, signed_in, mailbox
):
    monday.move_to(TEN_AM - timedelta(minutes=1))
    signed_in(dana.user).post(url_of(session, "link/"), OWN)
    monday.move_to(session.ends_at)
    assert not mailbox.to(jordan.email)


def test_when_it_is_time_to_join_the_news_goes_out_at_once(
    monday, session, dana, jordan, signed_in, mailbox
):
    monday.move_to(TEN_AM - timedelta(minutes=10))
    signed_in(dana.user).post(url_of(session, "link/"), OWN)
    assert [mail.subject for mail in mailbox.to(jordan.email)] == [NEWS]


def test_the_form_shows_what_the_client_sees_and_unchanged_it_changes_nothing(
    monday, session, dana, signed_in, usual, mailbox
):
    person = signed_in(dana.user)
    form = person.get(url_of(session, "link/")).context["form"]
    assert form.initial == usual
    page = person.post(url_of(session, "link/"), form.initial, follow=True)
    assert "Nothing was changed." in page.text
    session.refresh_from_db()
    assert (session.join_link, session.join_instructions) == ("", "")
    person.post(url_of(session, "link/"), OWN)
    form = person.get(url_of(session, "link/")).context["form"]
    assert form.initial == OWN
    page = person.post(url_of(session, "link/"), OWN, follow=True)
    assert "Nothing was changed." in page.text
    assert session.events.count() == 2
    assert AccessEvent.objects.filter(what="link changed").count() == 1


def test_beside_an_own_link_stand_its_own_instructions_alone(
    session, jordan, desk, signed_in, usual
):
    desk.post(url_of(session, "link/"), {**OWN, "instructions": ""})
    for page in (desk.get(url_of(session)), signed_in(jordan).get(session.get_absolute_url())):
        assert usual["instructions"] not in page.text


def test_clearing_the_own_link_brings_back_what_is_usual(session, jordan, desk, signed_in, usual):
    desk.post(url_of(session, "link/"), OWN)
    desk.post(url_of(session, "link/"), {**OWN, "link": ""})
    session.refresh_from_db()
    assert {"link": session.link, "instructions": session.instructions} == usual
    page = signed_in(jordan).get(session.get_absolute_url())
    assert usual["instructions"] in page.text
    assert "The code is 7." not in page.text


def test_other_words_beside_the_usual_link_follow_that_link(session, desk, usual):
    desk.post(url_of(session, "link/"), {**usual, "instructions": "Come ten minutes early."})
    Provider.objects.update(telehealth_link="https://video.example.com/new")
    session = type(session).objects.get(pk=session.pk)
    assert session.link == "https://video.example.com/new"
    assert session.instructions == "Come ten minutes early."


@pytest.mark.parametrize(
    "link", ["http://x.example.com/", "javascript:alert(1)", "https://a:b@x.example.com/", "x y"]
)
def test_only_https_links_are_taken(session, dana, signed_in, link):
    page = signed_in(dana.user).post(url_of(session, "link/"), {"link": link})
    assert page.status_code == 400
    assert 'id="id_link_error"' in page.text
    session.refresh_from_db()
    assert session.join_link == ""


def test_a_free_consumer_room_is_warned_of_once(session, desk):
    link = "https://meet.google.com/abc-defg-hij"
    page = desk.post(url_of(session, "link/"), {"link": link})
    assert page.status_code == 409
    assert "Google Meet" in page.text
    desk.post(url_of(session, "link/"), {"link": link, "anyway": link})
    session.refresh_from_db()
    assert session.join_link == link


def test_a_consumer_room_that_stands_already_is_not_warned_of_again(session, desk):
    link = "https://meet.google.com/abc-defg-hij"
    desk.post(url_of(session, "link/"), {"link": link, "anyway": link})
    page = desk.post(url_of(session, "link/"), {"link": link, "instructions": "Ring."})
    assert page.status_code == 302
    session.refresh_from_db()
    assert session.instructions == "Ring."
