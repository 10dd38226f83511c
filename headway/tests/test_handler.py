"""How many requests a web process answers at once."""

import time
from threading import Barrier, Lock, Thread

from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.test import RequestFactory
from django.urls import path

from headway.handler import Handler

running, most = 0, 0
counting = Lock()


@login_not_required
def slow(request):
    """Notes how many of it run at the same time."""
    global running, most
    with counting:
        running += 1
        most = max(most, running)
    time.sleep(0.05)
    with counting:
        running -= 1
    return HttpResponse()


urlpatterns = [path("slow/", slow)]


def test_no_more_requests_run_at_once_than_there_are_pooled_connections(settings):
    settings.ROOT_URLCONF, settings.DATABASE_POOL = __name__, 3
    answer, gate, statuses = Handler(), Barrier(20), []
    environ = RequestFactory().get("/slow/", secure=True).environ

    def ask():
        gate.wait()
        response = answer(environ.copy(), lambda *args: None)
        statuses.append(response.status_code)

    threads = [Thread(target=ask) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert statuses == [200] * 20
    assert most == 3
