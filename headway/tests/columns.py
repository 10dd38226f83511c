"""All that the database stores, read by cursor: past models, and past their conversions."""

from django.db import connection


def stored():
    """Every value of every table as text: {"table.column": values}."""
    found = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            names = [f"{table}.{column[0]}" for column in cursor.description]
            for row in cursor.fetchall():
                for name, value in zip(names, row, strict=True):
                    found.setdefault(name, []).append(str(value))
    return found
