"""What someone sends after their session ended is put back, unsent, for them alone."""

from datetime import timedelta
from html.parser import HTMLParser

import pytest
from django.test import Client
from django.utils import timezone

from accounts.fields import decrypt
from accounts.tests.factories import UserFactory
from accounts.tests.steps import code_in, hidden_fields
from booking.tests.factories import AppointmentFactory, HoldFactory
from booking.tests.hours.steps import OFF, OPENINGS, RULES, WEEK, opened, rules, week
from booking.tests.steps import answers, details_url, moved, planned, url_of, url_to_schedule
from headway.tests.environment import SITE
from messaging.models import Message
from providers.models import Provider
from providers.tests.factories import (
    PlanFactory,
    ProviderFactory,
    SpecialtyFactory,
    typed_profile,
)
from support.tests.factories import TicketFactory

NOTICE = "You were signed out before this was sent. Here’s what you typed."
LOST = "we couldn’t keep what you typed"
HELLO = {"uuid": "4a3f2b7e-93f5-4c57-8a54-0d1f7a3f8d11", "topic": "clinical", "body": "I <b>hurt."}
OURS = {"Origin": SITE}


@pytest.fixture
def clock(monday):
    return monday


@pytest.fixture
def dana(clock):
    return ProviderFactory(
        name="Dana Whitfield",
        hours=True,
        plans=[PlanFactory(carrier="Aetna", name="Test PPO")],
        specialties=[SpecialtyFactory(name="Worry")],
        first_visit="session",
    )


@pytest.fixture
def jordan(db):
    return UserFactory(email="jordan@example.com", full_name="Jordan Ellis")


@pytest.fixture
def visit(dana, jordan):
    return AppointmentFactory(provider=dana, client=jordan)


@pytest.fixture
def url(visit):
    return f"/messages/{visit.relationship.uuid}/"


def send_late(person, url, data, clock, *, page=None, headers=OURS, **more):
    """What the person sends from a page that they opened over an hour ago."""
    person.get(page or url)
    clock.shift(timedelta(minutes=61))
    answer = person.post(url, data, headers={"Referer": f"{SITE}{page or url}", **headers}, **more)
    assert answer.url.startswith("/accounts/login/code/")
    return answer


class Fields(HTMLParser):
    """What the fields of a page hold: lists of values by name; for a ticked box without one, on."""

    def __init__(self, page):
        super().__init__()
        self.held, self.area = {}, ""
        self.feed(page.text)

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        name = self.select if tag == "option" else attrs.get("name", "")
        held = self.held.setdefault(name, [])
        if tag == "select":
            self.select = name
        elif tag == "textarea":
            self.area = name
        elif tag == "option" and "selected" in attrs:
            held.append(attrs["value"])
        elif tag == "input" and attrs["type"] in ("radio", "checkbox"):
            held += [attrs.get("value", "on")] * ("checked" in attrs)
        elif tag == "input":
            held.append(attrs.get("value", ""))

    def handle_data(self, text):
        if self.area:
            self.held[self.area].append(text.removeprefix("\n"))
            self.area = ""


def shown(page, name):
    return Fields(page).held[name]


def check(page, data):
    """Each field that people see holds what was typed."""
    held, hidden = Fields(page).held, hidden_fields(page).keys()
    typed = {name: values for name, values in data.items() if name in held.keys() - hidden - {"do"}}
    for name, values in typed.items():
        assert held[name] == (values if isinstance(values, list) else [str(values)]), name
    assert typed


def test_a_message_sent_too_late_is_back_in_the_box_after_signing_in(
    signed_in, jordan, url, clock, mailbox
):
    person = signed_in(jordan)
    asked = send_late(person, url, HELLO, clock)
    login = person.get(asked.url)
    assert "Once you sign in, we’ll put back what you typed." in login.text
    sent = person.post(asked.url, {"email": jordan.email})
    code = code_in(mailbox.to(jordan.email)[-1])
    page = person.post(sent.url, {"code": code}, follow=True)
    assert page.request["PATH_INFO"] == url
    assert NOTICE in page.text
    assert shown(page, "body") == ["I <b>hurt."]
    assert shown(page, "topic") == ["clinical"]
    assert hidden_fields(page)["uuid"] != [HELLO["uuid"]]
    assert not Message.objects.exists()


def test_it_stays_through_a_reload_and_goes_once_it_is_sent(signed_in, jordan, url, clock):
    person = signed_in(jordan)
    send_late(person, url, HELLO, clock)
    person.force_login(jordan)
    for _ in range(2):
        assert NOTICE in person.get(url).text
    assert NOTICE not in person.get("/account/").text
    person.post(url, HELLO)
    assert Message.objects.count() == 1
    page = person.get(url)
    assert NOTICE not in page.text
    assert shown(page, "body") == [""]


