"""The cache in a table, where a write costs the same however many rows there are."""

import base64
import pickle
from datetime import UTC, datetime

from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.db import DatabaseCache
from django.db import DatabaseError, connections, router, transaction
from django.utils import timezone

BATCH = 5_000
FOR_GOOD = datetime.max.replace(tzinfo=UTC)
# {0} is the table.
PRUNE = "DELETE FROM {0} WHERE cache_key IN (SELECT cache_key FROM {0} WHERE expires < %s LIMIT %s)"
TOUCH = "UPDATE {0} SET expires = %s WHERE cache_key = %s"
SET = (
    "INSERT INTO {0} (cache_key, value, expires) VALUES (%s, %s, %s)"
    " ON CONFLICT (cache_key) DO UPDATE SET value = excluded.value, expires = excluded.expires"
)
ADD = f"{SET} WHERE {{0}}.expires < %s"


class TableCache(DatabaseCache):
    """Django's own counts the table on each write, and drops good rows once it's full.

    This one drops only what has expired, and only when `prune` is called.
    """

    def prune(self):
        """Delete the rows that have expired, in batches, so that no statement takes long."""
        while self._execute(PRUNE, timezone.now(), BATCH):
            pass

    def _base_set(self, mode, key, value, timeout=DEFAULT_TIMEOUT):
        """Whether it was written: `add` leaves a row that's still good, `touch` needs a row."""
        ends = self.get_backend_timeout(timeout)
        ends = FOR_GOOD if ends is None else datetime.fromtimestamp(ends, UTC)
        text = base64.b64encode(pickle.dumps(value, self.pickle_protocol)).decode()
        try:
            if mode == "touch":
                return self._execute(TOUCH, ends, key)
            if mode == "set":
                return self._execute(SET, key, text, ends)
            return self._execute(ADD, key, text, ends, timezone.now())
        except DatabaseError:  # as Django has it: a cache may forget
            return False

    def _execute(self, sql, *values):
        """Whether it wrote any row."""
        db = router.db_for_write(self.cache_model_class)
        connection = connections[db]
        adapt = connection.ops.adapt_datetimefield_value
        plain = [
            adapt(value.replace(microsecond=0)) if isinstance(value, datetime) else value
            for value in values
        ]
        with transaction.atomic(using=db), connection.cursor() as cursor:
            cursor.execute(sql.format(connection.ops.quote_name(self._table)), plain)
            return cursor.rowcount > 0
