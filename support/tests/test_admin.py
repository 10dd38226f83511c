"""The support team's pages in the admin."""

import re
from uuid import uuid4

import pytest
from django.contrib.auth.models import Group, Permission
from django.core.management import call_command

from accounts.models import AccessEvent
from accounts.tests.factories import UserFactory
from accounts.tests.steps import hidden_fields
from support.models import Article, Ticket
from support.roles import TEAM
from support.tests.factories import MemberFactory, TicketFactory, TicketReplyFactory

pytestmark = pytest.mark.django_db
LIST = "/admin/support/ticket/"


def page_of(ticket):
    return f"/admin/support/ticket/{ticket.pk}/change/"


def saying(answer="", **pressed):
    """The form of the latest ticket's page, opened now."""
    page = {"key": str(uuid4()), "version": Ticket.objects.latest("pk").version}
    return {**page, "answer": answer, **(pressed or {"_save": "Save answer"})}


@pytest.fixture
def member(signed_in):
    """Someone on the team, logged in."""
    return signed_in(MemberFactory(email="ana@team.example"))


def test_team_may_do_what_its_work_needs_and_no_more():
    assert sorted(Group.objects.get(name=TEAM).permissions.values_list("codename", flat=True)) == [
        "add_article",
        "add_ticketreply",
        "change_article",
        "change_provider",
        "change_ticket",
        "view_article",
        "view_notification",
        "view_provider",
        "view_ticket",
        "view_ticketreply",
        "view_user",
    ]


def test_team_reaches_no_page_that_could_hold_health_text(member):
    index = member.get("/admin/").text
    for model in ("appointment", "relationship", "coverage", "conversation", "message", "hold"):
        assert not re.search(rf"/admin/\w+/{model}/", index)


@pytest.mark.parametrize("address", [LIST, "/admin/support/article/"])
def test_nobody_else_sees_them(signed_in, address):
    ticket = TicketFactory(body="Secret words.")
    for user in (ticket.user, UserFactory(is_staff=True)):
        page = signed_in(user).get(address, follow=True)
        assert "Secret words." not in page.text
        assert "result_list" not in page.text


def test_list_has_the_confirmed_ones_with_number_name_topic_status_and_age(member):
    ticket = TicketFactory(number=1001, name="Jordan Ellis")
    TicketFactory(number=1002)
    TicketFactory(number=None, confirmed_at=None, email="unconfirmed@example.com")
    page = member.get(LIST)
    assert "2 tickets" in page.text
    for cell in (
        ">1001<",
        "Jordan Ellis",
        "(no name)",
        "Booking a first visit",
        "Open",
        "0\xa0minutes",
    ):
        assert cell in page.text
    assert ticket.body not in page.text
    assert ticket.email not in page.text


def test_ticket_goes_by_its_number_everywhere(member):
    ticket = TicketFactory(number=4711)
    member.post(page_of(ticket), saying("Please try again."))
    history = f"{LIST}{ticket.pk}/history/"
    for address in (LIST, page_of(ticket), history, "/admin/"):
        page = member.get(address)
        assert "4711" in page.text
        assert not re.search(rf"Ticket {ticket.pk}\b", page.text)
    assert "<h1>Ticket 4711</h1>" in member.get(page_of(ticket)).text


def test_times_are_in_one_format_that_names_the_zone(member):
    ticket = TicketFactory(confirmed_at="2026-11-24T21:05:00Z")
    TicketReplyFactory(ticket=ticket)
    Ticket.objects.update(created_at="2026-11-24T21:05:00Z")
    ticket.replies.update(created_at="2026-11-25T09:30:00Z")
    Article.objects.update(updated_at="2026-11-24T21:05:00Z")
    page = member.get(page_of(ticket))
    assert page.text.count("Nov 24, 2026, 9:05 PM UTC") == 2
    assert "Nov 25, 2026, 9:30 AM UTC" in page.text
    assert "Nov 24, 2026, 9:05 PM UTC" in member.get("/admin/support/article/").text


