"""What holds for every request, from the outermost layer inward."""

import logging
import time

from django.conf import settings
from django.contrib.auth import logout
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.views import defaults

from accounts import second_factor

from .errors import DATABASE_AWAY, database_away

access_log = logging.getLogger("headway.access")
KNOWN_METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
BEGAN, SEEN = "began", "seen"  # epoch seconds, in the session
SEEN_EVERY = 60  # seconds: so a session is written once a minute at most


class AccessLogMiddleware:
    """One line a request: route, status, time, user. No address, query, body or path."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        began = time.perf_counter()
        response = self.get_response(request)
        match = request.resolver_match
        user = getattr(request, "_cached_user", None)  # only if somebody looked: no query for it
        access_log.info(
            "%s %s %s %d ms user=%s",
            request.method if request.method in KNOWN_METHODS else "OTHER",
            (match.view_name or match.route) if match else "-",
            response.status_code,
            (time.perf_counter() - began) * 1000,
            (user and user.pk) or "-",
        )
        return response


class DatabaseDownMiddleware:
    """A page that says so where the database is away. Outside of views, errors.py does the same."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_exception(self, request, exception):
        return database_away(request) if isinstance(exception, DATABASE_AWAY) else None


class PlainAddressMiddleware:
    """A NUL in the address is nobody's typing, and PostgreSQL can't take it: 400."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        query = request.META.get("QUERY_STRING", "")
        if "\0" in request.path_info or "%00" in query or "\0" in query:
            return defaults.bad_request(request, None)
        return self.get_response(request)


class PrivatePagesMiddleware:
    """No cache keeps what a logged-in person saw."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if request.user.is_authenticated:
            response["Cache-Control"] = "no-store, private"
        return response


class SessionLimitMiddleware:
    """Ends a session that was idle for an hour (staff: half of one) or is a day old.

    When something polls one day, its requests must not count as being there.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if request.user.is_authenticated:
            now = int(time.time())
            if self._is_over(request, now):
                logout(request)
            else:
                self._keep(request.session, now)
        return self.get_response(request)

    def _is_over(self, request, now):
        staff = request.user.is_staff
        idle = settings.STAFF_SESSION_IDLE_MINUTES if staff else settings.SESSION_IDLE_MINUTES
        began = request.session.get(BEGAN, now)
        seen = request.session.get(SEEN, now)
        return now - seen > idle * 60 or now - began > settings.SESSION_HOURS * 3600

    def _keep(self, session, now):
        session.setdefault(BEGAN, now)
        if now - session.get(SEEN, 0) >= SEEN_EVERY:
            session[SEEN] = now


class SecondFactorMiddleware:
    """Providers and staff give a second factor in each session, or set one up first."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        user = request.user
        if second_factor.is_demanded(user) and not second_factor.passed(request):
            way_on = second_factor.way_on(user)
            if not self._is_open(request.path, way_on):
                return redirect(f"{way_on}?{urlencode({'next': request.get_full_path()})}")
        return self.get_response(request)

    def _is_open(self, path, way_on):
        """Who has a factor may only give it; who has none may use the account's pages."""
        open_paths = [reverse("account_logout"), "/health/", settings.STATIC_URL]
        if way_on == reverse("mfa_index"):
            open_paths.append("/accounts/")
        else:
            open_paths += [
                reverse("mfa_reauthenticate"),
                reverse("mfa_reauthenticate_webauthn"),
            ]
        return path.startswith(tuple(open_paths))
