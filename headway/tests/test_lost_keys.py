"""Text that no key decrypts: its pages still open, no empty code goes out, and nobody gets in."""

from contextlib import contextmanager
from datetime import timedelta
from uuid import uuid4

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from cryptography.fernet import Fernet
from django.core import mail
from django.db import connection
from django.test import override_settings
from django.utils import timezone

from accounts import outbox, tasks
from accounts.models import Notification, User
from accounts.tests.factories import UserFactory
from accounts.tests.steps import digits, with_app
from booking.appointments import scheduling
from booking.calendars import feeds
from booking.models import AppointmentEvent, Coverage
from booking.tests.factories import AppointmentFactory
from booking.tests.steps import answers, details_url, words_of
from headway.tests.environment import SITE
from messaging import drafts
from messaging.models import Draft, Message
from messaging.tests.factories import write
from providers.tests.factories import PlanFactory, ProviderFactory
from support.models import Ticket
from support.tests.factories import MemberFactory, TicketFactory, TicketReplyFactory

pytestmark = pytest.mark.django_db
GONE = Fernet.generate_key().decode()
SHORT = "This text can’t be shown."
LONG = f"{SHORT} Please contact our support team."


def lose():
    """While this is on, what's encrypted has a key that nobody has afterwards."""
    return override_settings(FIELD_KEYS=[GONE])


@contextmanager
def unchanged(*columns):
    """What these columns ("table.column") store stays as it is."""
    before = [stored(column) for column in columns]
    yield
    assert [stored(column) for column in columns] == before


def stored(column):
    table, name = column.split(".")
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {name} FROM {table} ORDER BY 1")
        return cursor.fetchall()


@pytest.fixture
def visit(monday):
    """Jordan's coming visit to Dana: the note and the member ID are lost, and so is a message."""
    plan = PlanFactory()
    dana = ProviderFactory(name="Dana Whitfield", hours=True, plans=[plan])
    jordan = UserFactory(email="jordan@example.com", full_name="Jordan Ellis")
    with lose():
        visit = AppointmentFactory(provider=dana, client=jordan, client_note="A lost note.")
        Coverage.objects.create(
            relationship=visit.relationship, kind="plan", plan=plan, member_id="W99", copay=25
        )
    return visit


@pytest.fixture
def jordan(visit, signed_in):
    return signed_in(visit.client)


@pytest.fixture
def dana(visit, signed_in):
    return signed_in(visit.provider.user)


def test_a_lost_message_takes_neither_the_thread_nor_the_list_down(visit, jordan, dana):
    pair = visit.relationship
    write(pair, pair.client, "Still here.")
    with lose():
        write(pair, pair.client, "A lost message.")
    url = f"/messages/{pair.uuid}/"
    for person in (jordan, dana):
        for page in (url, f"{url}parts/?after=0"):
            words = words_of(person.get(page))
            assert "Still here." in words, page
            assert LONG in words, page
            assert SHORT in words.replace(LONG, ""), page  # in the list
        words = words_of(person.get("/messages/"))
        assert SHORT in words
        assert LONG not in words
    assert person.post(url, {"uuid": uuid4(), "body": "Say it again?"}).status_code == 302


def test_a_message_without_words_is_not_lost(visit, jordan):
    write(visit.relationship, visit.client, "")
    for page in ("/messages/", f"/messages/{visit.relationship.uuid}/"):
        assert SHORT not in jordan.get(page).text


def test_a_lost_note_and_member_id_leave_the_pages_up(visit, jordan, dana):
    page = words_of(dana.get(f"/workspace/appointments/{visit.uuid}/"))
    assert f"What brings Jordan here {LONG}" in page
    assert "Member ID can’t be shown; copay $25" in page
    assert "Member ID can’t be shown" in words_of(
        dana.get(f"/workspace/clients/{visit.relationship.uuid}/")
    )
    for person, pages in (
        (dana, ["", "calendar/", "clients/", f"appointments/{visit.uuid}/calendar.ics"]),
        (dana, [f"appointments/{visit.uuid}/move/", f"appointments/{visit.uuid}/cancel/"]),
        (jordan, ["../appointments/", f"../appointments/{visit.uuid}/calendar.ics"]),
        (jordan, [f"../appointments/{visit.uuid}/", f"../appointments/{visit.uuid}/cancel/"]),
    ):
        for page in pages:
            url = f"/workspace/{page}".replace("/workspace/..", "")
            assert person.get(url).status_code == 200, url


