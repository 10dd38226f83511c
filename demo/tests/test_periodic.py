"""The demo does the job of Celery beat on its own."""

from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone
from django.utils.module_loading import import_string

from accounts import outbox
from demo import periodic
from headway.celery import SCHEDULE, app

pytestmark = pytest.mark.django_db
HELLO = outbox.Mail("Hello", code="1")


@pytest.mark.parametrize("name", SCHEDULE)
def test_each_task_of_the_schedule_is_there_and_runs(name):
    task = import_string(name)
    assert task.name == name
    assert name in app.tasks
    task()


def test_what_is_due_is_delivered_by_the_clock(settings, monkeypatch):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    monkeypatch.setitem(outbox._kinds, "accounts.test", lambda notification: HELLO)
    monkeypatch.setattr(periodic.connections, "close_all", lambda: None)  # the test's own
    outbox.enqueue(
        "accounts.test", event="1", to="jo@example.com", due_at=timezone.now() - timedelta(hours=1)
    )
    periodic.run_due({}, now=0)
    assert len(mail.outbox) == 1


def test_a_task_that_fails_is_logged_and_the_rest_go_on(monkeypatch, caplog):
    done = []

    def fail():
        raise ValueError("about Jo's health")

    tasks = {"first": fail, "second": lambda: done.append("second")}
    monkeypatch.setattr(periodic, "SCHEDULE", dict.fromkeys(tasks, timedelta(minutes=1)))
    monkeypatch.setattr(periodic, "import_string", tasks.__getitem__)
    monkeypatch.setattr(periodic.connections, "close_all", lambda: None)
    periodic.run_due({}, now=0)
    assert done == ["second"]
    assert "first failed: ValueError" in caplog.text
    assert "health" not in caplog.text


def test_each_runs_as_often_as_the_schedule_says(monkeypatch):
    runs = []
    schedule = {"minute": timedelta(minutes=1), "hour": timedelta(hours=1)}
    monkeypatch.setattr(periodic, "SCHEDULE", schedule)
    monkeypatch.setattr(periodic, "import_string", lambda name: lambda: runs.append(name))
    monkeypatch.setattr(periodic.connections, "close_all", lambda: None)
    last_run = {}
    for second in range(0, 3601, 5):
        periodic.run_due(last_run, now=1000 + second)
    assert runs.count("minute") == 61
    assert runs.count("hour") == 2
