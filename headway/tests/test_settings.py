"""The site only starts with everything it needs, and then it's safe."""

import os
import re
import subprocess
import sys
from urllib.parse import unquote

import environ
import pytest
from django.conf import settings

from headway.tests.environment import BEHIND_A_PROXY, PRODUCTION
from headway.this_machine import elsewhere

DEPLOY_CHECK = ("check", "--deploy", "--fail-level", "WARNING")


def manage(*arguments, environment):
    """Run manage.py in its own process, with only this environment."""
    return subprocess.run(
        [sys.executable, "-W", "error", "manage.py", *arguments],
        cwd=settings.BASE_DIR,
        env={"PATH": os.environ["PATH"], **environment},
        capture_output=True,
        text=True,
        timeout=60,
    )


def setting(expression, **environment):
    """A setting's value on a production site with this environment."""
    code = f"from django.conf import settings; print({expression})"
    done = manage("shell", "--no-imports", "-c", code, environment={**PRODUCTION, **environment})
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


OPTIONS = "settings.DATABASES['default']['OPTIONS']"


def test_a_command_may_take_its_time_and_a_request_may_not():
    assert "statement_timeout=0" in setting(f"{OPTIONS}['options']")
    code = f"from django.conf import settings; print({OPTIONS}['options'])"
    environment = {**PRODUCTION, "DJANGO_SETTINGS_MODULE": "headway.settings"}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, cwd=settings.BASE_DIR, capture_output=True
    )
    assert b"statement_timeout=5000" in done.stdout


def test_no_web_thread_waits_for_a_connection_while_another_thread_sweeps():
    readme = (settings.BASE_DIR / "README.md").read_text()
    threads = re.search(r"--blocking-threads (\d+)", readme)[1]
    pool = setting(f"{OPTIONS}['pool']['max_size']", DATABASE_POOL=threads)
    assert int(pool) == int(threads) + 1


def test_a_production_site_passes_the_deployment_check():
    done = manage(*DEPLOY_CHECK, environment={**PRODUCTION, **BEHIND_A_PROXY})
    assert done.returncode == 0, done.stderr
    assert "no issues (0 silenced)" in done.stdout


def test_the_deployment_check_asks_for_the_number_of_proxies():
    done = manage(*DEPLOY_CHECK, environment=PRODUCTION)
    assert done.returncode != 0
    assert "TRUSTED_PROXIES is 0" in done.stderr
    assert "1 issue (0 silenced)" in done.stderr
    assert manage("check", environment=PRODUCTION).returncode == 0


@pytest.mark.parametrize("value", [None, ""], ids=["missing", "empty"])
@pytest.mark.parametrize("name", PRODUCTION)
def test_the_site_refuses_to_start_without_what_it_needs(name, value):
    environment = {key: v for key, v in PRODUCTION.items() if key != name}
    if value is not None:
        environment[name] = value
    done = manage("check", environment=environment)
    assert done.returncode != 0
    assert f"Set {name}." in done.stderr
    assert not any(
        secret in done.stderr for key, secret in environment.items() if "KEY" in key and secret
    )


def test_the_demo_needs_nothing():
    done = manage("check", environment={"DEMO": "1"})
    assert done.returncode == 0, done.stderr


HERE, SOCKET = "postgres://u:secret@127.0.0.1/headway", "postgres:///headway"


