"""What is committed is told: once normally, at least once in any case, never after it lapsed."""

import smtplib
import threading
from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from accounts import outbox
from accounts.models import Notification
from accounts.tests.factories import UserFactory
from accounts.tests.mail_server import MailServer

pytestmark = pytest.mark.django_db
State = Notification.State
NOON = timezone.datetime(2026, 11, 24, 12, tzinfo=timezone.get_default_timezone())


class Server(EmailBackend):
    """A mail server that answers as a test says, and counts."""

    answers = []  # exceptions to raise, one a try
    tries = 0

    def send_messages(self, messages):
        type(self).tries += 1
        if self.answers:
            raise self.answers.pop(0)
        return super().send_messages(messages)


@pytest.fixture(autouse=True)
def server(settings, monkeypatch):
    settings.EMAIL_BACKEND = f"{__name__}.Server"
    monkeypatch.setattr(Server, "answers", [])
    monkeypatch.setattr(Server, "tries", 0)
    monkeypatch.setattr(outbox, "_nudge_again_at", 0.0)
    return Server


@pytest.fixture
def news(monkeypatch):
    """The kind "accounts.test", and what it answers: change news["mail"], or put None there."""
    answer = {"mail": outbox.Mail("Hello", code="123456")}

    def compose(notification):
        if isinstance(answer["mail"], Exception):
            raise answer["mail"]
        return answer["mail"]

    monkeypatch.setitem(outbox._kinds, "accounts.test", compose)
    return answer


def enqueue(**fields):
    return outbox.enqueue("accounts.test", **{"event": "1", "to": "jo@example.com", **fields})


@pytest.mark.demo
def test_mail_goes_out_once_its_event_is_committed(
    news, server, django_capture_on_commit_callbacks
):
    user = UserFactory()
    with django_capture_on_commit_callbacks(execute=True):
        enqueue(to=user)
        assert not mail.outbox
    row = Notification.objects.get()
    [message] = mail.outbox
    assert message.to == [user.email]
    assert (row.state, row.recipient, row.attempts) == (State.SENT, user, 1)
    assert row.sent_at


def test_an_event_that_is_rolled_back_tells_nobody(news, django_capture_on_commit_callbacks):
    with (
        django_capture_on_commit_callbacks(execute=True),
        pytest.raises(ZeroDivisionError),
        transaction.atomic(),
    ):
        enqueue()
        1 / 0  # noqa: B018
    assert not Notification.objects.exists()
    assert not mail.outbox


