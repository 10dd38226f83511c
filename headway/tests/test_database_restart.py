"""After PostgreSQL restarts, nobody notices: a real web process and its pool."""

import threading
import time

import pytest
from django.db import connection

from headway.tests.processes import free_port, probe, read_status, until

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.redis,
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
