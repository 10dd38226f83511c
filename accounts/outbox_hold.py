"""A restored copy of the database sends no mail until someone releases it.

It owes what the backup owed, and most of that went out long ago. So that nobody has to think of it,
each copy has a name of its own: the random value in a materialized view, which pg_dump leaves out
and pg_restore makes again. Mail goes out only in the copy that the outbox was released for.

A copy of the disks, or of a whole server, has the same name: hold that one by hand.
"""

from django.db import connection, transaction
from django.db.models import Exists, Q
from django.db.models.expressions import RawSQL

from .models import Notification, Upkeep

VIEW = "CREATE MATERIALIZED VIEW accounts_this_copy AS SELECT gen_random_uuid() AS name"


def create(apps, schema_editor):
    """For RunPython: give the copy its name, if the database is PostgreSQL."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(VIEW)


def drop(apps, schema_editor):
    """For RunPython: remove it."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP MATERIALIZED VIEW accounts_this_copy")


def make(**kwargs):
    """Make the one row that the outbox needs, in a new database (receiver of post_migrate)."""
    if not Upkeep.objects.exists():
        Upkeep.objects.create(released=_this_copy())


def not_held():
    """A condition that holds where mail may go out. With SQLite there's only the demo."""
    if connection.vendor != "postgresql":
        return Q()
    return Exists(Upkeep.objects.filter(released=_this_copy()))


def is_held():
    return not Upkeep.objects.filter(not_held()).exists()


def waiting(now):
    """The notifications that would go out as soon as the outbox is released."""
    return Notification.objects.filter(
        state__in=[Notification.State.PENDING, Notification.State.SENDING], due_at__lte=now
    )


def hold():
    """Send nothing from now on."""
    Upkeep.objects.update(released=None)


@transaction.atomic
def release(now, *, drop):
    """Send mail again in this copy. With `drop`, leave out what is waiting."""
    if drop:
        waiting(now).update(state=Notification.State.DROPPED, secret="", leased_until=None)
    Upkeep.objects.update(released=_this_copy())


def _this_copy():
    if connection.vendor != "postgresql":
        return None
    return RawSQL("(SELECT name FROM accounts_this_copy)", [])
