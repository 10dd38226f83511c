"""Your own ticket: the question, the answers, and writing again."""

from uuid import uuid4

import pytest

from accounts.tests.factories import UserFactory
from support import tickets
from support.models import Ticket
from support.tests.factories import MemberFactory, TicketFactory, TicketReplyFactory

pytestmark = pytest.mark.django_db


def test_sender_sees_their_words_the_number_and_the_answers(signed_in):
    ticket = TicketFactory(body="It stays <b>empty</b>.\n\nStill.")
    TicketReplyFactory(ticket=ticket, body="Please try again.")
    page = signed_in(ticket.user).get(ticket.get_absolute_url())
    assert f"Question {ticket.number}" in page.text
    assert "It stays &lt;b&gt;empty&lt;/b&gt;.</p>" in page.text
    assert "Please try again." in page.text
    assert "Headway support" in page.text


def test_sender_never_sees_the_teams_notes(signed_in):
    ticket = TicketFactory()
    TicketReplyFactory(ticket=ticket, body="Called the bank.", internal=True)
    assert "Called the bank." not in signed_in(ticket.user).get(ticket.get_absolute_url()).text


def test_times_are_in_the_readers_zone_which_is_named(signed_in):
    ticket = TicketFactory(user__time_zone="America/Phoenix")
    Ticket.objects.update(created_at="2026-11-01T12:30:00Z")
    page = signed_in(ticket.user).get(ticket.get_absolute_url())
    assert "November 1, 5:30 AM, Mountain Time (Arizona)" in page.text


@pytest.mark.parametrize("method", ["get", "post", "put", "delete", "head"])
def test_someone_elses_ticket_does_not_exist(signed_in, method):
    ticket = TicketFactory()
    waiting = TicketFactory(confirmed_at=None, number=None)
    other, member = signed_in(UserFactory()), signed_in(MemberFactory())
    for address in (ticket.get_absolute_url(), f"/contact/{uuid4()}/"):
        assert getattr(other, method)(address).status_code == 404
        assert getattr(member, method)(address).status_code == 404
    own = signed_in(waiting.user)
    assert getattr(own, method)(waiting.get_absolute_url()).status_code == 404


def test_signed_out_people_log_in_first_whether_it_exists_or_not(visitor):
    for address in (TicketFactory().get_absolute_url(), f"/contact/{uuid4()}/"):
        page = visitor.get(address)
        assert page.status_code == 302
        assert page.url == f"/accounts/login/code/?next={address}"


def test_writing_again_opens_the_ticket_and_tells_the_team(signed_in, mailbox):
    ticket = TicketFactory(status=Ticket.Status.CLOSED)
    member = MemberFactory()
    form = {"uuid": str(uuid4()), "body": "It is empty again."}
    page = signed_in(ticket.user).post(ticket.get_absolute_url(), form, follow=True)
    assert "It is empty again." in page.text
    ticket.refresh_from_db()
    assert ticket.status == Ticket.Status.OPEN
    mail = mailbox.to(member.email)[0]
    assert mail.subject == f"Question {ticket.number}: the sender wrote again"
    assert "empty again" not in mail.body
    assert len(mailbox.to(ticket.email)) == 0


def test_writing_again_twice_makes_one_reply_and_one_mail(signed_in, mailbox):
    ticket = TicketFactory()
    MemberFactory()
    form = {"uuid": str(uuid4()), "body": "Again."}
    for _ in range(2):
        signed_in(ticket.user).post(ticket.get_absolute_url(), form)
    assert ticket.replies.count() == 1
    assert len(mailbox) == 1


def test_account_made_later_keeps_the_ticket_it_wrote_to(signed_in):
    ticket = TicketFactory(user=None, email="later@example.com")
    user = UserFactory(email="later@example.com")
    form = {"uuid": str(uuid4()), "body": "Again."}
    signed_in(user).post(ticket.get_absolute_url(), form)
    assert Ticket.objects.get().user == user


def test_nothing_written_is_an_error_at_the_field(signed_in):
    ticket = TicketFactory()
    form = {"uuid": str(uuid4()), "body": " "}
    page = signed_in(ticket.user).post(ticket.get_absolute_url(), form)
    assert page.status_code == 400
    assert "Write something first." in page.text
    assert ticket.replies.count() == 0


def test_answer_tells_the_sender_by_a_number_and_a_link(mailbox):
    ticket, member = TicketFactory(), MemberFactory()
    reply = {"body": "Press it longer.", "internal": False, "uuid": uuid4()}
    tickets.answer(ticket, by=member, **reply)
    mail = mailbox.to(ticket.email)[0]
    assert mail.subject == f"We answered your question, number {ticket.number}"
    assert ticket.get_absolute_url() in mail.body
    assert "longer" not in mail.body + mail.alternatives[0].content


def test_no_email_for_answered_tickets_or_former_team_members(mailbox):
    ticket, member, left = TicketFactory(), MemberFactory(), MemberFactory()
    tickets.reply(ticket, by=ticket.user, body="Again.", uuid=uuid4())
    left.groups.clear()
    assert len(mailbox.to(left.email)) == 0
    assert len(mailbox.to(member.email)) == 1
    tickets.reply(ticket, by=ticket.user, body="Never mind.", uuid=uuid4())
    tickets.close(ticket)
    assert len(mailbox.to(member.email)) == 1


@pytest.mark.parametrize("count", [1, 3])
def test_page_takes_as_many_queries_whatever_was_written(
    signed_in, count, django_assert_num_queries
):
    ticket = TicketFactory()
    TicketReplyFactory.create_batch(count, ticket=ticket)
    person = signed_in(ticket.user)
    person.get(ticket.get_absolute_url())
    with django_assert_num_queries(QUERIES_OF_A_TICKET):
        person.get(ticket.get_absolute_url())


QUERIES_OF_A_TICKET = 6  # session, user, whether a provider, the ticket, its replies, unread
