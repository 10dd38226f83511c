"""`make run` in a copy of the site: with an old database, no network, or a full disk."""

import os
import resource
import shutil
import socket
import sqlite3
import subprocess
import sys
from contextlib import closing
from itertools import takewhile

import pytest
from django.conf import settings

CHANGED = "The data model changed, so we’re rebuilding the demo’s database.\n"
LAST_LINE = "Stop it with Ctrl-C.\n"
DROP_OUTDATED = "from demo import database; database.drop_outdated(say=print)"
MIGRATION = "booking/migrations/0001_initial.py"

NO_NETWORK = {
    "PIP_CONFIG_FILE": os.devnull,
    "PIP_INDEX_URL": "http://127.0.0.1:1/",
    "PIP_RETRIES": "0",
}


@pytest.fixture
def site(tmp_path):
    """A copy's folder, with an old database and an old email in its `var/`."""
    site = tmp_path / "site"
    shutil.copytree(settings.BASE_DIR, site, ignore=shutil.ignore_patterns(".*", "var"))
    (site / "var" / "inbox").mkdir(parents=True)
    (site / "var" / "inbox" / "old.log").write_text("Subject: Your appointment\n\nIs gone.\n")
    make_old(site / "var" / "demo.sqlite3")
    return site


def make_old(path):
    with closing(sqlite3.connect(path)) as database:
        database.execute("CREATE TABLE django_migrations (old TEXT)")


def is_old(path):
    """Whether it's the one from make_old."""
    with closing(sqlite3.connect(path)) as database:
        return ("old",) in database.execute(
            "SELECT name FROM pragma_table_info('django_migrations')"
        )


def manage(site, *arguments, environment=None, **options):
    """manage.py in the copy, as a process to read from."""
    return subprocess.Popen(
        [sys.executable, "manage.py", *arguments],
        cwd=site,
        env={"PATH": os.environ["PATH"], "DEMO": "1", **(environment or {})},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        **options,
    )


def drop_outdated(site, **environment):
    """Just the first step of serve_demo, because filling the demo takes a while; its output."""
    done = manage(site, "shell", "--no-imports", "-c", DROP_OUTDATED, environment=environment)
    said, errors = done.communicate()
    assert done.returncode == 0, errors
    return said


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return str(probe.getsockname()[1])


def test_an_old_database_is_made_again_with_its_mails(site):
    with manage(site, "serve_demo", environment={"PORT": free_port()}) as server:
        said = list(takewhile(LAST_LINE.__ne__, server.stdout))
        server.terminate()
    assert said[0] == CHANGED
    with closing(sqlite3.connect(site / "var" / "demo.sqlite3")) as database:
        assert database.execute("SELECT count(*) FROM providers_provider").fetchone() == (60,)
    assert not (site / "var" / "inbox" / "old.log").exists()
    assert drop_outdated(site) == ""


def test_a_database_is_made_again_only_when_a_migration_changes(site):
    path = site / "var" / "demo.sqlite3"
    assert drop_outdated(site) == CHANGED
    assert not is_old(path)
    make_old(path)
    assert drop_outdated(site) == ""
    assert is_old(path)
    (site / MIGRATION).write_text((site / MIGRATION).read_text() + "\n# another field\n")
    assert drop_outdated(site) == CHANGED
    assert not is_old(path)


def test_a_new_database_is_no_change(site):
    (site / "var" / "demo.sqlite3").unlink()
    assert drop_outdated(site) == ""


def test_a_database_that_somebody_named_is_left_alone(site):
    path = site / "var" / "mine.sqlite3"
    make_old(path)
    assert drop_outdated(site, DATABASE_URL=f"sqlite:///{path}") == ""
    assert is_old(path)
    assert is_old(site / "var" / "demo.sqlite3")
    assert (site / "var" / "inbox" / "old.log").exists()


def test_an_inbox_that_somebody_named_is_left_alone(site):
    mails = (site / "var" / "inbox").rename(site / "mails")
    assert drop_outdated(site, EMAIL_URL=f"filemail:///{mails}") == CHANGED
    assert (mails / "old.log").exists()


def serve_in_vain(site, **options):
    """What serve_demo says when it can't start."""
    server = manage(site, "serve_demo", environment={"PORT": free_port()}, **options)
    _, errors = server.communicate()
    assert server.returncode == 1
    return errors


def test_a_folder_that_cant_be_written_is_named_in_a_sentence(site):
    shutil.rmtree(site / "var")
    (site / "var").write_text("a file where the folder should be")
    errors = serve_in_vain(site)
    assert f"can't use its database {site}/var/demo.sqlite3: unable to open" in errors
    assert "Traceback" not in errors


def test_a_full_disk_is_named_in_a_sentence(site):
    def fill_up():
        resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, 300_000))

    errors = serve_in_vain(site, preexec_fn=fill_up)
    assert "Is the disk full" in errors
    assert "Traceback" not in errors


def test_without_a_network_a_sentence_says_so_and_half_an_environment_is_made_again(site):
    (site / ".venv" / "bin").mkdir(parents=True)
    (site / ".venv" / "bin" / "python").symlink_to(sys.executable)
    done = subprocess.run(
        ["make", "run", f"PYTHON={sys.executable}"],
        cwd=site,
        env={"PATH": os.environ["PATH"], **NO_NETWORK},
        capture_output=True,
        text=True,
    )
    assert "Making the environment" in done.stdout
    assert done.stdout.splitlines()[-1].startswith("Couldn't install the packages.")
    assert "Traceback" not in done.stderr