@pytest.mark.demo
def test_telling_again_changes_nothing_and_leaves_the_transaction_whole(
    news, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        enqueue()
        enqueue(secret="another")
        assert UserFactory().pk  # the transaction goes on
    assert Notification.objects.count() == len(mail.outbox) == 1


def test_telling_a_person_again_changes_nothing_even_at_a_new_email(news):
    user = UserFactory(email="old@mail.example")
    enqueue(to=user)
    outbox.sweep()
    user.email = "new@mail.example"
    user.save()
    enqueue(to=user)
    outbox.sweep()
    assert [message.to for message in mail.outbox] == [["old@mail.example"]]
    with pytest.raises(IntegrityError):
        Notification.objects.create(kind="accounts.test", event="1", recipient=user)


def test_an_unknown_kind_is_refused_at_once():
    with pytest.raises(LookupError):
        outbox.enqueue("accounts.tset", event="1", to="jo@example.com")


def test_what_is_due_later_waits_for_the_sweep(news, django_capture_on_commit_callbacks):
    with time_machine.travel(NOON, tick=False) as clock:
        with django_capture_on_commit_callbacks() as callbacks:
            enqueue(due_at=timezone.now() + timedelta(hours=1))
        assert not callbacks
        outbox.sweep()
        outbox.deliver(Notification.objects.get().pk)
        assert not mail.outbox
        clock.shift(timedelta(hours=1))
        outbox.sweep()
        assert len(mail.outbox) == 1


def test_news_that_no_longer_hold_are_dropped(news):
    enqueue(secret="123456")
    news["mail"] = None
    outbox.sweep()
    row = Notification.objects.get()
    assert (row.state, row.secret) == (State.DROPPED, "")
    assert not mail.outbox


def test_a_code_that_expired_is_dropped_and_blanked(news):
    with time_machine.travel(NOON, tick=False) as clock:
        enqueue(secret="123456", expires_at=timezone.now() + timedelta(minutes=10))
        clock.shift(timedelta(minutes=10))
        outbox.sweep()
    row = Notification.objects.get()
    assert (row.state, row.secret) == (State.DROPPED, "")
    assert not mail.outbox


def test_a_code_is_encrypted_while_it_waits_and_blanked_once_sent(news):
    enqueue(secret="123456")
    with connection.cursor() as cursor:
        cursor.execute("SELECT secret FROM accounts_notification")
        assert "123456" not in cursor.fetchone()[0]
    outbox.sweep()
    assert Notification.objects.get().secret == ""


@pytest.mark.parametrize(
    "answer",
    [
        smtplib.SMTPRecipientsRefused({"jo@example.com": (451, b"later")}),
        smtplib.SMTPDataError(452, b"full"),
        smtplib.SMTPServerDisconnected("gone"),
        smtplib.SMTPAuthenticationError(535, b"our own fault"),
        smtplib.SMTPSenderRefused(550, b"5.1.0 rejected", "hello@headway.example"),
        smtplib.SMTPSenderRefused(553, b"no", "hello@headway.example"),
        smtplib.SMTPRecipientsRefused({"jo@example.com": (553, b"5.7.1 <hello@h>: not yours")}),
        smtplib.SMTPRecipientsRefused({"jo@example.com": (550, b"5.1.8 sender's domain unknown")}),
        smtplib.SMTPRecipientsRefused({"jo@example.com": (530, b"log in first")}),
        smtplib.SMTPDataError(550, b"5.7.26 unauthenticated sender"),
        ConnectionRefusedError(),
        TimeoutError(),
    ],
    ids=lambda answer: f"{type(answer).__name__} {answer}"[:60],
)
def test_a_passing_trouble_is_tried_again_ever_less_often(answer, news, server):
    server.answers.extend([answer] * 5)
    waited = []
    with time_machine.travel(NOON, tick=False) as clock:
        enqueue(secret="123456")
        for minutes in range(200):
            tries = server.tries
            outbox.sweep()
            if server.tries > tries:
                waited.append(minutes)
            clock.shift(timedelta(minutes=1))
    assert waited == [0, 1, 6, 21, 81, 141]
    row = Notification.objects.get()
    assert (row.state, row.secret, row.last_error) == (State.SENT, "", "")


def test_it_gives_up_a_day_after_it_was_due(news, server, caplog):
    server.answers.extend([ConnectionRefusedError()] * 100)
    with time_machine.travel(NOON, tick=False) as clock:
        enqueue(secret="123456")
        for _ in range(24 * 4 + 5):
            outbox.sweep()
            clock.shift(timedelta(minutes=15))
    row = Notification.objects.get()
    assert (row.state, row.secret) == (State.FAILED, "")
    assert row.last_error == "ConnectionRefusedError"
    assert "jo@example.com" not in caplog.text


@pytest.mark.parametrize(
    "answer",
    [
        smtplib.SMTPRecipientsRefused({"jo@example.com": (550, b"jo@example.com: nobody")}),
        smtplib.SMTPRecipientsRefused({"jo@example.com": (550, b"5.1.1 nobody 5.7.1")}),
        smtplib.SMTPDataError(554, b"no"),
    ],
    ids=lambda answer: f"{type(answer).__name__} {answer}"[:60],
)
def test_a_refusal_for_good_is_shown_and_not_repeated(answer, news, server, caplog):
    server.answers.append(answer)
    enqueue(secret="123456")
    outbox.sweep()
    outbox.sweep()
    row = Notification.objects.get()
    assert (row.state, row.secret, server.tries) == (State.FAILED, "", 1)
    assert row.last_error.split() == [type(answer).__name__, row.last_error.split()[1]]
    assert "jo@example.com" not in caplog.text + row.last_error


def test_a_mail_that_cannot_be_written_waits_and_its_words_stay_out_of_the_log(news, caplog):
    good, news["mail"] = news["mail"], ValueError("about Jo's health")
    with time_machine.travel(NOON, tick=False) as clock:
        enqueue()
        outbox.sweep()
        assert Notification.objects.get().last_error == "ValueError"
        assert "health" not in caplog.text
        news["mail"] = good
        clock.shift(timedelta(minutes=1))
        outbox.sweep()
    assert len(mail.outbox) == 1


def test_one_that_fails_does_not_stop_the_next(news, server):
    server.answers.append(smtplib.SMTPDataError(554, b"no"))
    enqueue(event="1")
    enqueue(event="2")
    outbox.sweep()
    assert set(Notification.objects.values_list("state", flat=True)) == {State.FAILED, State.SENT}


def test_what_expires_soonest_goes_first(news):
    with time_machine.travel(NOON, tick=False):
        now = timezone.now()
        enqueue(to="notice@example.com", due_at=now - timedelta(hours=2))
        enqueue(to="reminder@example.com", expires_at=now + timedelta(hours=24))
        enqueue(to="code@example.com", expires_at=now + timedelta(minutes=10))
        outbox.sweep()
    assert [message.to[0].split("@")[0] for message in mail.outbox] == [
        "code",
        "reminder",
        "notice",
    ]


def test_a_crash_in_mid_delivery_is_taken_up_after_the_lease_with_the_same_message_id(news, server):
    class Killed(BaseException):
        """As SIGKILL: nobody cleans up."""

    with time_machine.travel(NOON, tick=False) as clock:
        enqueue()
        row = Notification.objects.get()
        with pytest.MonkeyPatch.context() as patch, pytest.raises(Killed):
            send = EmailBackend.send_messages

            def send_and_die(self, messages):
                send(self, messages)
                raise Killed

            patch.setattr(Server, "send_messages", send_and_die)
            outbox.deliver(row.pk)
        clock.shift(timedelta(minutes=14))
        outbox.sweep()
        assert len(mail.outbox) == 1
        clock.shift(timedelta(minutes=1))
        outbox.sweep()
        outbox.sweep()
    first, second = mail.outbox
    assert first.extra_headers["Message-ID"] == second.extra_headers["Message-ID"]
    assert str(row.uuid) in first.extra_headers["Message-ID"]
    assert Notification.objects.get().state == State.SENT


def test_a_slow_deliverer_that_fails_late_does_not_undo_what_another_sent(news, server):
    with time_machine.travel(NOON, tick=False) as clock:
        enqueue()
        slow = outbox._claim(Notification.objects.get().pk)
        clock.shift(timedelta(minutes=15))
        outbox.sweep()
        outbox._failed(slow, TimeoutError())
        assert Notification.objects.get().state == State.SENT


def test_a_slow_deliverer_that_fails_late_leaves_it_to_whoever_took_it_up(
    news, server, monkeypatch
):
    """While the second one is sending, the first one hears that the address is unknown."""

    def send(self, messages):
        refused = smtplib.SMTPRecipientsRefused({"jo@example.com": (550, b"nobody")})
        outbox._failed(slow, refused)
        outbox.deliver(row.pk)  # nor can a third take it up
        seen.append(Notification.objects.get())
        return 1

    seen = []
    monkeypatch.setattr(Server, "send_messages", send)
    with time_machine.travel(NOON, tick=False) as clock:
        enqueue(secret="123456")
        row = Notification.objects.get()
        slow = outbox._claim(row.pk)
        clock.shift(timedelta(minutes=15))
        outbox.sweep()
    [while_sending] = seen
    assert (while_sending.state, while_sending.secret) == (State.SENDING, "123456")
    assert while_sending.leased_until == NOON + timedelta(minutes=30)
    assert Notification.objects.get().state == State.SENT


def test_a_sweep_opens_one_connection_however_many_mails_it_sends(news, settings):
    with MailServer(answers={2: b"550 not from you"}) as server:
        server.use(settings)
        for number in range(3):
            enqueue(event=str(number), to=f"{number}@example.com")
        outbox.sweep()
    assert [message["To"] for message in server.taken] == ["0@example.com", "2@example.com"]
    assert server.connections == 1


def test_a_connection_that_the_server_ends_costs_the_other_mails_nothing(news, settings):
    with MailServer(answers={3: b"421 enough for one connection"}) as server:
        server.use(settings)
        for number in range(5):
            enqueue(event=str(number), to=f"{number}@example.com")
        outbox.sweep()
    assert len(server.taken) == 4
    assert server.connections == 2
    states = Notification.objects.order_by("pk").values_list("state", flat=True)
    assert list(states) == [State.SENT, State.SENT, State.PENDING, State.SENT, State.SENT]


def test_a_sweep_ends_in_time_however_much_is_owed(news, server):
    for number in range(5):
        enqueue(event=str(number))
    outbox.sweep(seconds=0)
    assert len(mail.outbox) == 1


@pytest.mark.django_db(transaction=True)
def test_two_deliverers_at_once_send_once(news, server, settings):
    settings.CELERY_TASK_ALWAYS_EAGER = False
    rows = Notification.objects.bulk_create(
        Notification(kind="accounts.test", event=str(number), address="jo@example.com")
        for number in range(10)
    )
    together = threading.Barrier(4)

    def run():
        try:
            for row in rows:
                together.wait(timeout=30)
                outbox.deliver(row.pk)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert server.tries == len(mail.outbox) == 10
    assert set(Notification.objects.values_list("state", "attempts")) == {(State.SENT, 1)}


@pytest.mark.demo
@pytest.mark.django_db(transaction=True)
def test_no_transaction_is_open_while_the_mail_server_takes_its_time(news, server, monkeypatch):
    def send(self, messages):
        seen.append(connection.in_atomic_block)
        return 1

    seen = []
    monkeypatch.setattr(Server, "send_messages", send)
    with transaction.atomic():
        enqueue()
    assert seen == [False]


@pytest.mark.django_db(transaction=True)
def test_a_broken_nudge_costs_nobody_their_page_and_is_not_tried_again_at_once(
    news, server, monkeypatch
):
    def refuse(args, **options):
        asked.append(args)
        raise ConnectionError

    asked = []
    monkeypatch.setattr(outbox.deliver, "apply_async", refuse)
    with transaction.atomic():
        enqueue(event="1")
        enqueue(event="2")
    assert len(mail.outbox) == 2
    assert len(asked) == 1


@pytest.mark.parametrize(
    ("lives", "queue"),
    [(timedelta(minutes=10), "codes"), (timedelta(hours=24), None), (None, None)],
    ids=["code", "reminder", "news"],
)
@pytest.mark.django_db(transaction=True)
def test_a_code_is_nudged_in_a_queue_of_its_own(news, monkeypatch, lives, queue):
    def ask(args, queue):
        asked.append(queue)

    asked = []
    monkeypatch.setattr(outbox.deliver, "apply_async", ask)
    with transaction.atomic():
        enqueue(expires_at=lives and timezone.now() + lives)
    assert asked == [queue]


@pytest.mark.django_db(transaction=True)
def test_whatever_fails_after_the_commit_the_page_goes_on(news, server, monkeypatch):
    def fail(*args, **options):
        raise ConnectionError

    monkeypatch.setattr(outbox.deliver, "apply_async", fail)
    monkeypatch.setattr(outbox.deliver, "run", fail)
    with transaction.atomic():
        enqueue()
    assert Notification.objects.get().state == State.PENDING
