"""What people write to each other is nowhere in the clear but on their own pages.

Canaries go in through the front door. Then we look for them wherever else text can end up, and the
same search finds words that are plainly there.
"""

import base64
import json
import logging
import pickle
from datetime import timedelta
from email import message_from_bytes, policy
from uuid import uuid4

import pytest
import redis
from celery.signals import before_task_publish, task_prerun
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.utils import timezone
from django.utils.module_loading import import_string

from accounts.models import Notification, User
from accounts.tests.factories import UserFactory
from booking.models import Appointment
from booking.tests.steps import answers, details_url, moved
from headway.celery import SCHEDULE
from headway.tests.columns import stored
from headway.tests.crawl import crawl
from headway.tests.environment import SITE
from headway.tests.processes import REDIS, post, until
from messaging.models import AwayNote, Draft, Message, SavedReply
from providers.tests.factories import PlanFactory, ProviderFactory

WHERE = (  # add a word here and plant it below
    *("note", "member", "typed", "message", "answer", "draft", "late"),
    *("moved", "reason", "away", "reply", "asked", "declined"),
)
CANARIES = {name: f"canary{name}zq" for name in WHERE}


def found_in(text):
    """The canaries in a text."""
    return {name for name, word in CANARIES.items() if word in text.lower()}


@pytest.fixture
def people(monday):
    dana = ProviderFactory(name="Dana Whitfield", hours=True, plans=[PlanFactory()])
    jordan = UserFactory(email="jordan@example.com", full_name="Jordan Ellis")
    return dana, jordan


@pytest.fixture
def heard(caplog):
    """Everything that's logged, and with what tasks are called."""
    caplog.set_level(logging.DEBUG)
    calls = []

    def listen(sender=None, **what):
        calls.append(repr((sender, what.get("args"), what.get("kwargs"), what.get("body"))))

    for signal in (task_prerun, before_task_publish):
        signal.connect(listen, weak=False)
    yield caplog, calls
    for signal in (task_prerun, before_task_publish):
        signal.disconnect(listen)


def plant(dana, jordan, signed_in, clock):
    """The two do what they do on the site, with a canary in each text. Yields after each step."""
    client = signed_in(jordan)
    page = details_url(dana)
    asked = {**answers(dana), "member_id": CANARIES["member"], "copay": "25"}
    client.post(page, {**asked, "note": CANARIES["typed"], "choose": "1"})
    yield "typed"
    client.post(page, {**asked, "note": CANARIES["note"]})
    visit = Appointment.objects.get()
    pair = visit.relationship
    write_to_each_other(pair, client, signed_in(dana.user))
    day = timezone.now().date()
    AwayNote.objects.create(provider=dana, first_day=day, last_day=day, text=CANARIES["away"])
    SavedReply.objects.create(provider=dana, name="Usual", body=CANARIES["reply"])
    yield "written"
    clock.shift(timedelta(minutes=90))
    send_late(client, f"/messages/{pair.uuid}/")
    yield "sent late"
    move = moved(place="phone", minutes=str(dana.call_minutes), reason=CANARIES["moved"])
    url = f"/workspace/appointments/{visit.uuid}/move/"
    assert signed_in(dana.user).post(url, move).status_code == 302
    yield "moved"
    clock.shift(timedelta(hours=24))
    yield "a day later"
    visit.refresh_from_db()
    cancel = {"version": visit.sequence, "reason": CANARIES["reason"]}
    signed_in(jordan).post(f"/appointments/{visit.uuid}/cancel/", cancel)
    yield "canceled"


def write_to_each_other(pair, client, provider):
    url = f"/messages/{pair.uuid}/"
    client.post(url, {"uuid": uuid4(), "topic": "clinical", "body": CANARIES["message"]})
    provider.post(url, {"uuid": uuid4(), "body": CANARIES["answer"]})
    draft = {"uuid": uuid4(), "version": 0, "body": CANARIES["draft"]}
    assert client.post(f"{url}draft/", draft).status_code == 200
    visit, key = pair.appointments.get(), uuid4()
    asked = {"uuid": key, "version": visit.sequence, "wants": "move", "words": CANARIES["asked"]}
    client.post(f"{url}ask/", asked)
    no = {"uuid": uuid4(), "words": CANARIES["declined"]}
    provider.post(f"/messages/requests/{key}/decline/", no)


def send_late(client, url):
    """What's typed after the session ended is kept in the next one."""
    headers = {"Origin": SITE, "Referer": f"{SITE}{url}"}
    client.post(url, {"uuid": uuid4(), "body": CANARIES["late"]}, headers=headers)


def run_all_tasks():
    for name in SCHEDULE:
        import_string(name).apply(throw=True)


def letters(outbox):
    """Each mail with its envelope, its headers, and all parts decoded."""
    for letter in outbox:
        parsed = message_from_bytes(letter.message().as_bytes(), policy=policy.default)
        parts = [part.get_payload(decode=True) or b"" for part in parsed.walk()]
        headers = [f"{name}: {value}" for part in parsed.walk() for name, value in part.items()]
        envelope = repr((letter.from_email, letter.recipients()))
        yield "\n".join([envelope, *headers, *(part.decode(errors="replace") for part in parts)])