def test_admin_has_an_icon_so_that_browsers_need_not_guess_and_lists_for_a_phone(member):
    for address in ("/admin/", LIST):
        page = member.get(address).text
        assert '<link rel="icon" type="image/svg+xml"' in page
        assert "css/admin.css" in page


def test_an_unconfirmed_ticket_does_not_exist(member):
    ticket = TicketFactory(number=None, confirmed_at=None, body="Not yet.")
    page = member.get(page_of(ticket), follow=True)
    assert page.redirect_chain
    assert "Not yet." not in page.text


def test_the_page_shows_everything_written_and_looking_is_noted(member):
    ticket = TicketFactory(body="It <b>stays</b> empty.")
    TicketReplyFactory(ticket=ticket, body="We know.", by__email="bo@team.example")
    TicketReplyFactory(ticket=ticket, body="Third today.", internal=True)
    page = member.get(page_of(ticket))
    for words in ("It &lt;b&gt;stays&lt;/b&gt; empty.", "We know.", "bo@team.example"):
        assert words in page.text
    assert "a note, only for the team" in page.text
    trail = AccessEvent.objects.get()
    assert (trail.subject, trail.actor.email) == (ticket.user, "ana@team.example")
    assert trail.record == str(ticket.uuid)


def test_the_sender_gets_an_email_and_sees_the_answer(member, signed_in, mailbox):
    ticket = TicketFactory()
    page = member.post(page_of(ticket), saying("Please try again."), follow=True)
    assert "We told the sender by email." in page.text
    ticket.refresh_from_db()
    assert ticket.status == Ticket.Status.ANSWERED
    assert ticket.replies.get().by.email == "ana@team.example"
    assert len(mailbox.to(ticket.email)) == 1
    assert "Please try again." in signed_in(ticket.user).get(ticket.get_absolute_url()).text


def test_answer_reaches_a_sender_without_an_account(member, mailbox):
    ticket = TicketFactory(user=None, email="nobody@example.com")
    member.post(page_of(ticket), saying("Please try again."))
    assert len(mailbox.to("nobody@example.com")) == 1


@pytest.mark.parametrize(
    "pressed",
    [{"_save": "Save answer"}, {"internal": "on"}, {"internal": "on", "_close": "Save and close"}],
)
def test_saving_nothing_is_an_error_at_the_field(member, mailbox, pressed):
    ticket = TicketFactory()
    page = member.post(page_of(ticket), saying(" \n", **pressed))
    assert "Nothing was sent: write something first." in page.text
    assert "successfully" not in page.text
    ticket.refresh_from_db()
    assert ticket.status == Ticket.Status.OPEN
    assert ticket.replies.count() == 0
    assert len(mailbox) == 0


def test_pressing_save_twice_answers_once(member, mailbox):
    ticket, form = TicketFactory(), saying("Please try again.")
    for _ in range(2):
        assert member.post(page_of(ticket), form).status_code == 302
    assert ticket.replies.count() == 1
    assert len(mailbox) == 1


@pytest.mark.parametrize("pressed", [{}, {"_close": "Save and close"}, {"internal": "on"}])
def test_who_answers_a_ticket_that_has_more_by_now_is_told_and_keeps_the_words(
    member, signed_in, mailbox, pressed
):
    ticket = TicketFactory()
    form = saying("Please try again.", **pressed)
    sender = signed_in(ticket.user)
    answer = {"uuid": str(uuid4()), "body": "It works now."}
    assert sender.post(ticket.get_absolute_url(), answer).status_code == 302
    page = member.post(page_of(ticket), form)
    assert "This ticket changed after you opened this page" in page.text
    assert "It works now." in page.text
    assert "Please try again." in page.text
    assert ticket.replies.count() == 1
    assert member.post(page_of(ticket), form | hidden_fields(page)).status_code == 302
    assert ticket.replies.count() == 2


