"""The contact form, and the code that confirms an email."""

from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from django.db import connection
from django.utils import timezone

from accounts.models import Notification
from accounts.tests.factories import UserFactory
from accounts.tests.steps import code_in
from support import tasks
from support.models import Article, Ticket
from support.tests.factories import ArticleFactory, MemberFactory, TicketFactory

pytestmark = pytest.mark.django_db
SENDER = "jordan@example.com"
WORDS = "I press the button and nothing happens."


def asked(**changes):
    return {
        "uuid": str(uuid4()),
        "topic": "booking",
        "name": "Jordan",
        "email": SENDER,
        "body": WORDS,
        **changes,
    }


def confirmed(visitor, mailbox, **changes):
    """The ticket of someone who sent the form and entered their code."""
    visitor.post("/contact/", asked(**changes))
    visitor.post("/contact/confirm/", {"code": code_in(mailbox[0])})
    return Ticket.objects.get()


def wrong(code):
    return f"{(int(code) + 1) % 1_000_000:06}"


def test_form_asks_for_an_email_and_keeps_health_out(visitor):
    page = visitor.get("/contact/")
    assert 'name="email"' in page.text
    assert "No need to share health details" in page.text
    assert page.text.count('href="tel:988"') == 2  # by the text box, and in the footer
    assert 'href="/help/first-visit/"' in page.text


def test_someone_logged_in_is_not_asked_for_an_email(signed_in):
    user = UserFactory(full_name="Amara Diallo")
    page = signed_in(user).get("/contact/")
    assert 'name="email"' not in page.text
    assert user.email in page.text
    assert 'value="Amara Diallo"' in page.text


def test_what_is_missing_is_named_and_nothing_typed_is_lost(visitor):
    page = visitor.post("/contact/", asked(topic="", email="jordan@", body=WORDS))
    assert page.status_code == 400
    assert "2 things to fix" in page.text
    assert "Choose what it is about." in page.text
    assert "Enter an email like name@example.com." in page.text
    assert WORDS in page.text
    assert 'value="jordan@"' in page.text
    assert Ticket.objects.count() == 0


def test_logged_in_the_question_has_its_number_at_once(signed_in, mailbox):
    user, member = UserFactory(), MemberFactory()
    page = signed_in(user).post("/contact/", asked(email="other@example.com"), follow=True)
    ticket = Ticket.objects.get()
    assert page.redirect_chain == [(f"/contact/{ticket.uuid}/", 302)]
    assert "Question 1001" in page.text
    assert WORDS in page.text
    assert (ticket.user, ticket.email) == (user, user.email)
    assert [mail.subject for mail in mailbox.to(user.email)] == [
        "We have your question, number 1001"
    ]
    assert [mail.subject for mail in mailbox.to(member.email)] == ["New question, number 1001"]


def test_signed_out_the_email_is_confirmed_first(visitor, mailbox):
    member = MemberFactory()
    page = visitor.post("/contact/", asked(), follow=True)
    assert page.redirect_chain == [("/contact/confirm/", 302)]
    assert "Enter your code" in page.text
    assert Ticket.objects.get().confirmed_at is None
    assert len(mailbox.to(member.email)) == 0

    page = visitor.post("/contact/confirm/", {"code": code_in(mailbox[0])}, follow=True)
    assert page.redirect_chain == [("/contact/sent/", 302)]
    assert "It’s number <b>1001</b>" in page.text
    assert Ticket.objects.get().confirmed_at
    assert [mail.subject for mail in mailbox.to(SENDER)] == [
        "Your code for Headway",
        "We have your question, number 1001",
    ]
    assert len(mailbox.to(member.email)) == 1


def test_mails_carry_a_number_and_a_link_and_never_the_words(visitor, mailbox):
    MemberFactory()
    ticket = confirmed(visitor, mailbox, name="Jordan Ellis")
    assert len(mailbox) == 3
    for mail in mailbox:
        everything = mail.subject + mail.body + mail.alternatives[0].content
        assert "button and nothing" not in everything
        assert "Jordan Ellis" not in everything
        assert "first visit" not in everything
    received, for_team = mailbox[1:]
    assert f"/contact/{ticket.uuid}/" in received.body
    assert f"/admin/support/ticket/{ticket.pk}/change/" in for_team.body


