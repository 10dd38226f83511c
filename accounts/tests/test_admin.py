"""The admin for people: view-only, no deleting, and no probing from the address bar."""

import re
import smtplib
from datetime import UTC, date, datetime

import pytest
from django.contrib import admin
from django.contrib.auth.models import Permission

from accounts import outbox
from accounts.admin import SafeAdmin, SafeInline
from accounts.models import AccessEvent, Notification
from accounts.tests.factories import UserFactory
from accounts.tests.steps import look

USERS = "/admin/accounts/user/"
MAILS = "/admin/accounts/notification/"
NOBODY_THERE = smtplib.SMTPRecipientsRefused({"ada@mail.example": (550, b"nobody here")})


@pytest.fixture
def support(signed_in):
    """Support staff, who can view users and notifications."""
    user = UserFactory(email="staff@mail.example", is_staff=True)
    codes = ["view_user", "change_user", "delete_user", "add_user", "view_notification"]
    user.user_permissions.set(Permission.objects.filter(codename__in=codes))
    return signed_in(user)


@pytest.fixture
def superuser(signed_in):
    return signed_in(UserFactory(is_staff=True, is_superuser=True))


@pytest.fixture
def ada(db):
    return UserFactory(
        email="ada@mail.example",
        full_name="Ada Lee",
        preferred_name="Addie",
        pronouns="ze/hir",
        phone="+19165550142",
        date_of_birth=date(1990, 2, 3),
        time_zone="America/Boise",
        state="ID",
    )


@pytest.fixture
def test_kind(monkeypatch):
    """The kind "accounts.test", read again from its event."""
    monkeypatch.setitem(outbox._kinds, "accounts.test", lambda _: outbox.Mail("Hello"))


def fail(refusal, **fields):
    """A notification that the mail server answered like that."""
    row = Notification.objects.create(event="1", **fields)
    outbox._failed(outbox._claim(row.pk), refusal)
    return row


def send_again(*rows):
    """The form of the admin's action."""
    return {"action": "send_again", "_selected_action": [row.pk for row in rows]}


def test_staff_find_a_user_by_email_and_see_a_name_and_no_more_of_them(support, ada):
    UserFactory(email="bo@mail.example")
    found = support.get(USERS, {"q": "ada@"})
    assert "ada@mail.example" in found.text
    assert "bo@mail.example" not in found.text
    page = support.get(f"{USERS}{ada.pk}/change/")
    assert "ada@mail.example" in page.text
    assert "Ada Lee" in page.text
    shown = ["email", "full_name", "is_active", "date_joined", "last_login"]
    assert re.findall(r"field-(\w+)", page.text) == shown
    for hidden in ("Addie", "ze/hir", "555", "1990", "Feb. 3", "password", "Boise", "Idaho"):
        assert hidden not in page.text, hidden


def test_users_are_view_only_whatever_the_permissions_say(support, superuser, ada):
    for person in (support, superuser):
        assert person.get(f"{USERS}add/").status_code == 403
        assert person.get(f"{USERS}{ada.pk}/delete/").status_code == 403
        assert person.post(f"{USERS}{ada.pk}/change/", {"email": "x@y.example"}).status_code == 403
        sent = {"action": "delete_selected", "_selected_action": ada.pk, "post": "yes"}
        person.post(USERS, sent)
    ada.refresh_from_db()
    assert ada.email == "ada@mail.example"


@pytest.mark.parametrize(
    "probe",
    [
        "phone__startswith",
        "date_of_birth__gte",
        "password__startswith",
        "email__startswith",
        "is_staff__regex",
        "notifications__secret",
        "is_active__in",
    ],
)
def test_the_address_bar_asks_only_what_a_filter_asks(support, probe):
    assert support.get(USERS, {probe: "1"}).status_code == 400


def test_the_filters_themselves_work(support, ada):
    UserFactory(email="bo@mail.example", is_staff=True)
    page = support.get(USERS, {"is_staff__exact": "0"}).text
    assert "ada@mail.example" in page
    assert "bo@mail.example" not in page


def test_a_nul_in_a_filter_is_a_bad_request(support):
    assert support.get(f"{USERS}?is_staff__exact=%00").status_code == 400
    assert support.get(f"{USERS}?q=a%00").status_code == 400


def test_a_failed_mail_is_seen_but_not_its_code_nor_the_whole_address(support, ada):
    failed = Notification.objects.create(
        kind="accounts.mail",
        event="1",
        address="ada@mail.example",
        secret="123456",
        state=Notification.State.FAILED,
        last_error="SMTPRecipientsRefused 550",
    )
    Notification.objects.update(
        due_at=datetime(2031, 5, 6, 7, tzinfo=UTC),
        expires_at=datetime(2032, 5, 6, 7, tzinfo=UTC),
        sent_at=datetime(2033, 5, 6, 7, tzinfo=UTC),
    )
    for path in ("?state__exact=failed", f"{failed.pk}/change/"):
        page = support.get(f"/admin/accounts/notification/{path}")
        assert "SMTPRecipientsRefused 550" in page.text
        assert "a•••@mail.example" in page.text
        for hidden in ("ada@", "123456", "2031", "2032", "2033"):  # due times reveal the visit's
            assert hidden not in page.text, hidden
    assert support.get("/admin/accounts/notification/add/").status_code == 403


