"""How we read requests, so our middleware can refuse an odd one, and how many we answer at once."""

from threading import BoundedSemaphore

from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler, WSGIRequest
from django.utils.http import parse_header_parameters


class Request(WSGIRequest):
    """A request that we read as UTF-8, whatever its Content-Type says.

    Django's own uses that charset right away to read the address, so a strange one fails before
    any middleware can answer.
    """

    def _set_content_type_params(self, meta):
        try:
            kind, parameters = parse_header_parameters(meta.get("CONTENT_TYPE", ""))
        except ValueError:  # a parameter in an encoding that isn't one
            kind, parameters = "", {"charset": "unknown"}
        self.content_type, self.content_params = kind, parameters


class Handler(WSGIHandler):
    """Django, with our requests, and only as many at once as there are pooled connections.

    A web server with more threads waits here. The pool would give up, and then someone who only
    came too late for a time would see that the site is down.
    """

    request_class = Request

    def __init__(self):
        super().__init__()
        self.turns = BoundedSemaphore(settings.DATABASE_POOL)

    def __call__(self, environ, start_response):
        with self.turns:
            return super().__call__(environ, start_response)