def database():
    """All that's stored, with sessions and the cache decoded as well."""
    sessions = [json.dumps(each.get_decoded()) for each in Session.objects.all()]
    columns = stored()
    cached = [repr(pickle.loads(base64.b64decode(each))) for each in columns.get("cache.value", [])]
    return {
        **{name: " ".join(values) for name, values in columns.items()},
        "sessions": " ".join(sessions),
        "cached": " ".join(cached),
    }


def store_plainly(jordan, person):
    """The control: every canary where it's stored in the clear."""
    text = " ".join(CANARIES.values())
    session = person.session
    session["control"] = text
    session.save()
    cache.set("control", text)
    User.objects.filter(pk=jordan.pk).update(full_name=CANARIES["message"])


@pytest.mark.django_db
def test_what_people_write_is_nowhere_in_the_clear(people, signed_in, monday, mailbox, heard):
    dana, jordan = people
    for step in plant(dana, jordan, signed_in, monday):
        run_all_tasks()
        found = {name: found_in(text) for name, text in database().items()}
        assert not {name: each for name, each in found.items() if each}, step
    assert_all_are_there()
    caplog, calls = heard
    mails = list(letters(mailbox))
    logged = caplog.text + repr([record.__dict__ for record in caplog.records])
    assert not found_in(" ".join(mails))
    assert not found_in(logged)
    assert not found_in(" ".join(calls))
    staff = signed_in(User.objects.create_superuser("root@example.com"))
    pages = list(crawl(staff, "/admin/", *admin_pages()))
    assert not {page.address: found_in(page.text) for page in pages if found_in(page.text)}

    # The controls.
    assert "you have a new message" in " ".join(mails).lower()
    assert "subject: an appointment was canceled" in " ".join(mails).lower()
    assert "messaging:conversation" in logged
    assert "accounts.tasks.sweep" in " ".join(calls)
    logging.getLogger("anything").debug("So it is: %s", CANARIES["note"])
    assert found_in(caplog.text) == {"note"}
    store_plainly(jordan, staff)
    found = {name: found_in(text) for name, text in database().items() if found_in(text)}
    assert found["accounts_user.full_name"] == {"message"}
    assert found["sessions"] == found["cached"] == set(CANARIES)
    text = " ".join(page.text for page in crawl(staff, "/admin/", *admin_pages()))
    assert found_in(text) == {"message"}
    assert len(pages) > 20


def admin_pages():
    """Each person's and each mail's own page: a crawl follows only a few of each."""
    for model, rows in (("user", User.objects), ("notification", Notification.objects)):
        for pk in rows.values_list("pk", flat=True):
            yield f"/admin/accounts/{model}/{pk}/change/"


def assert_all_are_there():
    """They all went in: decrypted, each is where it belongs."""
    visit = Appointment.objects.get()
    events = visit.events.values_list("reason", flat=True)
    texts = [visit.client_note, visit.relationship.coverage.member_id, *events]
    for rows, name in ((Message, "body"), (Draft, "body"), (SavedReply, "body")):
        texts += rows.objects.values_list(name, flat=True)
    texts += AwayNote.objects.values_list("text", flat=True)
    kept = set(CANARIES) - {"typed", "late"}  # these are in sessions
    assert found_in(" ".join(texts)) == kept
    sessions = json.dumps([each.get_decoded() for each in Session.objects.all()])
    assert '"unsent"' in sessions


@pytest.mark.redis
@pytest.mark.django_db(transaction=True)
def test_redis_has_none_of_it(web):
    """A site with no worker, so that everything it queues stays there."""
    dana = ProviderFactory(hours=True, plans=[PlanFactory()])
    jordan = UserFactory(email="jordan@example.com", full_name="Jordan Ellis")
    site = web(REDIS)
    note = {"note": CANARIES["note"], "member_id": CANARIES["member"]}
    post(jordan, f"{site}{details_url(dana)}", answers(dana, **note))
    pair = Appointment.objects.get().relationship
    url = f"{site}/messages/{pair.uuid}/"
    post(jordan, url, {"uuid": uuid4(), "topic": "clinical", "body": CANARIES["message"]})
    post(jordan, f"{url}draft/", {"uuid": uuid4(), "version": 0, "body": CANARIES["draft"]})
    visit = Appointment.objects.get()
    cancel = {"version": "0", "reason": CANARIES["reason"]}
    post(jordan, f"{site}/appointments/{visit.uuid}/cancel/", cancel)
    assert found_in(visit.client_note) == {"note"}
    queued = until(in_redis)
    assert "accounts" in queued
    assert "deliver" in queued
    assert not found_in(queued)
    with redis.Redis.from_url(REDIS) as server:
        body = base64.b64encode(json.dumps(list(CANARIES.values())).encode()).decode()
        server.lpush("celery", json.dumps({"body": body}))
        assert found_in(in_redis()) == set(CANARIES)
        server.delete("celery", "codes")


def in_redis():
    """All that Redis has in this database, with the bodies of tasks decoded."""
    texts = []
    with redis.Redis.from_url(REDIS, decode_responses=True) as server:
        read = {
            "list": lambda key: server.lrange(key, 0, -1),
            "hash": lambda key: [*server.hgetall(key).values()],
            "set": lambda key: [*server.smembers(key)],
            "zset": lambda key: server.zrange(key, 0, -1),
            "string": lambda key: [server.get(key)],
        }
        for key in server.scan_iter():
            texts += [key, *read[server.type(key)](key)]
    for text in [text for text in texts if text.startswith("{")]:
        texts.append(base64.b64decode(json.loads(text).get("body", "")).decode())
    return " ".join(texts)
