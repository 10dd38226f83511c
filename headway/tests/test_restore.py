"""README's backup and restore, rehearsed: nothing is lost, and nobody gets mail again by itself."""

import os
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.core import mail
from django.db import connection

from accounts import outbox
from accounts.models import Notification
from conftest import SOAK
from headway.tests.processes import (
    REDIS,
    ROOT,
    ask_for_a_code,
    database_url,
    have_a_worker,
    letters,
    owe,
    probe,
    start_worker,
    until,
)

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.redis,
    pytest.mark.outage,
    pytest.mark.django_db(transaction=True),
]
OWED, WATCHED = (500, 180) if SOAK else (3, 5)  # mails; seconds


@pytest.fixture
def empty():
    """The URL of an empty database."""
    name = f"{connection.settings_dict['NAME']}_restored"
    with connection.cursor() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        cursor.execute(f'CREATE DATABASE "{name}"')
        yield f"{database_url()}_restored"
        cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


@pytest.fixture
def shell(tmp_path):
    """`shell(lines, said, **environment)` runs lines of README; "said" is what someone types."""
    keys = tmp_path / "gnupg"
    keys.mkdir(mode=0o700)
    (tmp_path / "passphrase").write_text("four plain words here")
    environment = {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "GNUPGHOME": str(keys),
        "BACKUP_PASSPHRASE": str(tmp_path / "passphrase"),
        "PYTHONPATH": str(ROOT),
    }

    def run(lines, said="", **more):
        script = lines.replace("manage.py", str(ROOT / "manage.py"))
        done = subprocess.run(
            ["bash", "-c", script],
            cwd=tmp_path,
            env={**environment, **more},
            input=said,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    yield run
    subprocess.run(["gpgconf", "--kill", "all"], env=environment)


def blocks():
    """What README runs to back up, and to restore."""
    chapter = (ROOT / "README.md").read_text().partition("### Back up and restore")[2]
    return re.findall(r"```sh\n(.*?)```", chapter, re.DOTALL)


def test_a_backup_has_everything_and_its_mail_waits_for_release(run, web, empty, shell, tmp_path):
    media, restored_media = tmp_path / "media", tmp_path / "restored"
    for folder in (media, restored_media):
        folder.mkdir()
    (media / "portrait.webp").write_bytes(b"a photo")
    owe(OWED)
    back_up, restore = blocks()
    shell(back_up, DATABASE_URL=database_url(), MEDIA_ROOT=str(media))
    for name in ("headway.dump.gpg", "media.tar.gz.gpg"):
        assert b"PGDMP" not in (tmp_path / name).read_bytes()
    outbox.sweep()
    assert len(mail.outbox) == OWED  # everybody has it already

    start_worker(run, f"filemail:///{tmp_path}/worker", DATABASE_URL=empty)  # too soon
    restore, release = restore.strip().rsplit("\n", 1)
    shell(restore, DATABASE_URL=empty, MEDIA_ROOT=str(restored_media))
    assert (restored_media / "portrait.webp").read_bytes() == b"a photo"
    site = web(REDIS, DATABASE_URL=empty)
    for _ in range(WATCHED):
        have_a_worker("accounts.tasks.sweep")
        assert probe(site)
        time.sleep(1)
    ask_for_a_code(site)
    time.sleep(1)
    assert not letters(tmp_path / "worker")
    assert not letters(tmp_path / "web")

    said = shell(release, "send\n", DATABASE_URL=empty)
    assert f"{OWED + 1} due by now" in said
    have_a_worker("accounts.tasks.sweep")
    until(lambda: len(letters(tmp_path / "worker")) == OWED + 1, seconds=30 + OWED / 5)
    assert Notification.objects.count() == OWED
