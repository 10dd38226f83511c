"""Fills PostgreSQL with as many people as a whole country has, by copying one row of each kind."""

from django.db import connection
from django.db.models import F
from django.utils import timezone

BUSY_PROVIDERS = 100  # one provider in as many has all the appointments
A_CLIENT = 2  # providers
A_PAIR = 4  # appointments


def fill(providers):
    """That many providers, half as many relationships with a message, twice as many appointments.

    Returns some who are busy, and some of their clients, as (providers, clients).
    """
    from accounts.models import User
    from booking.models import Appointment, Relationship, WorkingHours
    from booking.tests.factories import AppointmentFactory
    from messaging.models import Conversation, Message
    from messaging.tests.factories import write
    from providers.models import License, Provider
    from providers.tests.factories import ProviderFactory

    made = AppointmentFactory(provider=ProviderFactory(hours=True), starts_at=timezone.now())
    provider, client, pair = made.provider, made.client, made.relationship
    busy, pairs = providers // BUSY_PROVIDERS, providers // 2
    clients = pairs // A_CLIENT
    theirs, others = next_id(User), next_id(User) + providers
    first, first_pair = next_id(Provider), next_id(Relationship)
    copy(provider.user, theirs, providers, email="'p' || n || '@bench.example'")
    copy(client, others, clients, email="'c' || n || '@bench.example'")
    copy(
        provider,
        first,
        providers,
        user_id=f"{theirs} + n",
        slug="'provider-' || n",
        booking_link="'link' || n",
        next_opening_at="now() + interval '3 hours' + n % 5000 * interval '1 minute'",
    )
    copy(provider.licenses.get(), next_id(License), providers, provider_id=f"{first} + n")
    for block in provider.working_hours.all():
        copy(block, next_id(WorkingHours), providers, provider_id=f"{first} + n")
    # Pairs in order: each client comes up twice, with the busy providers shifted by one.
    who = {"provider_id": f"{first} + (n + n / {clients}) % {busy}"}
    who["client_id"] = f"{others} + n % {clients}"
    copy(pair, first_pair, pairs, uuid="gen_random_uuid()", **who)
    begins = f"date_trunc('hour', now()) + (n / {busy} % 34 - 20) * interval '1 day'"
    begins += f" + n / {busy} / 34 * interval '1 hour'"
    of_pair = f"n / {busy} / {A_PAIR} * {busy} + n % {busy}"
    whose = {
        "relationship_id": f"{first_pair} + ({of_pair})",
        "provider_id": who["provider_id"].replace("n", f"({of_pair})"),
        "client_id": who["client_id"].replace("n", f"({of_pair})"),
    }
    copy(
        made,
        next_id(Appointment),
        pairs * A_PAIR,
        uuid="gen_random_uuid()",
        starts_at=begins,
        ends_at=f"{begins} + interval '15 minutes'",
        first_visit="false",
        status=f"CASE WHEN {begins} < now() THEN 'completed' ELSE 'scheduled' END",
        **whose,
    )
    message = write(pair, client)
    first_message = next_id(Message)
    copy(message.conversation, first_pair, pairs, latest_id="NULL", **who)
    ours = {"author_id": who["client_id"], "conversation_id": f"{first_pair} + n"}
    copy(message, first_message, pairs, uuid="gen_random_uuid()", **ours)
    latest = F("relationship_id") - first_pair + first_message
    Conversation.objects.filter(latest=None).update(latest=latest)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    some = Provider.objects.filter(pk__gte=first, pk__lt=first + min(busy, 20))
    return list(some.select_related("user")), list(User.objects.filter(pk__gte=others)[:100])


def next_id(model):
    """The first id that isn't taken."""
    return model.objects.order_by("pk").values_list("pk", flat=True).last() + 1


def copy(row, first, number, **changes):
    """Insert that many copies of a row, with ids from `first` on; changes are SQL of n, from 0."""
    table, key = row._meta.db_table, row._meta.pk.column
    changes = {key: f"{first} + n", **changes}
    columns = [field.column for field in row._meta.concrete_fields]
    values = ", ".join(changes.get(column, f"t.{column}") for column in columns)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} ({', '.join(columns)}) SELECT {values} "
            f"FROM {table} AS t, generate_series(0, {number} - 1) AS n WHERE t.{key} = {row.pk}"
        )
        cursor.execute(
            f"SELECT setval(pg_get_serial_sequence('{table}', '{key}'), max({key})) FROM {table}"
        )