def test_a_ticket_that_has_more_by_now_is_not_closed_by_an_old_page(member, signed_in):
    ticket = TicketFactory()
    form = saying(_close="Save and close")
    note = saying("Third today.", internal="on")
    member.post(page_of(ticket), note)
    assert "This ticket changed" in member.post(page_of(ticket), form).text
    ticket.refresh_from_db()
    assert ticket.status == Ticket.Status.OPEN


def test_a_second_press_of_close_or_reopen_is_fine(member):
    ticket = TicketFactory()
    for pressed in ({"_close": "Save and close"}, {"_reopen": "Save and open again"}):
        form = saying(**pressed)
        for _ in range(2):
            assert member.post(page_of(ticket), form).status_code == 302


def test_note_tells_nobody_and_leaves_the_status(member, mailbox):
    ticket = TicketFactory()
    page = member.post(page_of(ticket), saying("Third today.", internal="on"), follow=True)
    assert "your note is saved. Only the team sees it." in page.text
    assert "We told" not in page.text
    ticket.refresh_from_db()
    assert ticket.status == Ticket.Status.OPEN
    assert ticket.replies.get().internal
    assert len(mailbox) == 0


def test_ticket_is_closed_with_or_without_an_answer_and_opened_again(member, mailbox):
    ticket = TicketFactory()
    member.post(page_of(ticket), saying("Done.", _close="Save and close"))
    ticket.refresh_from_db()
    assert ticket.status == Ticket.Status.CLOSED
    assert len(mailbox.to(ticket.email)) == 1
    assert "Save and open again" in member.get(page_of(ticket)).text
    page = member.post(page_of(ticket), saying(_reopen="Save and open again"), follow=True)
    assert "nothing was sent. It is open again." in page.text
    ticket.refresh_from_db()
    assert ticket.status == Ticket.Status.OPEN
    assert ticket.replies.count() == 1


def test_list_closes_and_opens_many_at_once(member):
    first, second = TicketFactory.create_batch(2)
    for action, status in (("close", "closed"), ("reopen", "open")):
        member.post(LIST, {"action": action, "_selected_action": [first.pk, second.pk]})
        assert set(Ticket.objects.values_list("status", flat=True)) == {status}


def test_what_was_asked_cannot_be_changed_added_or_deleted(member):
    ticket = TicketFactory()
    member.post(page_of(ticket), saying() | {"topic": "other", "number": 7, "body": "?"})
    same = Ticket.objects.get()
    assert (same.topic, same.number, same.body) == (ticket.topic, ticket.number, ticket.body)
    assert member.get(f"{LIST}add/").status_code == 403
    assert member.get(f"{LIST}{ticket.pk}/delete/").status_code == 403
    member.post(LIST, {"action": "delete_selected", "_selected_action": [ticket.pk], "post": "yes"})
    assert Ticket.objects.count() == 1


@pytest.mark.parametrize("probe", ["body__startswith=The", "user__date_of_birth__gte=1990-01-01"])
def test_address_cannot_ask_what_no_filter_lists(member, probe):
    TicketFactory()
    assert member.get(f"{LIST}?{probe}").status_code == 400


def test_filters_of_the_list_work(member):
    TicketFactory(status="closed")
    assert "0 tickets" in member.get(f"{LIST}?status__exact=open").text
    assert "1 ticket" in member.get(f"{LIST}?status__exact=closed").text


def test_search_finds_a_number_or_an_email_and_bears_anything_else(member):
    ticket = TicketFactory(number=1001, email="jo@mail.example")
    for query, count in (("1001", 1), (ticket.email, 1), ("100", 0), ("it's %_ \\", 0)):
        assert member.get(LIST, {"q": query}).text.count('class="field-topic"') == count


