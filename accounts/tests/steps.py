"""What tests of people share."""

from django.test import RequestFactory

from accounts import trail


def look(actor, subject, what="appointment viewed"):
    request = RequestFactory(REMOTE_ADDR="203.0.113.7").get("/")
    request.user = actor
    trail.record(request, subject=subject, what=what, record="some-uuid")