def test_it_is_kept_for_an_hour(signed_in, jordan, url, clock):
    person = signed_in(jordan)
    send_late(person, url, HELLO, clock)
    clock.shift(timedelta(minutes=59))
    person.force_login(jordan)
    assert NOTICE in person.get(url).text
    clock.shift(timedelta(minutes=2))
    assert NOTICE not in person.get(url).text
    assert "unsent" not in person.session


def test_nobody_else_gets_it(signed_in, jordan, dana, url, clock):
    person = signed_in(jordan)
    send_late(person, url, HELLO, clock)
    person.force_login(dana.user)
    page = person.get(url)
    assert page.status_code == 200
    assert NOTICE not in page.text
    assert LOST not in page.text
    person.force_login(jordan)
    assert NOTICE not in person.get(url).text


def test_without_a_session_nobody_knows_who_typed_it_and_the_next_page_says_so(
    jordan, url, mailbox
):
    person = Client()
    person.post(url, HELLO, headers={"Referer": f"{SITE}{url}", **OURS})
    assert not person.session["unsent"]["text"]
    asked = person.post(f"/accounts/login/code/?next={url}", {"email": jordan.email})
    page = person.post(asked.url, {"code": code_in(mailbox.to(jordan.email)[-1])}, follow=True)
    assert LOST in page.text
    assert NOTICE not in page.text
    assert LOST not in person.get(url).text


def test_a_session_that_ended_in_another_tab_still_counts_as_theirs(signed_in, jordan, url, clock):
    person = signed_in(jordan)
    person.get(url)
    clock.shift(timedelta(minutes=61))
    person.get("/appointments/")
    person.post(url, HELLO, headers=OURS)
    person.force_login(jordan)
    assert NOTICE in person.get(url).text


def test_it_is_kept_if_the_open_page_was_the_first_to_ask(signed_in, jordan, url, clock):
    person = signed_in(jordan)
    person.get(url)
    for minutes in (60, 1, 1):
        clock.shift(timedelta(minutes=minutes))
        asked = person.get(f"{url}news/")
    assert asked.status_code == 302
    person.post(url, HELLO, headers={"Referer": f"{SITE}{url}", **OURS})
    person.force_login(jordan)
    assert shown(person.get(url), "body") == ["I <b>hurt."]


@pytest.mark.parametrize(
    ("headers", "is_kept"),
    [
        ({"Origin": SITE}, True),
        ({"Sec-Fetch-Site": "same-origin"}, True),
        ({}, False),
        ({"Origin": "https://evil.test"}, False),
        ({"Origin": "null"}, False),
        ({"Sec-Fetch-Site": "cross-site"}, False),
        ({"Sec-Fetch-Site": "same-site", "Origin": SITE}, False),
    ],
)
def test_only_what_our_own_page_sent_is_kept(signed_in, jordan, url, clock, headers, is_kept):
    person = signed_in(jordan)
    send_late(person, url, HELLO, clock, headers=headers)
    person.force_login(jordan)
    assert (NOTICE in person.get(url).text) == is_kept


def test_it_is_encrypted_and_has_no_hidden_field_password_code_or_file(
    signed_in, jordan, url, clock
):
    person = signed_in(jordan)
    hidden = {"csrfmiddlewaretoken": "t", "version": "1", "initial-body": "x", "seen": "1"}
    secret = {"password": "p", "password1": "p", "code": "123456", "oldpassword": "p"}
    with open(__file__, "rb") as file:
        send_late(person, url, {**HELLO, **hidden, **secret, "photo": file}, clock)
    text = person.session["unsent"]["text"]
    assert decrypt(text) == '{"topic": ["clinical"], "body": ["I <b>hurt."]}'
    assert "hurt" not in text


def test_up_to_64_kb_are_kept(signed_in, jordan, url, clock):
    for length, said in ((65_000, NOTICE), (66_000, LOST)):
        person = signed_in(jordan)
        send_late(person, url, {"body": "x" * length}, clock)
        person.force_login(jordan)
        assert said in person.get(url).text


@pytest.mark.parametrize("path", ["/admin/support/article/add/", "/accounts/email/"])
def test_nothing_from_the_admin_or_about_signing_in_is_kept(signed_in, clock, path):
    staff = UserFactory(is_staff=True, is_superuser=True)
    person = signed_in(staff)
    person.get("/help/")
    clock.shift(timedelta(minutes=61))
    person.post(path, {"title": "Secret", "body": "Words", "email": "a@b.example"}, headers=OURS)
    assert "unsent" not in person.session


