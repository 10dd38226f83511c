"""How we read requests, so our middleware can refuse an odd one before anything breaks."""

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
    """Django, with our requests."""

    request_class = Request
