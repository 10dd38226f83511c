"""Error pages that Django doesn't have, and an error log that repeats nothing people typed."""

import logging
import sys
import traceback

from django.core.exceptions import RequestDataTooBig
from django.db import InterfaceError, OperationalError
from django.http import HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.views import defaults

logger = logging.getLogger(__name__)
DATABASE_AWAY = (OperationalError, InterfaceError)


def database_away(request):
    """503. After a POST it says that we don't know whether what they sent was saved."""
    page = render_to_string("503.html", {"unknown": request.method == "POST"})
    return HttpResponse(page, status=503, headers={"Retry-After": "30"})


def server_error(request):
    """handler500: an unreachable database gets its own page, everything else is a 500."""
    error = sys.exc_info()[1]
    if isinstance(error, DATABASE_AWAY):
        logger.error("The database is away: %s", type(error).__name__)
        return database_away(request)
    match = request.resolver_match
    logger.error("Error in %s", (match.view_name or match.route) if match else "-", exc_info=True)
    return defaults.server_error(request)


def bad_request(request, exception=None):
    """handler400: if the request is too large, say so."""
    if isinstance(exception, RequestDataTooBig):
        return HttpResponse(render_to_string("413.html"), status=413)
    return HttpResponse(render_to_string("400.html"), status=400)


def not_found(request, exception):
    """handler404. Django's own reads the form they sent, and fails if that's damaged."""
    return render(request, "404.html", status=404)


class DiscreetFormatter(logging.Formatter):
    """Prints where an error happened and its type, never its text.

    The text of an IntegrityError has the whole row, and other texts have what someone typed.
    """

    def formatException(self, exc_info):
        error, lines = exc_info[1], []
        while error:
            frames = traceback.extract_tb(error.__traceback__)
            lines += [f"  {f.filename}:{f.lineno} in {f.name}" for f in frames]
            lines.append(f"{type(error).__module__}.{type(error).__qualname__}")
            error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
        return "\n".join(lines)
