"""Fixtures that start the site's own processes. They share the test's database."""

import os
import subprocess
import sys

import pytest
import redis
from django.core.cache import cache

from headway.tests.processes import REDIS, ROOT, database_url, free_port, kill, listens, until


@pytest.fixture
def run(nothing_queued):
    """`run(*command, **environment)` starts a process that ends with the test."""
    processes = []

    def start(*command, **environment):
        environment = {**os.environ, "DEMO": "1", "DATABASE_URL": database_url(), **environment}
        process = subprocess.Popen(
            [sys.executable, "-m", *command],
            cwd=ROOT,
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,  # so its children end with it
        )
        processes.append(process)
        return process

    yield start
    for process in processes:
        kill(process)


@pytest.fixture
def web(run, tmp_path):
    """`web(redis_url)` is the address of a web process; its own mail goes to tmp_path/web."""

    def start(redis_url, **environment):
        port = free_port()
        environment = {"EMAIL_URL": f"filemail:///{tmp_path}/web", **environment}
        run(
            *["granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port"],
            str(port),
            *["--workers", "1", "--blocking-threads", "4", "headway.wsgi:application"],
            REDIS_URL=redis_url,
            **environment,
        )
        until(lambda: listens(port))
        return f"http://127.0.0.1:{port}"

    return start


@pytest.fixture
def nothing_queued(transactional_db):
    """No tasks in the queue, and no logins counted, from an earlier test."""
    cache.clear()
    with redis.Redis.from_url(REDIS) as server:
        server.delete("celery", "codes", "unacked", "unacked_index")
