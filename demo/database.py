"""Rebuilds the demo's own database when migrations change: we edit them in place."""

import shutil
import zlib
from pathlib import Path

from django.conf import settings
from django.db import connection

ENDINGS = ("-wal", "-shm", "")  # of SQLite's files, the database itself last


def drop_outdated(say):
    """Delete the demo's own database, and its mail, if different migrations made it.

    It never touches a database from DATABASE_URL.
    """
    if not is_own():
        return
    with connection.cursor() as cursor:
        [made_by] = cursor.execute("PRAGMA user_version").fetchone()
        has_tables = connection.introspection.table_names(cursor)
    if made_by == migrations():
        return
    if has_tables:
        say("The data model changed, so we’re rebuilding the demo’s database.")
        delete()
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA user_version = {migrations()}")


def is_own():
    """Whether this is the demo's default database."""
    name = connection.settings_dict["NAME"]
    return settings.DEMO_DEFAULTS["DATABASE_URL"] == f"sqlite:///{name}"


def migrations():
    """A number for the text of all our migrations, small enough for SQLite's user_version."""
    files = sorted(settings.BASE_DIR.glob("*/migrations/*.py"))
    text = "".join(f"{path.relative_to(settings.BASE_DIR)}\n{path.read_text()}" for path in files)
    return zlib.crc32(text.encode()) % 2**31


def delete():
    """Delete the database's files, and the inbox with mail about what was in it."""
    connection.close()
    for ending in ENDINGS:
        Path(connection.settings_dict["NAME"] + ending).unlink(missing_ok=True)
    if settings.DEMO_DEFAULTS["EMAIL_URL"] == f"filemail:///{settings.EMAIL_FILE_PATH}":
        shutil.rmtree(settings.EMAIL_FILE_PATH, ignore_errors=True)