def test_staff_see_where_a_mail_failed_and_where_the_next_one_goes(support):
    user = UserFactory(email="new@mail.example")
    for state, address in (("failed", "old@mail.example"), ("pending", "")):
        Notification.objects.create(
            kind="x", event=state, recipient=user, state=state, address=address
        )
    page = support.get("/admin/accounts/notification/")
    assert "o•••@mail.example" in page.text
    assert "n•••@mail.example" in page.text


def test_staff_see_that_our_own_sender_was_refused_while_we_go_on_trying(support, ada):
    refusal = smtplib.SMTPSenderRefused(550, b"no", "hello@headway.example")
    fail(refusal, kind="accounts.test", recipient=ada)
    page = support.get("/admin/accounts/notification/")
    assert "SMTPSenderRefused 550" in page.text
    assert ">Pending<" in page.text


def test_staff_send_a_failed_email_again(support, ada, mailbox, test_kind):
    failed = fail(NOBODY_THERE, kind="accounts.test", recipient=ada)
    ada.email = "right@mail.example"
    ada.save()
    answer = support.post(f"{MAILS}?state__exact=failed", send_again(failed), follow=True)
    [message] = mailbox
    assert message.to == ["right@mail.example"]
    assert [each.level_tag for each in answer.context["messages"]] == ["success"]
    assert AccessEvent.objects.get().what == "email sent again"
    assert AccessEvent.objects.get().subject == ada


def test_staff_send_neither_a_code_again_nor_what_was_sent(support, ada, mailbox, test_kind):
    code = fail(NOBODY_THERE, kind="accounts.mail", address=ada.email, secret="{}")
    sent = Notification.objects.create(
        kind="accounts.test", event="2", recipient=ada, state=Notification.State.SENT
    )
    answer = support.post(MAILS, send_again(code, sent), follow=True)
    assert not mailbox
    assert "left 2 alone" in answer.text
    assert not AccessEvent.objects.exists()
    states = Notification.objects.order_by("pk").values_list("state", flat=True)
    assert list(states) == ["failed", "sent"]


def test_only_who_sees_the_emails_sends_one_again(signed_in, ada, mailbox, test_kind):
    failed = fail(NOBODY_THERE, kind="accounts.test", recipient=ada)
    person = signed_in(UserFactory(is_staff=True))
    assert person.post(MAILS, send_again(failed)).status_code == 403
    assert signed_in(ada).post(MAILS, send_again(failed)).status_code in (302, 403, 404)
    assert not mailbox


def test_the_trail_is_for_superusers_and_nobody_edits_it(support, superuser, ada):
    look(ada, ada)
    event = AccessEvent.objects.get()
    trail = "/admin/accounts/accessevent/"
    assert "appointment viewed" in superuser.get(trail).text
    assert superuser.get(f"{trail}{event.pk}/change/").status_code == 200
    assert superuser.post(f"{trail}{event.pk}/change/", {"what": "x"}).status_code == 403
    assert superuser.get(f"{trail}{event.pk}/delete/").status_code == 403
    assert support.get(trail).status_code == 403


def test_a_look_at_a_person_is_on_their_trail(support, signed_in, ada):
    support.get(f"{USERS}{ada.pk}/change/")
    support.get(f"{USERS}{ada.pk}/history/")
    support.get(f"{USERS}_2B{ada.pk}/change/")  # "+1", which the admin takes for 1
    events = AccessEvent.objects.order_by("at")
    assert [(each.subject, each.what) for each in events] == [
        (ada, "account viewed"),
        (ada, "account’s history viewed"),
        (ada, "account viewed"),
    ]
    assert {each.actor.email for each in events} == {"staff@mail.example"}
    assert (
        "Headway support</b>:\n              account viewed" in signed_in(ada).get("/account/").text
    )


def test_a_look_that_was_refused_or_found_nobody_is_on_no_trail(support, signed_in, ada):
    assert support.get(f"{USERS}99999/change/").status_code == 302
    other = signed_in(UserFactory(is_staff=True))
    assert other.get(f"{USERS}{ada.pk}/change/").status_code == 403
    assert other.get(f"{USERS}{ada.pk}/history/").status_code == 403
    assert not AccessEvent.objects.exists()


def test_what_takes_over_accounts_is_not_in_the_admin(superuser):
    for path in ("account/emailaddress", "mfa/authenticator", "usersessions/usersession"):
        assert superuser.get(f"/admin/{path}/").status_code == 404
    assert superuser.get("/admin/auth/group/").status_code == 404


def test_every_admin_of_ours_is_a_safe_one():
    assert admin.site._registry
    for model, registered in admin.site._registry.items():
        assert isinstance(registered, SafeAdmin), model
        for inline in registered.inlines:
            assert issubclass(inline, SafeInline), inline