def test_the_domain_of_an_email_is_one_however_it_is_written(visitor):
    visitor.post("/contact/", asked(email="Sam@mail.te\ufb06"))
    assert Ticket.objects.get().email == "sam@mail.test"


def test_code_is_nowhere_but_in_its_mail(visitor, mailbox):
    visitor.post("/contact/", asked())
    code = code_in(mailbox[0])
    assert code not in str(visitor.session.items())
    notification = Notification.objects.get(kind="support.code")
    assert notification.secret == ""
    assert code not in notification.event


def test_words_are_encrypted_in_the_database(visitor):
    visitor.post("/contact/", asked())
    with connection.cursor() as cursor:
        cursor.execute("SELECT body FROM support_ticket")
        assert "button" not in cursor.fetchone()[0]


def test_three_wrong_codes_end_it_and_a_new_one_helps(visitor, mailbox):
    visitor.post("/contact/", asked())
    code = code_in(mailbox[0])
    for _ in range(3):
        page = visitor.post("/contact/confirm/", {"code": wrong(code)})
        assert "That’s not the code" in page.text
        assert page.status_code == 400
    page = visitor.post("/contact/confirm/", {"code": code})
    assert "too many tries" in page.text
    assert (page.status_code, page["Retry-After"]) == (429, "600")
    assert Ticket.objects.get().confirmed_at is None

    with time_machine.travel(timezone.now() + timedelta(seconds=2)):
        page = visitor.post("/contact/code/", follow=True)
        assert "We’re sending you a new code" in page.text
        assert visitor.post("/contact/confirm/", {"code": code}).status_code == 400
        newer = code_in(mailbox[1])
        page = visitor.post("/contact/confirm/", {"code": newer}, follow=True)
    assert page.redirect_chain == [("/contact/sent/", 302)]


def test_code_that_is_no_code_costs_no_try(visitor, mailbox):
    visitor.post("/contact/", asked())
    for code in ("", "12", "abcdef", "1234567", "\u0661" * 5, "1\x002345"):
        assert "field-error" in visitor.post("/contact/confirm/", {"code": code}).text
    for _ in range(2):
        visitor.post("/contact/confirm/", {"code": wrong(code_in(mailbox[0]))})
    page = visitor.post("/contact/confirm/", {"code": code_in(mailbox[0])}, follow=True)
    assert page.redirect_chain == [("/contact/sent/", 302)]


def test_code_may_be_pasted_with_gaps(visitor, mailbox):
    visitor.post("/contact/", asked())
    code = code_in(mailbox[0])
    pasted = f" {code[:3]} - {code[3:]} "
    assert visitor.post("/contact/confirm/", {"code": pasted}).status_code == 302


def test_code_works_for_ten_minutes(visitor, mailbox):
    visitor.post("/contact/", asked())
    code = code_in(mailbox[0])
    with time_machine.travel(timezone.now() + timedelta(minutes=10, seconds=1)):
        page = visitor.post("/contact/confirm/", {"code": code})
    assert "This code has expired" in page.text
    assert Ticket.objects.get().confirmed_at is None


def test_code_that_was_not_sent_in_time_is_dropped(visitor, mailbox):
    visitor.post("/contact/", asked())
    with time_machine.travel(timezone.now() + timedelta(minutes=11)):
        assert len(mailbox) == 0
    assert Notification.objects.get().state == "dropped"
    assert Notification.objects.get().secret == ""


def test_pressing_twice_makes_one_ticket_one_code_and_one_mail(visitor, mailbox):
    form = asked()
    visitor.post("/contact/", form)
    visitor.cookies.clear()  # the second press goes out before the first answer is back
    visitor.post("/contact/", form)
    assert Ticket.objects.count() == 1
    assert len(mailbox) == 1
    page = visitor.post("/contact/confirm/", {"code": code_in(mailbox[0])}, follow=True)
    assert page.redirect_chain == [("/contact/sent/", 302)]
    visitor.post("/contact/confirm/", {"code": code_in(mailbox[0])})
    visitor.post("/contact/", form)
    assert Ticket.objects.count() == 1
    assert len(mailbox) == 2


