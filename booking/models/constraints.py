"""PostgreSQL constraints against double bookings and against mixing up whose appointment it is."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeBoundary, RangeOperators
from django.db.models import Deferrable, Func, Q

SAME_PAIR = """
ALTER TABLE booking_relationship ADD CONSTRAINT relationship_pair
    UNIQUE (id, provider_id, client_id);
ALTER TABLE booking_appointment ADD CONSTRAINT appointment_pair_is_of_its_relationship
    FOREIGN KEY (relationship_id, provider_id, client_id)
    REFERENCES booking_relationship (id, provider_id, client_id);
"""


def create_same_pair(apps, schema_editor):
    """For RunPython: on PostgreSQL an appointment's provider and client are its relationship's.

    On other databases only recording.insert, the one writer, ensures that.
    """
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(SAME_PAIR)


class NoOverlap(ExclusionConstraint):
    """An exclusion constraint on PostgreSQL; other databases rely on the verbs' lock alone."""

    def constraint_sql(self, model, schema_editor):
        if schema_editor.connection.vendor != "postgresql":
            return None
        return super().constraint_sql(model, schema_editor)

    def create_sql(self, model, schema_editor):
        if schema_editor.connection.vendor != "postgresql":
            return None
        return super().create_sql(model, schema_editor)

    def remove_sql(self, model, schema_editor):
        if schema_editor.connection.vendor != "postgresql":
            return None
        return super().remove_sql(model, schema_editor)

    def validate(self, *args, **kwargs):
        """Check nothing before the write; the verbs check under the lock."""


def no_overlap(whose, name):
    """No two appointments of one provider, or client, overlap unless canceled (invariant 1)."""
    during = Func("starts_at", "ends_at", RangeBoundary(), function="TSTZRANGE",
                  output_field=DateTimeRangeField())  # fmt: skip
    return NoOverlap(
        name=name,
        expressions=[(whose, RangeOperators.EQUAL), (during, RangeOperators.OVERLAPS)],
        condition=~Q(status="canceled"),
        deferrable=Deferrable.IMMEDIATE,
    )