@pytest.mark.parametrize(
    ("hosts", "url", "libpq", "named"),
    [
        ("localhost,127.0.0.1", HERE, {}, []),
        ("LocalHost,localhost.,127.0.0.2,[::1],::1", HERE, {}, []),
        ("localhost", "sqlite:////tmp/demo.sqlite3", {"PGHOST": "db.example"}, []),
        ("localhost", "sqlite://:memory:", {}, []),
        ("localhost", SOCKET, {}, []),
        ("localhost", "postgres://%2Fvar%2Frun%2Fpostgresql/headway", {}, []),
        ("localhost", "postgres:////var/run/postgresql/headway", {}, []),
        ("localhost", f"{SOCKET}?host=/var/run/postgresql", {}, []),
        ("localhost", f"{SOCKET}?hostaddr=::1", {}, []),
        ("localhost", "postgres://u@[::1]:5433/headway", {}, []),
        ("localhost", "postgres://localhost.:5432,LOCALHOST:5433/headway", {}, []),
        ("localhost", SOCKET, {"PGHOST": "/tmp", "PGHOSTADDR": "127.0.0.1"}, []),
        ("localhost", HERE, {"PGHOST": "db.example"}, []),  # the URL names one: it goes first
        ("localhost", f"{SOCKET}?hostaddr=127.0.0.1", {"PGHOSTADDR": "10.0.0.5"}, []),
        ("localhost,headway.example", HERE, {}, ["headway.example"]),
        ("*", HERE, {}, ["*"]),
        (".example.com,.localhost,.", HERE, {}, [".example.com", ".localhost", "."]),
        ("0.0.0.0,[::],10.0.0.5", HERE, {}, ["0.0.0.0", "[::]", "10.0.0.5"]),
        ("localhost.example.com,127.0.0.1.nip.io", HERE, {},
         ["localhost.example.com", "127.0.0.1.nip.io"]),
        ("localhost", "postgres://u:secret@db.example:5432/headway", {}, ["db.example"]),
        ("localhost", "postgis://u@db.example/headway", {}, ["db.example"]),
        ("localhost", "mysql://u@db.example/headway", {}, ["db.example"]),
        ("localhost", "postgres://u@[2001:db8::1]/headway", {}, ["2001:db8::1"]),
        ("localhost", "postgres://localhost,db.example/headway", {}, ["db.example"]),
        ("localhost", f"{SOCKET}?host=10.0.0.5", {}, ["10.0.0.5"]),
        ("localhost", f"{SOCKET}?host=localhost,10.0.0.5", {}, ["10.0.0.5"]),
        ("localhost", f"{HERE}?hostaddr=10.0.0.5", {}, ["10.0.0.5"]),
        ("localhost", f"{SOCKET}?service=main", {}, ["service main"]),
        ("localhost", SOCKET, {"PGHOST": "db.example"}, ["db.example"]),
        ("localhost", SOCKET, {"PGSERVICE": "main"}, ["service main"]),
        # Both fill in an address even where the URL names a host.
        ("localhost", HERE, {"PGHOSTADDR": "10.0.0.5"}, ["10.0.0.5"]),
        ("localhost", HERE, {"PGSERVICE": "main"}, ["service main"]),
    ],
)  # fmt: skip
def test_what_is_this_machine_and_what_is_not(hosts, url, libpq, named):
    database = {"OPTIONS": {}, **environ.Env.db_url_config(url)}
    database["HOST"] = unquote(database.get("HOST", ""))  # as the settings have it
    assert elsewhere(hosts.split(","), database, libpq) == named


@pytest.mark.parametrize(
    "environment",
    [
        {"ALLOWED_HOSTS": "headway.example"},
        {"DATABASE_URL": "postgres://u:secret@headway.example/headway"},
        {"DATABASE_URL": "postgres:///headway?host=headway.example"},
        {"DATABASE_URL": "postgres:///headway", "PGHOST": "headway.example"},
    ],
)
def test_the_demo_is_refused_beyond_this_machine(environment):
    done = manage("check", environment={"DEMO": "1", **environment})
    assert done.returncode != 0
    assert "DEMO=1 only works on this computer" in done.stderr
    assert "not headway.example." in done.stderr
    assert "secret" not in done.stderr


def test_debug_is_off_unless_asked_for():
    assert setting("settings.DEBUG") == "False"


def test_outside_of_the_demo_there_is_no_inbox():
    ask = "from django.urls import is_valid_path; print(is_valid_path('/demo/inbox/'))"
    asked = manage("shell", "-c", ask, "--no-imports", environment=PRODUCTION)
    assert asked.stdout.strip() == "False", asked.stderr


@pytest.mark.parametrize("command", ["seed_demo", "serve_demo"])
def test_outside_of_the_demo_there_is_no_command_for_it(command):
    assert f"Unknown command: '{command}'" in manage(command, environment=PRODUCTION).stderr


def test_what_the_database_url_asks_for_is_kept():
    url = "postgres://headway@%2Fvar%2Frun%2Fpostgresql/headway?sslmode=verify-full"
    options = "settings.DATABASES['default']['OPTIONS']"
    asked = f"settings.DATABASES['default']['HOST'], {options}['sslmode'], {options}['options']"
    kept = setting(asked, DATABASE_URL=url)
    assert kept.startswith("/var/run/postgresql verify-full -c lock_timeout=3000")
