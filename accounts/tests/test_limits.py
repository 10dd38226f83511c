"""Limits hold when pressed at once, count everyone alike, and shut no owner out."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from accounts import allauth_internals, limits, tasks
from accounts.models import Counter, User
from accounts.tests.factories import UserFactory
from accounts.tests.steps import code_in, contend, digits, with_app

LOGIN, CODE = "/accounts/login/code/", "/accounts/login/code/confirm/"
RESET, EMAIL = "/accounts/password/reset/", "/accounts/email/"
OWNER = "owner@mail.example"
LONG = "four plain words here"


def at(network):
    """A browser in one of many networks."""
    return Client(REMOTE_ADDR=f"198.{network // 250}.{network % 250}.9")


def ask(browser, email=OWNER):
    return browser.post(LOGIN, {"email": email, "next": "/account/"})


def guess(browser, email=OWNER, password="wrong"):
    return browser.post("/accounts/login/", {"login": email, "password": password})


def flood(email=OWNER):
    """Someone asks for codes from three networks until there are no more; their last answer."""
    return [ask(at(network), email) for network in range(3) for _ in range(6)][-1]


def link_in(message):
    """The path of the sign-in link in a mail, or None."""
    link = re.search(r"/accounts/login/link/\S+", message.body)
    return link and link[0]


def wrong(code):
    return "000000" if code != "000000" else "111111"


def is_in(browser):
    return browser.get("/account/").status_code == 200


@pytest.fixture
def clock():
    with time_machine.travel(timezone.now(), tick=False) as clock:
        yield clock


# Codes


@pytest.mark.parametrize("known", [True, False])
def test_one_network_gets_five_codes_an_hour_for_an_email(mailbox, clock, known):
    if known:
        UserFactory(email=OWNER)
    answers = [ask(at(1)) for _ in range(6)]
    assert [answer.status_code for answer in answers] == [302] * 5 + [429]
    assert answers[-1].context["form"].has_error("email")
    assert f'value="{OWNER}"' in answers[-1].text
    assert 'name="next" value="/account/"' in answers[-1].text
    assert len(mailbox) == 5
    assert ask(Client(REMOTE_ADDR="198.0.1.77")).status_code == 429  # from next door
    assert ask(at(2)).status_code == 302
    clock.shift(timedelta(hours=1))
    assert ask(at(1)).status_code == 302


def test_the_last_code_for_a_network_has_a_link_for_who_shares_it_with_a_flood(mailbox):
    for _ in range(6):
        ask(at(1))
    owner = at(1)
    assert limits.LINK_SENT.strip() in ask(owner).context["form"].errors["email"][0]
    assert owner.post(link_in(mailbox[-1])).status_code == 302
    assert is_in(owner)


def test_one_network_of_ipv6_is_one(db):
    answers = [ask(Client(REMOTE_ADDR=f"2001:db8:1:{n}::5")).status_code for n in range(6)]
    assert answers == [302] * 5 + [429]
    assert ask(Client(REMOTE_ADDR="2001:db8:2::5")).status_code == 302


def test_a_clinic_that_shares_an_address_gets_three_hundred_codes_an_hour(db, monkeypatch):
    monkeypatch.setattr(limits, "CODES_BY_ADDRESS", limits.Limit("few", 4, 3600))
    answers = [ask(at(1), f"client{n}@mail.example").status_code for n in range(5)]
    assert answers == [302] * 4 + [429]


@pytest.mark.parametrize("known", [True, False])
def test_a_flood_ends_at_fifteen_mails_and_the_last_has_a_link_that_signs_in(mailbox, clock, known):
    if known:
        UserFactory(email=OWNER)
    assert flood().status_code == 429
    assert len(mailbox) == 15
    assert [bool(link_in(message)) for message in mailbox] == ([False] * 4 + [True]) * 3
    owner = at(99)  # for the first time, from another network
    refused = ask(owner)
    assert refused.status_code == 429
    assert limits.LINK_SENT.strip() in refused.context["form"].errors["email"][0]
    link = link_in(mailbox[-1])
    assert "/account/" not in link
    page = owner.get(link)
    assert OWNER not in page.text
    assert not is_in(owner)
    assert owner.post(link).status_code == 302
    assert is_in(owner)
    clock.shift(timedelta(hours=1))
    assert at(98).post(link).status_code == 404
    assert ask(at(97)).status_code == 302


def test_a_link_cannot_be_used_up_by_guessing(mailbox):
    flood()
    link = link_in(mailbox[-1])
    guesses = [f"{link[:-3]}{n:02}/" for n in range(60)]
    assert {at(n).post(guess).status_code for n, guess in enumerate(guesses)} == {404}
    assert at(99).post(link).status_code == 302


def test_a_link_ends_with_the_password(mailbox):
    user = UserFactory(email=OWNER, password=LONG)
    flood()
    link = link_in(mailbox[-1])
    user.set_password("some other plain words")
    user.save()
    assert at(99).post(link).status_code == 404


def test_the_last_mail_says_until_when_in_the_readers_zone(mailbox, monday):
    UserFactory(email=OWNER, time_zone="America/New_York")
    flood()
    for body in (mailbox[-1].body, mailbox[-1].alternatives[0].content):
        assert "before 12:00 PM EST on November 30" in body


def test_a_password_set_by_a_mailed_link_signs_in_whatever_the_flood(mailbox):
    UserFactory(email=OWNER, verified=False)
    at(1).post(RESET, {"email": OWNER})
    link = re.search(r"/accounts/password/reset/key/\S+", mailbox[-1].body)[0]
    for number in range(60):
        at(1).post(RESET, {"email": f"a{number}@mail.example"})
    owner = at(1)
    form = owner.get(link, follow=True)
    owner.post(form.request["PATH_INFO"], {"password1": LONG, "password2": LONG})
    assert guess(owner, password=LONG).status_code == 302
    assert is_in(owner)


def test_mail_that_is_refused_uses_up_nothing_of_its_sender(db):
    for _ in range(70):
        at(1).post(RESET, {"email": OWNER})
    assert at(1).post(RESET, {"email": "other@mail.example"}).status_code == 302


def test_a_link_still_asks_for_the_second_factor(mailbox):
    with_app(UserFactory(email=OWNER))
    flood()
    owner = at(99)
    assert owner.post(link_in(mailbox[-1])).url == "/accounts/2fa/authenticate/"
    assert not is_in(owner)


def test_a_link_is_another_persons_if_someone_else_is_signed_in(mailbox, signed_in):
    flood()
    user = UserFactory()
    person = signed_in(user)
    assert f"This signs out {user.email} here." in person.get(link_in(mailbox[-1])).text
    person.post(link_in(mailbox[-1]))
    assert person.session["_auth_user_id"] == str(User.objects.get(email=OWNER).pk)


def test_no_more_than_forty_mails_a_day(mailbox, clock):
    for hour, mails in enumerate([15, 30, 40]):
        for network in range(20):
            ask(at(20 * hour + network))
        assert len(mailbox) == mails
        clock.shift(timedelta(hours=1))
    clock.shift(timedelta(hours=20))
    assert at(99).post(link_in(mailbox[-1])).status_code == 302
    clock.shift(timedelta(hours=2))
    assert ask(at(98)).status_code == 302


def test_a_known_device_gets_codes_whatever_the_flood(mailbox):
    UserFactory(email=OWNER)
    home = at(50)
    ask(home)
    home.post(CODE, {"code": code_in(mailbox[-1])})
    assert is_in(home)
    home.post("/accounts/logout/")
    flood()
    answers = [ask(home).status_code for _ in range(11)]
    assert answers == [302] * 10 + [429]
    home.post(CODE, {"code": code_in(mailbox[-1])})
    assert is_in(home)


@pytest.mark.parametrize("forget", ["wait", "button", "other"])
def test_a_device_is_known_for_ninety_days_to_that_person_until_it_is_forgotten(
    mailbox, clock, forget
):
    UserFactory(email=OWNER)
    home, email = at(50), OWNER
    ask(home)
    home.post(CODE, {"code": code_in(mailbox[-1])})
    assert OWNER not in str(home.cookies)
    if forget == "wait":
        clock.shift(timedelta(days=91))
    elif forget == "button":
        assert "Forget this device" in home.get("/accounts/sessions/").text
        home.post("/accounts/sessions/", {"forget": "yes"})
        assert "Forget this device" not in home.get("/accounts/sessions/").text
        home.post("/accounts/logout/")
    else:
        email = "other@mail.example"
        home.post("/accounts/logout/")
    flood(email)
    assert ask(home, email).status_code == 429


def test_a_device_remembers_three_people(mailbox):
    home = at(50)
    people = [f"person{n}@mail.example" for n in range(4)]
    for email in people:
        ask(home, email)
        home.post(CODE, {"code": code_in(mailbox.to(email)[-1])})
        home.post("/accounts/logout/")
    for email in people:
        flood(email)
    assert [ask(home, email).status_code for email in people] == [429, 302, 302, 302]


# Codes pressed at once, over HTTP, on the database the suite runs on


def in_tabs(browser, count):
    """As many browsers with the same cookies."""
    tabs = [Client(REMOTE_ADDR="198.0.1.9") for _ in range(count)]
    for tab in tabs:
        tab.cookies = browser.cookies
    return tabs


def guess_at_once(browser, path, wrong_code):
    """48 wrong codes at the same moment; how many were looked at."""
    tabs = in_tabs(browser, 48)
    answers = contend([lambda t=tab: t.post(path, {"code": wrong_code}) for tab in tabs])
    assert {answer.status_code for answer in answers} <= {200, 302}
    return sum(answer.status_code == 200 for answer in answers) + 1  # the last one leads away


def wrong_code_for_login(mailbox):
    browser = at(1)
    ask(browser)
    return browser, CODE, wrong(code_in(mailbox[-1]))


def wrong_code_for_email(mailbox):
    UserFactory(email=OWNER)
    browser, path, _ = wrong_code_for_login(mailbox)
    browser.post(path, {"code": code_in(mailbox[-1])})
    asked = browser.post(EMAIL, {"email": "new@mail.example", "action_add": ""})
    return browser, asked.url, wrong(code_in(mailbox[-1]))


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("begin", [wrong_code_for_login, wrong_code_for_email])
def test_forty_eight_guesses_at_once_are_three(mailbox, begin):
    assert guess_at_once(*begin(mailbox)) == 3


@pytest.mark.django_db(transaction=True)
def test_guesses_counted_in_the_session_would_be_more(mailbox, monkeypatch):
    def count_in_session(self):
        self._process.state["failed_attempts"] += 1
        self._process.persist()
        return self._process.state["failed_attempts"]

    monkeypatch.setattr(allauth_internals.SentCode, "count_try", count_in_session)
    assert guess_at_once(*wrong_code_for_login(mailbox)) > 3


@pytest.mark.django_db(transaction=True)
def test_a_new_code_asked_for_forty_times_at_once_is_mailed_four_times_more(mailbox):
    browser = at(1)
    ask(browser)
    again = [lambda t=tab: t.post(CODE, {"action": "resend"}) for tab in in_tabs(browser, 40)]
    assert {answer.status_code for answer in contend(again)} == {302}
    assert len(mailbox) == 5
    page = browser.post(CODE, {"action": "resend"}, follow=True)
    assert "That’s too many tries" in page.text


# Mail to others


@pytest.mark.parametrize("known", [True, False])
def test_an_email_gets_fifteen_reset_mails_an_hour(visitor, mailbox, known):
    if known:
        UserFactory(email=OWNER)
    answers = [at(n).post(RESET, {"email": OWNER}) for n in range(16)]
    assert [answer.status_code for answer in answers] == [302] * 15 + [429]
    assert answers[-1].context["form"].has_error("email")
    assert [bool(link_in(message)) for message in mailbox] == [False] * 14 + [True]


def test_codes_and_resets_to_one_email_count_together(mailbox):
    for network in (1, 2):
        for _ in range(5):
            ask(at(network))
    answers = [at(3).post(RESET, {"email": OWNER}).status_code for _ in range(6)]
    assert answers == [302] * 5 + [429]
    assert ask(at(4)).status_code == 429
    assert len(mailbox) == 15


def test_one_address_mails_sixty_strangers_an_hour(db):
    answers = [at(1).post(RESET, {"email": f"a{n}@mail.example"}).status_code for n in range(61)]
    assert answers == [302] * 60 + [429]


def test_one_account_mails_twenty_strangers_an_hour(just_logged_in, mailbox):
    person = just_logged_in(UserFactory(email=OWNER))
    emails = [f"stranger{n}@mail.example" for n in range(21)]
    answers = [person.post(EMAIL, {"email": email, "action_add": ""}) for email in emails]
    assert [answer.status_code for answer in answers] == [302] * 20 + [429]
    assert 'value="stranger20@mail.example"' in answers[-1].text


def test_a_new_code_for_a_new_email_counts_too(just_logged_in, mailbox):
    person = just_logged_in(UserFactory(email=OWNER))
    asked = person.post(EMAIL, {"email": "stranger@mail.example", "action_add": ""})
    for _ in range(20):
        person.post(asked.url, {"action": "resend"})
    assert len(mailbox.to("stranger@mail.example")) == 15
    assert "That’s too many tries" in person.get(asked.url).text


# Passwords


@pytest.mark.parametrize("known", [True, False])
def test_five_wrong_passwords_from_a_network_mean_waiting_even_with_the_right_one(db, clock, known):
    if known:
        UserFactory(email=OWNER, password=LONG)
    assert [guess(at(1)).status_code for _ in range(5)] == [200] * 5
    refused = guess(at(1), password=LONG)
    assert refused.status_code == 429
    assert limits.CODE_INSTEAD.strip() in refused.context["form"].non_field_errors()[0]
    if known:
        assert guess(at(2), password=LONG).status_code == 302
        assert ask(at(1)).status_code == 302  # a code still works
        clock.shift(timedelta(minutes=5))
        assert guess(at(1), password=LONG).status_code == 302


def test_fifty_wrong_passwords_a_day_from_anywhere_mean_waiting_except_on_a_known_device(db, clock):
    UserFactory(email=OWNER, password=LONG)
    home = at(99)
    for _ in range(12):  # right ones don't count
        assert guess(home, password=LONG).status_code == 302
        home.post("/accounts/logout/")
    assert [guess(at(n // 5)).status_code for n in range(51)] == [200] * 50 + [429]
    assert guess(at(98), password=LONG).status_code == 429
    assert guess(home, password=LONG).status_code == 302
    home.post("/accounts/logout/")
    assert [guess(home).status_code for _ in range(11)] == [200] * 10 + [429]


@pytest.mark.django_db(transaction=True)
def test_passwords_at_once_are_five():
    UserFactory(email=OWNER, password=LONG)
    answers = contend([lambda: guess(at(1)) for _ in range(20)])
    assert sorted(answer.status_code for answer in answers) == [200] * 5 + [429] * 15


def test_thirty_passwords_a_minute_from_one_address(db):
    answers = [guess(at(1), f"a{n}@mail.example").status_code for n in range(31)]
    assert answers == [200] * 30 + [429]


# Second factor

AUTHENTICATE = "/accounts/2fa/authenticate/"


def first_step(email=OWNER):
    browser = Client()
    guess(browser, email, LONG)
    return browser


def test_five_wrong_second_factors_in_ten_minutes_from_anywhere_mean_waiting(db, clock):
    secret = with_app(UserFactory(email=OWNER, password=LONG))
    for _ in range(5):
        first_step().post(AUTHENTICATE, {"code": wrong(digits(secret))})
    owner = first_step()
    assert owner.post(AUTHENTICATE, {"code": digits(secret)}).status_code == 200
    clock.shift(timedelta(minutes=10))
    assert owner.post(AUTHENTICATE, {"code": digits(secret)}).status_code == 302


def test_right_second_factors_do_not_count(db, clock):
    secret = with_app(UserFactory(email=OWNER, password=LONG))
    for _ in range(7):
        assert first_step().post(AUTHENTICATE, {"code": digits(secret)}).status_code == 302
        clock.shift(timedelta(seconds=60))


def test_a_code_one_step_late_passes_and_no_code_passes_twice(db, clock):
    clock.move_to(clock_at_step())
    secret = with_app(UserFactory(email=OWNER, password=LONG))
    code = digits(secret)
    clock.shift(timedelta(seconds=30))
    assert first_step().post(AUTHENTICATE, {"code": code}).status_code == 302
    assert first_step().post(AUTHENTICATE, {"code": code}).status_code == 200
    clock.shift(timedelta(seconds=30))
    assert first_step().post(AUTHENTICATE, {"code": digits(secret)}).status_code == 302


def clock_at_step():
    """A moment when an app's code begins."""
    now = timezone.now()
    return now - timedelta(seconds=now.timestamp() % 30)