@pytest.mark.parametrize("address", [LIST, "/admin/support/article/"])
def test_nul_in_the_address_is_a_bad_request(member, address):
    assert member.get(f"{address}?q=%00").status_code == 400


def test_log_of_the_admin_has_no_words_of_anyone(member):
    ticket = TicketFactory()
    member.post(page_of(ticket), saying("Please try again."))
    history = member.get(f"{LIST}{ticket.pk}/history/").text
    assert "Please try" not in history
    assert ticket.body not in history


def test_article_is_written_and_unpublished_and_keeps_its_slug(member, visitor):
    fields = {
        "title": "Changing your email",
        "summary": "Where to do it.",
        "audience": "clients",
        "body": "## Where\n\nOn your account page.",
        "position": "6",
    }
    add = "/admin/support/article/add/"
    member.post(add, {**fields, "slug": "changing-your-email", "published": "on"})
    article = Article.objects.get(slug="changing-your-email")
    assert "On your account page." in visitor.get(article.get_absolute_url()).text
    change = f"/admin/support/article/{article.pk}/change/"
    shown = {"version": "1", "initial-published": "True"}
    member.post(change, {**fields, **shown, "slug": "other"})
    article.refresh_from_db()
    assert (article.slug, article.published) == ("changing-your-email", False)
    assert visitor.get(article.get_absolute_url()).status_code == 404
    assert member.get(f"/admin/support/article/{article.pk}/delete/").status_code == 403


def test_two_members_who_edit_an_article_are_told_and_lose_nothing(member, signed_in):
    article = Article.objects.first()
    change = f"/admin/support/article/{article.pk}/change/"
    shown = hidden_fields(member.get(change))
    other = signed_in(MemberFactory())
    mine = typed_article(article, shown, title="Of one.", summary="Of one.")
    assert other.post(change, typed_article(article, shown, title="Newer.")).status_code == 302
    page = member.post(change, mine)
    errors = page.context["adminform"].form.errors
    assert "It’s now “Newer.”." in errors["title"][0]
    assert "summary" not in errors
    assert "This article changed after you opened this page" in errors["__all__"][0]
    assert member.post(change, {**mine, **hidden_fields(page)}).status_code == 302
    assert member.post(change, {**mine, **hidden_fields(page)}).status_code == 302  # pressed twice
    article.refresh_from_db()
    assert (article.title, article.summary) == ("Of one.", "Of one.")


def typed_article(article, shown, **changes):
    """The form of an article as it is, but for the changes."""
    names = ("title", "summary", "audience", "body", "position")
    typed = {name: getattr(article, name) for name in names}
    return {**shown, **typed, "published": "on", **changes}


def test_an_article_stands_at_a_place_that_can_be(member):
    page = member.post("/admin/support/article/add/", {"position": "9223372036854775807"})
    assert "less than or equal to 999" in str(page.context["adminform"].form.errors["position"])


@pytest.mark.parametrize("action", ["close", "reopen"])
@pytest.mark.parametrize("key", ["x", "1.5", "\0", "9" * 40, "-1", ""], ids=ascii)
def test_rows_that_no_list_shows_are_a_bad_request(member, action, key):
    ticket = TicketFactory()
    sent = {"action": action, "_selected_action": [ticket.pk, key]}
    assert member.post(LIST, sent).status_code == 400
    ticket.refresh_from_db()
    assert ticket.status == "open"


def test_superuser_can_delete_nothing_either(signed_in):
    ticket = TicketFactory()
    root = signed_in(UserFactory(is_staff=True, is_superuser=True))
    assert root.get(f"{LIST}{ticket.pk}/delete/").status_code == 403


def test_migrate_takes_away_what_someone_gave_the_group():
    team = Group.objects.get(name=TEAM)
    team.permissions.add(Permission.objects.get(codename="delete_ticket"))
    call_command("migrate", verbosity=0)
    assert not team.permissions.filter(codename="delete_ticket").exists()
