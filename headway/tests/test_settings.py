"""The site starts only with all it needs, and then it is safe."""

import os
import subprocess
import sys

import pytest
from django.conf import settings

PRODUCTION = {
    "SECRET_KEY": "a-long-random-key-" + "q7Vx2-Lm9_kTz4" * 4,
    "FIELD_KEYS": "dGVzdC1maWVsZC1rZXktMzItYnl0ZXMtbG9uZy4uLi4=",
    "ALLOWED_HOSTS": "headway.example",
    "DATABASE_URL": "postgres://headway@127.0.0.1/headway",
    "REDIS_URL": "redis://127.0.0.1:6379/0",
    "EMAIL_URL": "smtp+tls://user:secret@mail.headway.example:587",
}


def manage(*arguments, environment):
    """Run manage.py in a process of its own, with nothing else of ours in its environment."""
    return subprocess.run(
        [sys.executable, "-W", "error", "manage.py", *arguments],
        cwd=settings.BASE_DIR,
        env={"PATH": os.environ["PATH"], **environment},
        capture_output=True,
        text=True,
        timeout=60,
    )


def setting(expression, **environment):
    """What a setting is in a production site with this environment."""
    code = f"from django.conf import settings; print({expression})"
    done = manage("shell", "--no-imports", "-c", code, environment={**PRODUCTION, **environment})
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_a_production_site_passes_the_deployment_check():
    done = manage("check", "--deploy", "--fail-level", "WARNING", environment=PRODUCTION)
    assert done.returncode == 0, done.stderr
    assert "no issues (0 silenced)" in done.stdout


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
