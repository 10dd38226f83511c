"""`manage.py rotate_keys`: everything gets the first key, whatever happens in the meantime."""

import os
import re
import subprocess
import sys
from datetime import timedelta
from io import StringIO
from uuid import uuid4

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from cryptography.fernet import Fernet, InvalidToken
from django.apps import apps
from django.core.management import CommandError, call_command
from django.test import override_settings
from django.utils import timezone

from accounts import outbox, rotation
from accounts.fields import LosableTextField, decrypt
from accounts.tests.factories import UserFactory
from accounts.tests.steps import with_app
from booking.appointments import scheduling
from booking.models import Coverage
from booking.tests.factories import AppointmentFactory
from booking.tests.steps import contend
from headway.tests.columns import stored
from headway.tests.processes import ROOT, database_url, kill, until
from messaging import drafts
from messaging.models import AwayNote, Draft, Message, SavedReply
from messaging.tests.factories import write
from providers.tests.factories import PlanFactory
from support.tests.factories import TicketReplyFactory

FIRST, MIDDLE, LAST, GONE = (Fernet.generate_key().decode() for _ in range(4))
TOKEN = re.compile(r"gAAAA[\w-]{60,}={0,2}")


@pytest.fixture(autouse=True)
def keys(settings):
    settings.FIELD_KEYS = [FIRST, MIDDLE, LAST]


def with_key(key):
    return override_settings(FIELD_KEYS=[key])


def rotate():
    """What the command says."""
    said = StringIO()
    call_command("rotate_keys", stdout=said)
    return said.getvalue()


def tokens():
    """What is encrypted in the database, wherever it is: {"table.column": tokens}."""
    found = {name: TOKEN.findall(" ".join(values)) for name, values in stored().items()}
    return {name: each for name, each in found.items() if each}


def readable(key):
    """The columns in which this key alone decrypts everything, and those in which it doesn't."""
    whole, rest = set(), set()
    with with_key(key):
        for name, found in tokens().items():
            try:
                [decrypt(token) for token in found]
                whole.add(name)
            except InvalidToken:
                rest.add(name)
    return whole, rest


def fill():
    """A row with text in everything that is encrypted."""
    visit = AppointmentFactory(client_note="A note.")
    pair, dana = visit.relationship, visit.provider
    plan = PlanFactory()
    Coverage.objects.create(relationship=pair, kind="plan", plan=plan, member_id="W1")
    scheduling.cancel(visit, by=visit.client, reason="A reason.")
    write(pair, pair.client, "A message.")
    drafts.save(pair, by=pair.client, uuid=uuid4(), version=0, body="A draft.")
    day, later = timezone.now().date(), timezone.now() + timedelta(days=1)
    AwayNote.objects.create(provider=dana, first_day=day, last_day=day, text="Away.")
    SavedReply.objects.create(provider=dana, name="Usual", body="A reply.")
    TicketReplyFactory()
    with_app(dana.user)
    RecoveryCodes.activate(dana.user)
    outbox.enqueue("accounts.mail", event="1", to=UserFactory(), secret="{}", due_at=later)
    return pair


def encrypted_fields():
    """The columns of all models that hold encrypted text."""
    return {
        f"{model._meta.db_table}.{field.column}"
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if isinstance(field, LosableTextField)
    }


@pytest.mark.django_db
def test_each_key_of_the_settings_decrypts_and_the_first_encrypts():
    pair = AppointmentFactory().relationship
    for key in (FIRST, MIDDLE, LAST):
        with with_key(key):
            write(pair, pair.client, f"With {key}.")
    bodies = [message.body for message in Message.objects.order_by("pk")]
    assert bodies == [f"With {key}." for key in (FIRST, MIDDLE, LAST)]
    write(pair, pair.client, "Now.")
    with with_key(FIRST):
        bodies = [message.body for message in Message.objects.order_by("pk")]
    assert bodies == [f"With {FIRST}.", "", "", "Now."]


@pytest.mark.django_db
def test_everything_encrypted_gets_the_first_key():
    """A new encrypted column fails here until it's rotated, and `fill` writes it."""
    for key in (MIDDLE, LAST):
        with with_key(key):
            fill()
    where = encrypted_fields() | {"mfa_authenticator.data"}
    assert tokens().keys() == where
    assert readable(FIRST) == (set(), where)
    rotate()
    assert readable(FIRST) == (where, set())
    with with_key(FIRST):
        assert {each.body for each in Draft.objects.all()} == {"A draft."}
        assert all(each.wrap().generate_codes() for each in codes())


def codes():
    return Authenticator.objects.filter(type=Authenticator.Type.RECOVERY_CODES)


@pytest.mark.django_db
def test_a_second_run_writes_nothing():
    with with_key(LAST):
        fill()
    rotate()
    before = stored()
    said = rotate()
    assert stored() == before
    assert "messaging_message.body: 0 encrypted again, 1 had the first key" in said


