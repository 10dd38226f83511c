"""A million messages in 10,000 conversations of one provider, beside a page of conversations.

Two sites on PostgreSQL, each in its own process and database (BENCH_POSTGRES with _few and _many):
the list, a conversation, news, and an ordinary page of someone signed in. On the full site also
page 80 of a long conversation against page 1. It takes about three minutes to fill.
"""

import os
import sys
from urllib.parse import urlsplit

from .goes import answer, in_turn, side
from .race import POSTGRES, answers, set_up

FEW, MANY = 25, 10_000  # conversations: a page of the list, and many
EACH, LONG = 96, 40_000  # messages in one of them, and in the long one
PAGE = 50
TIMES = 20


def rows():
    """Yield a row for each page, many against few, and one for page 80 against page 1."""
    place = urlsplit(POSTGRES)
    if not answers(place.hostname, place.port or 5432):
        print("No PostgreSQL answers, so we skip the messages", file=sys.stderr)
        return
    with site(FEW) as few, site(MANY) as many:
        for name in ("list", "conversation", "news", "appointments"):
            yield row(f"messages: {name}, 10,000 conversations beside 25", few, many, name, name)
        name = "messages: page 80 of a conversation beside page 1"
        yield row(name, many, many, "conversation", "page80")


def site(threads):
    """The process of a site whose provider has that many conversations."""
    name = "few" if threads == FEW else "many"
    environment = {
        "DEMO": "1",
        "DATABASE_URL": f"{POSTGRES}_{name}",
        "DJANGO_SETTINGS_MODULE": "headway.settings",
    }
    command = [sys.executable, "-m", "benchmarks.messages", str(threads)]
    return side(*command, environment=environment)


def row(name, ours, theirs, work, other):
    """The second's seconds over the first's, from goes in turn."""
    seconds, ratio = in_turn(
        lambda: ours.seconds(work, TIMES), lambda: theirs.seconds(other, TIMES)
    )
    milliseconds = round(seconds * ratio * 1000, 1)
    return {"name": name, "value": milliseconds, "unit": "ms", "ratio": round(ratio, 2)}


def fill(threads):
    """A provider with that many conversations of 96 messages, the newest a long one of 40,000."""
    from django.db import connection
    from django.utils import timezone

    from accounts.models import User
    from booking.models import Appointment, Relationship
    from booking.tests.factories import AppointmentFactory
    from messaging.models import Message
    from messaging.tests.factories import write
    from providers.tests.factories import ProviderFactory

    from .fill import copy, next_id

    made = AppointmentFactory(provider=ProviderFactory(hours=True), starts_at=timezone.now())
    pair, client = made.relationship, made.client
    message = write(pair, client)
    thread = message.conversation
    people, pairs, visits, messages = map(next_id, (User, Relationship, Appointment, Message))
    copy(client, people, threads, email="'c' || n || '@bench.example'")
    who = {"client_id": f"{people} + n"}
    copy(pair, pairs, threads, uuid="gen_random_uuid()", **who)
    later = "now() + (n + 1) * interval '1 hour'"
    copy(
        made,
        visits,
        threads,
        uuid="gen_random_uuid()",
        relationship_id=f"{pairs} + n",
        starts_at=later,
        ends_at=f"{later} + interval '15 minutes'",
        **who,
    )
    copy(thread, pairs, threads, latest_id="NULL", **who)
    where = {
        "conversation_id": f"{pairs} + n % {threads}",
        "author_id": f"{people} + n % {threads}",
    }
    copy(message, messages, threads * EACH, uuid="gen_random_uuid()", **where)
    copy(message, next_id(Message), LONG, uuid="gen_random_uuid()")
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE messaging_conversation SET latest_id = (SELECT max(id) "
            "FROM messaging_message WHERE conversation_id = relationship_id)"
        )
        cursor.execute("ANALYZE")
    return made


def main():
    """Fill a site, and answer with the seconds that its pages take."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "headway.settings")
    set_up()
    made = fill(int(sys.argv[1]))
    from django.conf import settings
    from django.test import Client

    from .mix import sign_in

    person = Client(SERVER_NAME="localhost")
    person.cookies[settings.SESSION_COOKIE_NAME] = sign_in(made.provider.user)
    url = f"/messages/{made.relationship.uuid}/"
    before = made.relationship.conversation.messages.order_by("-pk")[79 * PAGE].pk

    def page(address):
        def get():
            assert person.get(address).status_code == 200, address

        return get

    answer(
        {
            "list": page("/messages/"),
            "conversation": page(url),
            "page80": page(f"{url}?before={before}"),
            "news": page(f"{url}news/"),
            "appointments": page("/appointments/"),
        }
    )


if __name__ == "__main__":
    main()
