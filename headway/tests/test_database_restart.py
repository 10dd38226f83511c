"""After PostgreSQL restarts, nobody notices: a real web process and its pool."""

import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import pytest
from django.db import connection

from conftest import SOAK
from headway.tests.processes import ROOT, free_port, probe, read_status, until

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.redis,
    pytest.mark.outage,
    pytest.mark.django_db(transaction=True),
]
PAGES = ("/health/ready", "/providers/", "/help/", "/accounts/login/code/")


@pytest.fixture
def site(web):
    """A web process with as many open connections as it has threads."""
    site = web(f"redis://127.0.0.1:{free_port()}/0")
    until(lambda: open_all(site) >= 4)
    return site


def open_all(site):
    """Ask for pages from many threads at once; how many connections the others have open then."""
    threads = [threading.Thread(target=ask, args=(site,)) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return len(others("SELECT pid"))


def others(select):
    """A query about the other processes' connections to this database."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"{select} FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        return cursor.fetchall()


def ask(site):
    return [read_status(f"{site}{page}") for page in PAGES]


def test_each_page_and_probe_is_there_at_once_after_all_connections_died(site):
    for _ in range(3):
        killed = others("SELECT pg_terminate_backend(pid)")
        assert len(killed) >= 2
        began = time.monotonic()
        assert ask(site) == [200] * len(PAGES)
        assert time.monotonic() - began < 3
        open_all(site)
    assert probe(site)


def test_many_at_once_find_it_back(site):
    others("SELECT pg_terminate_backend(pid)")
    answers = []
    threads = [threading.Thread(target=lambda: answers.extend(ask(site))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(answers) == {200}


@pytest.fixture
def server():
    """A PostgreSQL server of the test's own: its URL, and `server(*arguments)` of pg_ctl."""
    folder = Path(tempfile.mkdtemp())
    port = free_port()
    as_its_user = []
    if os.geteuid() == 0:  # it refuses to run as root
        shutil.chown(folder, "postgres")
        as_its_user = ["runuser", "-u", "postgres", "--"]
    programs = Path(subprocess.check_output(["pg_config", "--bindir"], text=True).strip())

    def run(program, *arguments):
        command = [*as_its_user, programs / program, "-D", folder / "data", *arguments]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=folder)

    options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder}"

    def control(*arguments):
        run("pg_ctl", "-w", "-l", folder / "log", "-o", options, *arguments)

    run("initdb", "-U", "postgres", "-A", "trust", "--no-sync")
    control("start")
    control.url = f"postgres://postgres@127.0.0.1:{port}/postgres"
    yield control
    control("-m", "immediate", "stop")
    shutil.rmtree(folder)


@pytest.mark.skipif(not SOAK, reason="Only in make soak")
@pytest.mark.parametrize("away", [0, 2, 5, 20, 60])
def test_after_a_real_restart_pages_are_back_within_seconds(run, web, server, away):
    for command in ("migrate", "createcachetable"):
        manage = [sys.executable, "manage.py", command]
        environment = {**os.environ, "DATABASE_URL": server.url}
        subprocess.run(manage, cwd=ROOT, env=environment, check=True, stdout=subprocess.DEVNULL)
    site = web(f"redis://127.0.0.1:{free_port()}/0", DATABASE_URL=server.url)
    open_all(site)
    server("-m", "fast", "stop")
    until_back = time.monotonic() + away
    while time.monotonic() < until_back:
        began = time.monotonic()
        assert read_status(f"{site}/providers/") == 503
        assert time.monotonic() - began < 5
    server("start")
    began = time.monotonic()
    until(lambda: ask(site) == [200] * len(PAGES), seconds=5)
    assert time.monotonic() - began < 5
    for _ in range(10):
        assert ask(site) == [200] * len(PAGES)