def test_changing_the_rest_of_a_row_keeps_what_is_lost(visit, dana):
    columns = ("booking_appointment.client_note", "booking_coverage.member_id")
    with unchanged(*columns):
        visit.refresh_from_db()
        visit.client_state = "AZ"
        visit.save()
        coverage = Coverage.objects.get()
        coverage.copay = 30
        coverage.save()
    assert Coverage.objects.get().copay == 30


def test_a_lost_reason_leaves_the_pages_up(visit, jordan, dana):
    with lose():
        scheduling.cancel(visit, by=visit.client, reason="A lost reason.")
    assert AppointmentEvent.objects.get(what="canceled").reason == ""
    for person, url in (
        (jordan, f"/appointments/{visit.uuid}/"),
        (dana, f"/workspace/appointments/{visit.uuid}/"),
        (jordan, f"/messages/{visit.relationship.uuid}/"),
    ):
        page = person.get(url)
        assert page.status_code == 200
        assert "anceled" in page.text


def test_a_feed_has_the_visit_of_a_lost_note(visit, visitor):
    secret = feeds.renew(visit.provider.user, uuid=uuid4(), version=0)
    assert "BEGIN:VEVENT" in visitor.get(f"/feeds/{secret}.ics").text


def test_a_lost_ticket_opens_for_its_sender_and_for_the_team(signed_in):
    with lose():
        ticket = TicketFactory()
        TicketReplyFactory(ticket=ticket)
    reply = TicketReplyFactory(ticket=ticket, body="Try again, please.")
    page = words_of(signed_in(ticket.user).get(ticket.get_absolute_url()))
    assert page.count(SHORT) == 2
    assert "Try again, please." in page
    team = signed_in(MemberFactory())
    page = words_of(team.get(f"/admin/support/ticket/{ticket.pk}/change/"))
    assert page.count(SHORT) == 2
    assert "Try again, please." in page
    assert team.get("/admin/support/ticket/").status_code == 200
    with unchanged("support_ticket.body", "support_ticketreply.body"):
        signed_in(ticket.user).get("/contact/")
        Ticket.objects.get().save()
        reply.save(update_fields=["internal"])


def test_a_lost_draft_stays_when_its_row_is_saved(visit):
    with lose():
        drafts.save(visit.relationship, by=visit.client, uuid=uuid4(), version=0, body="Hello")
    with unchanged("messaging_draft.body"):
        Draft.objects.get().save()


# What's in the session


def test_what_was_typed_for_a_first_visit_and_is_lost_is_typed_again(signed_in, monday):
    dana = ProviderFactory(hours=True, plans=[PlanFactory()])
    person = signed_in(UserFactory())
    with lose():
        assert person.post(details_url(dana), {**answers(dana), "choose": "1"}).status_code == 302
    page = person.get(details_url(dana), {"at": answers(dana)["at"], "place": "phone"})
    assert page.status_code == 200
    assert "I can’t sleep." not in page.text


def test_what_was_sent_signed_out_and_is_lost_is_reported(visit, jordan, monday):
    url = f"/messages/{visit.relationship.uuid}/"
    jordan.get(url)
    monday.shift(timedelta(minutes=61))
    headers = {"Origin": SITE, "Referer": f"{SITE}{url}"}
    with lose():
        jordan.post(url, {"uuid": uuid4(), "body": "A lost message."}, headers=headers)
    jordan.force_login(visit.client)
    assert "we couldn’t keep what you typed" in jordan.get(url).text
    assert "we couldn’t keep what you typed" not in jordan.get(url).text
    assert not Message.objects.exists()