def test_a_code_accepted_early_is_not_accepted_again_for_as_long_as_it_lives(db, clock):
    clock.move_to(clock_at_step())
    secret = with_app(UserFactory(email=OWNER, password=LONG))
    clock.shift(timedelta(seconds=30))
    early = digits(secret)
    clock.shift(timedelta(seconds=-30))  # their phone is ahead
    assert first_step().post(AUTHENTICATE, {"code": early}).status_code == 302
    clock.shift(timedelta(seconds=45))
    assert first_step().post(AUTHENTICATE, {"code": early}).status_code == 200


# Counters


def test_a_counter_names_nobody_and_goes_once_its_window_has_ended(db, clock):
    ask(at(1))
    assert not [row for row in Counter.objects.values_list("key", flat=True) if "@" in row]
    tasks.drop_ended_counters()
    assert Counter.objects.exists()
    clock.shift(timedelta(days=1, seconds=1))
    tasks.drop_ended_counters()
    assert not Counter.objects.exists()


def test_a_page_without_a_form_says_how_long_to_wait(signed_in, clock):
    person = signed_in(UserFactory(email=OWNER))
    for _ in range(5):
        ask(Client())
    clock.shift(timedelta(minutes=20))
    page = person.post("/accounts/reauthenticate/code/")
    assert (page.status_code, page["Retry-After"]) == (429, "2400")
    assert "Wait 40 minutes" in page.text
    assert is_in(person)