def test_a_button_alone_is_nothing_typed_and_leaves_what_is_kept(signed_in, jordan, url, clock):
    person = signed_in(jordan)
    send_late(person, url, {"do": "save", "uuid": HELLO["uuid"]}, clock)
    assert "unsent" not in person.session
    person.post(url, HELLO, headers=OURS)
    person.post(url, {"do": "save"}, headers=OURS)
    person.force_login(jordan)
    assert NOTICE in person.get(url).text


def test_it_is_never_put_into_the_box_of_somebody_else(signed_in, jordan, url, clock):
    person = signed_in(jordan)
    other = AppointmentFactory(client=jordan, starts_at=timezone.now() + timedelta(days=4))
    send_late(person, url, HELLO, clock)
    person.force_login(jordan)
    page = person.get(f"/messages/{other.relationship.uuid}/")
    assert NOTICE not in page.text
    assert shown(page, "body") == [""]
    assert NOTICE in person.get(url).text


def test_every_form_of_a_client_shows_what_was_typed(signed_in, dana, jordan, visit, clock):
    amara = UserFactory(full_name="Amara Diallo")
    hold = HoldFactory(provider=dana, user=amara)
    ticket = TicketFactory(user=jordan)
    details = {"full_name": "Jo Ellis", "pronouns": "they", "phone": "nonsense", "state": "OR"}
    for who, url, data in (
        (jordan, "/account/", {**details, "preferred_name": "J", "time_zone": "America/Chicago"}),
        (jordan, f"{visit.get_absolute_url()}cancel/", {"reason": "A trip.", "version": "9"}),
        (jordan, ticket.get_absolute_url(), {"body": "It broke again."}),
        (amara, details_url(dana), answers(dana, hold, copay="1x", note="I can’t sleep.")),
    ):
        person = signed_in(who)
        send_late(person, url, data, clock)
        hold.until = timezone.now() + timedelta(minutes=5)
        hold.save()
        person.force_login(who)
        page = person.get(url)
        assert NOTICE in page.text, url
        check(page, data)


def test_every_form_of_a_provider_shows_what_was_typed(signed_in, dana, visit, clock):
    rules_typed = rules(dana, buffer_minutes="x7", late_cancellation="It costs $90.")
    profile = typed_profile(headline="Hello", session_fee="12x", office_city="Oakland")
    call_it_off = {"requested_by": "client", "reason": "Flu.", "waive_fee": "on", "version": "0"}
    for url, data in (
        (url_of(visit, "move/"), moved(minutes="5x", version="7")),
        (url_of(visit, "cancel/"), call_it_off),
        (url_of(visit, "link/"), {"link": "https://a.example/x", "instructions": "Wait."}),
        (url_to_schedule(visit.relationship), planned(minutes="55")),
        (f"/messages/{visit.relationship.uuid}/", {"body": "See you then."}),
        ("/workspace/profile/", profile),
        (RULES, rules_typed),
        (OFF, {"first_day": "2026-12-24", "first_clock": "1 p", "last_day": "", "last_clock": ""}),
        (OPENINGS, {"day": "2026-12-26", "place": "both", "starts": "9", "ends": "11:30 AM"}),
    ):
        person = signed_in(dana.user)
        send_late(person, url, data, clock)
        person.force_login(dana.user)
        page = person.get(url)
        assert page.status_code == 200
        assert NOTICE in page.text, url
        check(page, data)


def test_the_hours_show_the_blocks_that_were_typed(signed_in, dana, clock):
    person = signed_in(dana.user)
    blocks = [
        ("0", "09:00", "13:00", "calls"),
        ("0", "14:00", "x", "both"),
        ("6", "08:15", "", "virtual"),
    ]
    send_late(person, WEEK, week(*blocks, version=opened(person)), clock)
    dana.working_hours.filter(weekday__gt=1).delete()
    person.force_login(dana.user)
    page = person.get(WEEK)
    assert NOTICE in page.text
    assert [
        tuple(form[name].value() for name in ("weekday", "starts", "ends", "place"))
        for form in page.context["week"].forms
    ] == blocks
    check(page, week(*blocks))
    assert dana.working_hours.count() == 2


def test_a_newer_value_next_to_what_was_typed_is_not_overwritten(signed_in, dana, clock):
    person = signed_in(dana.user)
    data = typed_profile(headline="Typed before.")
    send_late(person, "/workspace/profile/", data, clock)
    Provider.objects.filter(pk=dana.pk).update(office_city="Davis", profile_version=5)
    person.force_login(dana.user)
    page = person.get("/workspace/profile/")
    sent = {name: values for name, values in Fields(page).held.items() if name}
    assert sent["headline"] == ["Typed before."]
    assert sent["initial-headline"] == [dana.headline]
    assert sent["version"] == ["5"]
