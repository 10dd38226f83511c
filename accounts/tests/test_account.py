"""The account page: who you are, how you sign in, who looked at your record."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import connection, transaction
from django.utils import timezone

from accounts.models import AccessEvent, Notification
from accounts.tests.factories import UserFactory
from accounts.tests.steps import code_in, look
from providers.tests.factories import ProviderFactory


def test_it_says_who_you_are_and_how_you_sign_in(signed_in):
    page = signed_in(UserFactory(full_name="Ada Lee", email="ada@mail.example")).get("/account/")
    assert "Ada Lee" in page.text
    assert "ada@mail.example" in page.text
    for path in ("password/set/", "email/", "2fa/", "2fa/webauthn/", "sessions/"):
        assert f'href="/accounts/{path}"' in page.text, path
    assert "/accounts/password/change/" not in page.text


def test_someone_with_a_password_can_change_it(signed_in):
    page = signed_in(UserFactory(password="four plain words here")).get("/account/")
    assert 'href="/accounts/password/change/"' in page.text


def test_the_trail_says_who_looked_and_when_in_your_own_zone(signed_in):
    ada = UserFactory(time_zone="America/Los_Angeles")
    with time_machine.travel(datetime(2026, 11, 1, 9, 30, tzinfo=UTC)):  # the clocks just went back
        look(ProviderFactory(user__full_name="Dana Whitfield").user, ada)
        look(UserFactory(is_staff=True, full_name="Secret Name"), ada, "question viewed")
        look(ada, ada, "appointment canceled")
    page = signed_in(ada).get("/account/").text
    assert "Dana Whitfield" in page
    assert "Headway support" in page
    assert "Secret Name" not in page
    assert "November 1, 2026, 1:30 AM, Pacific Time" in page
    assert "203.0.113.7" not in page


def test_the_trail_is_your_own_and_has_the_latest_twenty(signed_in):
    ada, bo = UserFactory(), UserFactory()
    look(bo, bo, "bo's own matter")
    for number in range(21):
        look(ada, ada, f"look number {number};")
    page = signed_in(ada).get("/account/").text
    assert "bo's own" not in page
    assert "look number 20;" in page
    assert "look number 0;" not in page


def test_it_takes_as_many_queries_for_one_look_as_for_three(signed_in, django_assert_num_queries):
    ada = UserFactory()
    person = signed_in(ada)
    person.get("/account/")
    look(ProviderFactory().user, ada)
    with django_assert_num_queries(7):
        person.get("/account/")
    look(ProviderFactory().user, ada)
    look(UserFactory(), ada)
    with django_assert_num_queries(7):
        person.get("/account/")


def test_a_look_records_who_whose_what_and_from_where(db):
    ada, bo = UserFactory(), UserFactory()
    look(bo, ada)
    event = AccessEvent.objects.get()
    assert (event.actor, event.subject, event.what, event.record, event.address) == (
        bo,
        ada,
        "appointment viewed",
        "some-uuid",
        "203.0.113.7",
    )


@pytest.mark.postgres
@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE accounts_accessevent SET what = 'nothing'",
        "DELETE FROM accounts_accessevent",
        "TRUNCATE accounts_accessevent",
        "TRUNCATE accounts_user CASCADE",
    ],
)
def test_on_postgresql_nobody_changes_the_trail(db, sql):
    ada = UserFactory()
    look(ada, ada)
    connection.check_constraints()  # or PostgreSQL itself refuses to empty the table
    with pytest.raises(Exception, match="append-only"), transaction.atomic():
        connection.cursor().execute(sql)
    assert AccessEvent.objects.count() == 1


def test_a_code_proves_a_new_email_and_the_old_one_gets_a_note(just_logged_in, mailbox):
    user = UserFactory(email="old@mail.example")
    person = just_logged_in(user)
    asked = person.post("/accounts/email/", {"email": "new@mail.example", "action_add": ""})
    page = person.get(asked.url, follow=True)
    here = page.redirect_chain[-1][0] if page.redirect_chain else asked.url
    user.refresh_from_db()
    assert user.email == "old@mail.example"
    mail = mailbox.to("new@mail.example")[-1]
    assert "for a Headway account. This code adds it" in mail.body
    assert "your email isn’t added without the code" in mail.body
    code = code_in(mail)
    person.post(here, {"code": code})
    user.refresh_from_db()
    assert user.email == "new@mail.example"
    assert mailbox.to("old@mail.example")[-1].subject == "A change to your account"


def test_three_wrong_codes_for_a_new_email_lead_back_to_it_and_slips_do_not(
    just_logged_in, mailbox
):
    person = just_logged_in(UserFactory(email="old@mail.example"))
    asked = person.post("/accounts/email/", {"email": "new@mail.example", "action_add": ""})
    here = person.get(asked.url, follow=True).request["PATH_INFO"]
    with time_machine.travel(timezone.now() + timedelta(minutes=4)):  # one in three minutes
        page = person.post(here, {"action": "resend"}, follow=True)
    assert [message.level_tag for message in page.context["messages"]] == ["success"]
    code = code_in(mailbox.to("new@mail.example")[-1])
    for _ in range(4):
        assert person.post(here, {"code": ""}).status_code == 200
    for _ in range(3):
        refused = person.post(here, {"code": f"{(int(code) + 1) % 1_000_000:06}"})
    assert refused.url == "/accounts/email/"
    page = person.get(refused.url)
    assert [message.level_tag for message in page.context["messages"]] == ["error"]


def test_the_page_says_when_an_email_failed(signed_in):
    user = UserFactory(email="ada@mail.example", time_zone="America/New_York")
    person = signed_in(user)
    owed = Notification.objects.create(
        kind="x",
        event="x",
        recipient=user,
        address=user.email,
        due_at=datetime(2026, 11, 3, 2, tzinfo=UTC),
    )
    assert "didn’t go through" not in person.get("/account/").text
    owed.state = Notification.State.FAILED
    owed.save()
    assert "ada@mail.example didn’t go through on November 2, 2026" in person.get("/account/").text