def test_pressing_twice_when_logged_in_shows_the_same_ticket(signed_in, mailbox):
    person, form = signed_in(UserFactory()), asked()
    first = person.post("/contact/", form)
    second = person.post("/contact/", form)
    assert first.url == second.url
    assert Ticket.objects.count() == 1
    assert len(mailbox) == 1


def test_going_back_and_writing_more_makes_another_ticket(visitor, mailbox):
    form = asked()
    visitor.post("/contact/", form)
    for _ in range(2):
        visitor.post("/contact/", {**form, "email": "mended@example.com"})
    assert Ticket.objects.count() == 2
    assert len(mailbox.to("mended@example.com")) == 1
    visitor.post("/contact/confirm/", {"code": code_in(mailbox[1])})
    assert Ticket.objects.confirmed().get().email == "mended@example.com"


def test_another_email_begins_with_the_words_that_were_there(visitor):
    visitor.post("/contact/", asked())
    page = visitor.get("/contact/?again")
    assert WORDS in page.text
    assert f'value="{SENDER}"' in page.text
    assert WORDS not in visitor.get("/contact/").text


def test_someone_elses_uuid_shows_nothing_of_theirs(visitor, signed_in):
    form = asked()
    visitor.post("/contact/", form)
    other = signed_in(UserFactory())
    page = other.post("/contact/", {**form, "body": "Mine."}, follow=True)
    assert "Mine." in page.text
    assert WORDS not in page.text


def test_address_with_an_account_has_the_ticket_when_logged_in(visitor, signed_in, mailbox):
    user = UserFactory(email="jordan.e@example.com")
    ticket = confirmed(visitor, mailbox, email="Jordan.E@Example.com")
    assert ticket.user == user
    assert WORDS in signed_in(user).get(ticket.get_absolute_url()).text


def test_account_made_later_with_that_email_has_the_ticket(visitor, signed_in, mailbox):
    ticket = confirmed(visitor, mailbox)
    assert ticket.user is None
    assert WORDS in signed_in(UserFactory(email=SENDER)).get(ticket.get_absolute_url()).text


def test_letters_that_only_look_alike_are_another_email(visitor, signed_in, mailbox):
    lookalike = UserFactory(email="jordan@ma\u0131l.example.com")  # a dotless i
    ticket = confirmed(visitor, mailbox, email="jordan@mail.example.com")
    assert ticket.user is None
    assert signed_in(lookalike).get(ticket.get_absolute_url()).status_code == 404


def test_confirm_page_says_what_to_try_when_no_mail_comes(visitor):
    visitor.post("/contact/", asked())
    page = visitor.get("/contact/confirm/")
    assert "Check your spam folder" in page.text
    assert "We’ll keep what you wrote." in page.text
    assert 'href="/contact/?again"' in page.text
    assert "the email on your account" not in page.text

    visitor.post("/contact/", asked(topic="account"))
    page = visitor.get("/contact/confirm/")
    assert "If it’s not the email on your account, tell us that one" in page.text


def test_people_find_their_own_questions_and_nobody_elses(signed_in):
    user = UserFactory(time_zone="America/Phoenix")
    mine = TicketFactory(user=user, number=1001, status="answered", topic="account")
    early = TicketFactory(user=None, email=user.email, number=1002)  # before there was an account
    TicketFactory(number=1003)
    TicketFactory(user=user, number=None, confirmed_at=None)
    Ticket.objects.update(created_at="2026-11-01T12:30:00Z")
    page = signed_in(user).get("/contact/")
    assert f'<a href="{mine.get_absolute_url()}">Question 1001</a>' in page.text
    assert f'<a href="{early.get_absolute_url()}">Question 1002</a>' in page.text
    assert page.text.count("November 1, 2026, 5:30 AM, Mountain Time (Arizona)") == 2
    for words in ("Answered", "Waiting for our team", "My account or signing in"):
        assert words in page.text
    assert "1003" not in page.text
    assert mine.body not in page.text