@pytest.mark.django_db
def test_what_no_key_decrypts_is_named_and_stays_and_the_rest_is_done(capsys):
    with with_key(GONE):
        pair = AppointmentFactory().relationship
        lost = write(pair, pair.client, "A lost message.")
    with with_key(LAST):
        fill()
    before = tokens()["messaging_message.body"][0]
    with pytest.raises(CommandError, match="these 1 values") as failed:
        rotate()
    assert failed.value.returncode
    said = capsys.readouterr().err
    assert said.split("\n")[0] == f"messaging_message {lost.pk}"
    assert tokens()["messaging_message.body"][0] == before
    assert readable(FIRST)[1] == {"messaging_message.body"}
    with with_key(GONE):
        lost.refresh_from_db()
        assert lost.body == "A lost message."


@pytest.mark.django_db
def test_stopped_by_hand_it_says_so_and_goes_on_with_the_rest(monkeypatch):
    monkeypatch.setattr(rotation, "BATCH", 2)
    with with_key(LAST):
        pair = fill()
        for number in range(7):
            write(pair, pair.client, f"Message {number}.")
    settle, done = rotation._settle, []

    def stop(*args):
        if len(done) == 9:
            raise KeyboardInterrupt
        done.append(1)
        return settle(*args)

    monkeypatch.setattr(rotation, "_settle", stop)
    with pytest.raises(CommandError, match="Run it again"):
        rotate()
    assert all(readable(FIRST))
    monkeypatch.setattr(rotation, "_settle", settle)
    rotate()
    assert not readable(FIRST)[1]


@pytest.mark.django_db(transaction=True)
def test_killed_half_way_it_goes_on_with_the_rest():
    with with_key(LAST):
        pair = AppointmentFactory().relationship
        first = write(pair, pair.client, "Message.")
        rows = [
            Message(conversation=first.conversation, author=pair.client, body=f"{number}",
                    sent_at=timezone.now())
            for number in range(4000)
        ]  # fmt: skip
        Message.objects.bulk_create(rows)
    command = start()
    until(lambda: rotated() > 100, every=0.02)
    kill(command)
    assert 100 < rotated() < 4001
    assert start().wait(timeout=120) == 0
    assert rotated() == 4001
    with with_key(FIRST):
        assert {each.body for each in Message.objects.all()} == {"Message."} | set(
            map(str, range(4000))
        )


def start():
    """The command as a process of its own."""
    environment = {
        **os.environ,
        "DATABASE_URL": database_url(),
        "FIELD_KEYS": ",".join([FIRST, MIDDLE, LAST]),
    }
    return subprocess.Popen(
        [sys.executable, "manage.py", "rotate_keys"],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    )


def rotated():
    """How many messages have the first key."""
    with with_key(FIRST):
        return sum(bool(each.body) for each in Message.objects.all())


@pytest.mark.django_db(transaction=True)
def test_what_someone_writes_in_the_meantime_stays(monkeypatch):
    """The site saves a draft after the command read it, and before it writes it."""
    with with_key(LAST):
        fill()
    column = rotation.TextColumn(Draft, "body")
    stale = list(column.stored())
    draft = Draft.objects.get()
    draft.body = "A newer draft."
    draft.save()
    for pk, value in stale:
        assert not rotation._settle(column, pk, value, rotation.Count())
    assert Draft.objects.get().body == "A newer draft."
    factors = rotation.FactorColumn()
    stale = list(factors.stored())
    assert codes().get().wrap().validate_code(codes().get().wrap().get_unused_codes()[0])
    results = [rotation._settle(factors, pk, value, rotation.Count()) for pk, value in stale]
    assert sorted(results) == [False, True]  # the control: the app's row didn't change
    assert len(codes().get().wrap().get_unused_codes()) == 9
    rotate()
    assert not readable(FIRST)[1]
    assert Draft.objects.get().body == "A newer draft."


@pytest.mark.django_db(transaction=True)
def test_while_drafts_are_saved_nothing_is_lost():
    with with_key(LAST):
        pairs = [AppointmentFactory().relationship for _ in range(8)]
        for pair in pairs:
            drafts.save(pair, by=pair.client, uuid=uuid4(), version=0, body="Old")
    texts = {pair.pk: f"New {pair.pk}" for pair in pairs}

    def save(pair):
        for version in range(1, 6):
            drafts.save(pair, by=pair.client, uuid=uuid4(), version=version, body=texts[pair.pk])

    results = contend([rotate, *[lambda pair=pair: save(pair) for pair in pairs[:4]], rotate])
    assert not [each for each in results if isinstance(each, Exception)], results
    with with_key(FIRST):
        found = {each.relationship_id: each.body for each in Draft.objects.all()}
    assert found == {pair.pk: texts[pair.pk] if pair in pairs[:4] else "Old" for pair in pairs}