# Codes in mail


def test_no_code_goes_out_empty_and_other_mail_goes_out(visitor):
    with lose():
        visitor.post("/accounts/login/code/", {"email": "jo@example.com"})
    visitor.post("/accounts/login/code/", {"email": "al@example.com"})
    lost, _ = Notification.objects.order_by("pk")
    Notification.objects.filter(pk=lost.pk).update(state="pending", leased_until=None)
    mail.outbox.clear()
    outbox.sweep()
    lost.refresh_from_db()
    assert "jo@example.com" not in [to for letter in mail.outbox for to in letter.to]
    assert (lost.state, lost.last_error) == ("pending", "SecretLost")


def test_no_code_of_a_question_goes_out_empty():
    with lose():
        outbox.enqueue(
            "support.code",
            event=TicketFactory(confirmed_at=None).uuid,
            to="jo@example.com",
            secret="123456",
        )
        Notification.objects.update(state="pending", leased_until=None)
    outbox.sweep()
    assert not mail.outbox
    assert Notification.objects.get().last_error == "SecretLost"


def test_a_code_goes_out_once_the_key_is_back(visitor):
    with lose():
        visitor.post("/accounts/login/code/", {"email": "jo@example.com"})
    Notification.objects.update(state="pending", leased_until=None, due_at=timezone.now())
    mail.outbox.clear()
    outbox.sweep()
    assert not mail.outbox
    Notification.objects.update(leased_until=None)
    with lose():
        outbox.sweep()
    assert [letter.to for letter in mail.outbox] == [["jo@example.com"]]
    assert Notification.objects.get().secret == ""


def test_staff_see_the_mail_whose_code_is_lost(signed_in):
    with lose():
        outbox.enqueue("accounts.mail", event="1", to="jo@example.com", secret="{}")
    staff = signed_in(User.objects.create_superuser("root@example.com"))
    row = Notification.objects.get()
    for page in ("", f"{row.pk}/change/"):
        assert staff.get(f"/admin/accounts/notification/{page}").status_code == 200
    tasks.prune_outbox()


# The second factor


@pytest.fixture
def staff(settings):
    settings.DEMO = False
    return UserFactory(password="four plain words here", is_staff=True)


def log_in(visitor, user, code):
    sent = {"login": user.email, "password": "four plain words here"}
    visitor.post("/accounts/login/", sent)
    return visitor.post("/accounts/2fa/authenticate/", {"code": code})


def test_the_codes_of_a_lost_app_are_refused_in_plain_words(visitor, staff):
    with lose():
        secret = with_app(staff)
        codes = RecoveryCodes.activate(staff).get_unused_codes()
    for code in (digits(secret), codes[0], "000000"):
        page = log_in(visitor, staff, code)
        assert page.status_code == 200
        assert "We can’t check the codes of your app anymore." in page.text
        assert "_auth_user_id" not in visitor.session


def test_recovery_codes_work_though_the_app_is_lost_and_the_other_way_around(visitor, staff):
    with lose():
        with_app(staff)
    codes = RecoveryCodes.activate(staff).get_unused_codes()
    assert log_in(visitor, staff, codes[0]).status_code == 302
    Authenticator.objects.all().delete()
    visitor.logout()
    with lose():
        RecoveryCodes.activate(staff)
    secret = with_app(staff)
    assert "We can’t check" not in log_in(visitor, staff, "000000").text
    assert log_in(visitor, staff, digits(secret)).status_code == 302


def test_lost_recovery_codes_are_not_shown_and_new_ones_are(visitor, staff):
    with lose():
        RecoveryCodes.activate(staff)
    log_in(visitor, staff, digits(with_app(staff)))
    codes = "/accounts/2fa/recovery-codes/"
    for page in (codes, f"{codes}download/"):
        answer = visitor.get(page, follow=True)
        assert "We can’t show your recovery codes anymore. Make new ones." in answer.text
        assert "<code>" not in answer.text
    visitor.post(f"{codes}generate/")
    assert "<code>" in visitor.get(codes).text