def test_people_without_questions_see_no_list(visitor, signed_in):
    TicketFactory()
    for person in (visitor, signed_in(UserFactory())):
        assert "Your questions" not in person.get("/contact/").text


def test_pages_between_lead_to_the_form_when_there_is_nothing(visitor):
    for address in ("/contact/confirm/", "/contact/sent/"):
        page = visitor.get(address, follow=True)
        assert page.redirect_chain[-1][0] == "/contact/"
    assert visitor.get("/contact/code/").status_code == 405
    assert visitor.post("/contact/code/", follow=True).redirect_chain[-1][0] == "/contact/"


def test_pages_that_show_an_email_are_kept_by_no_cache(visitor, mailbox):
    visitor.post("/contact/", asked())
    assert "no-store" in visitor.get("/contact/confirm/")["Cache-Control"]
    visitor.post("/contact/confirm/", {"code": code_in(mailbox[0])})
    assert "no-store" in visitor.get("/contact/sent/")["Cache-Control"]


def test_someone_signed_in_asks_twenty_times_an_hour_and_keeps_the_next_question(signed_in):
    person = signed_in(UserFactory())
    answers = [person.post("/contact/", asked()) for _ in range(21)]
    assert [answer.status_code for answer in answers] == [302] * 20 + [429]
    assert WORDS in answers[-1].text
    assert Ticket.objects.count() == 20
    ticket = Ticket.objects.first()
    refused = person.post(ticket.get_absolute_url(), {"body": WORDS, "uuid": str(uuid4())})
    assert refused.status_code == 429


def test_one_email_gets_fifteen_codes_an_hour_and_the_last_has_a_sign_in_link(visitor, mailbox):
    answers = [visitor.post("/contact/", asked()) for _ in range(16)]
    assert [answer.status_code for answer in answers] == [302] * 15 + [429]
    assert WORDS in answers[-1].text
    assert Ticket.objects.count() == 15
    assert visitor.post("/contact/code/").status_code == 429
    assert ["/login/link/" in message.body for message in mailbox] == [False] * 14 + [True]


def test_numbers_follow_one_another(signed_in):
    person = signed_in(UserFactory())
    for _ in range(3):
        person.post("/contact/", asked())
    assert sorted(Ticket.objects.values_list("number", flat=True)) == [1001, 1002, 1003]


def test_what_nobody_confirmed_is_gone_after_a_day(visitor, signed_in):
    visitor.post("/contact/", asked())
    signed_in(UserFactory()).post("/contact/", asked())
    with time_machine.travel(timezone.now() + timedelta(hours=23)):
        tasks.drop_unconfirmed()
        assert Ticket.objects.count() == 2
    with time_machine.travel(timezone.now() + timedelta(hours=25)):
        tasks.drop_unconfirmed()
        tasks.drop_unconfirmed()
    assert Ticket.objects.get().confirmed_at
    assert visitor.get("/contact/confirm/", follow=True).redirect_chain == [("/contact/", 302)]


@pytest.mark.parametrize("count", [1, 3])
def test_form_takes_one_query_for_any_number_of_articles(visitor, count, django_assert_num_queries):
    Article.objects.all().delete()
    ArticleFactory.create_batch(count)
    with django_assert_num_queries(1):
        visitor.get("/contact/")


@pytest.mark.parametrize("count", [1, 3])
def test_form_takes_the_same_queries_for_any_questions(signed_in, count, django_assert_num_queries):
    user = UserFactory()
    TicketFactory.create_batch(count, user=user)
    person = signed_in(user)
    person.get("/contact/")
    with django_assert_num_queries(QUERIES_OF_THE_FORM):
        person.get("/contact/")


QUERIES_OF_THE_FORM = 6  # session, user, whether a provider, articles, questions, unread
