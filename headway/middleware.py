"""What applies to every request, from the outside in."""

import logging
import time

from django.conf import settings
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import RequestDataTooBig
from django.http import HttpResponseNotAllowed
from django.shortcuts import redirect, render, resolve_url
from django.template.loader import render_to_string
from django.urls import resolve, reverse
from django.utils.http import urlencode

from accounts import second_factor, unsent
from accounts.access import is_seen, page_before
from accounts.limits import TooMany

from .errors import DATABASE_AWAY, bad_request, database_away

access_log = logging.getLogger("headway.access")
KNOWN_METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
BEGAN, SEEN = "began", "seen"  # epoch seconds, in the session
SEEN_EVERY = 60  # seconds, so we write a session once a minute at most
METHODS = ["GET", "HEAD", "POST"]
PRIVATE_PATHS = ("/contact/", "/demo/inbox/")  # they show what someone typed, or a code
PROBES = ("/health/live", "/health/ready")
WAIT = "600"  # seconds, after too many tries
HEADERS = {
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=()",
    "Cross-Origin-Resource-Policy": "same-origin",
}


class AccessLogMiddleware:
    """One line per request: route, status, time, user. No address, query, body or path."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        began = time.perf_counter()
        response = self.get_response(request)
        match = request.resolver_match
        user = getattr(request, "_cached_user", None)  # only if it's loaded, to save a query
        access_log.info(
            "%s %s %s %d ms user=%s",
            request.method if request.method in KNOWN_METHODS else "OTHER",
            (match.view_name or match.route) if match else "-",
            response.status_code,
            (time.perf_counter() - began) * 1000,
            (user and user.pk) or "-",
        )
        return response


class HeadersMiddleware:
    """Headers for every response, files too; and how long to wait, if it says to wait."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        for name, value in HEADERS.items():
            response[name] = value
        if response.status_code == 429:
            response.setdefault("Retry-After", WAIT)
        return response


class DatabaseDownMiddleware:
    """A page for when the database is unreachable. Outside of views, errors.py does the same."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_exception(self, request, exception):
        return database_away(request) if isinstance(exception, DATABASE_AWAY) else None


class TooManyMiddleware:
    """A page for someone who is over a limit, where the form itself can't say it."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_exception(self, request, exception):
        if not isinstance(exception, TooMany):
            return None
        response = render(request, "429.html", {"no": exception}, status=exception.status)
        response["Retry-After"] = str(exception.seconds)
        return response


class PlainRequestMiddleware:
    """400 for what no browser sends on its own, before anything reads the query or the form; and
    413 for more than any of our forms takes, files included.

    That's a NUL in the address, which PostgreSQL can't take, and any charset but UTF-8, which
    handler.py ignores: it could hide a NUL, or fail.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        length = request.META.get("CONTENT_LENGTH") or "0"
        if length.isdecimal() and int(length[:20]) > settings.REQUEST_MAX_SIZE:
            return bad_request(request, RequestDataTooBig())
        query = request.META.get("QUERY_STRING", "")
        charset = request.content_params.get("charset", "utf-8")
        if "\0" in request.path_info or "%00" in query or "\0" in query:
            return bad_request(request)
        return self.get_response(request) if charset.lower() == "utf-8" else bad_request(request)


class ProbeMiddleware:
    """Answers health probes before anything checks the host: they use the IP address."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if request.path_info not in PROBES:
            return self.get_response(request)
        request.resolver_match = resolve(request.path_info)  # for the log
        return request.resolver_match.func(request)


class PrivatePagesMiddleware:
    """No cache keeps what we made for one person: anyone with a session, logged in or not."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        known = settings.SESSION_COOKIE_NAME in request.COOKIES or request.session.modified
        if response.get("Cache-Control", "").startswith("public"):  # the same for all, like a photo
            if known:  # but a cookie that comes with it isn't
                response["Cache-Control"] = response["Cache-Control"].replace("public", "private")
        elif known or request.path.startswith(PRIVATE_PATHS):
            response["Cache-Control"] = "no-store, private"
        return response


class SessionLimitMiddleware:
    """Ends a session that was idle for an hour (half an hour for staff) or is a day old.

    What an open page asks on its own doesn't count as activity.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if request.user.is_authenticated and self._is_over(request):
            unsent.end_session(request)
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        is_asked_by_page = getattr(view, "is_asked_by_page", False)
        if request.user.is_authenticated and is_seen(request) and not is_asked_by_page:
            self._keep(request.session)

    def _is_over(self, request):
        now = int(time.time())
        staff = request.user.is_staff
        idle = settings.STAFF_SESSION_IDLE_MINUTES if staff else settings.SESSION_IDLE_MINUTES
        began = request.session.get(BEGAN, now)
        seen = request.session.get(SEEN, now)
        return now - seen > idle * 60 or now - began > settings.SESSION_HOURS * 3600

    def _keep(self, session):
        now = int(time.time())
        session.setdefault(BEGAN, now)
        if now - session.get(SEEN, 0) >= SEEN_EVERY:
            session[SEEN] = now


class SignInMiddleware(LoginRequiredMiddleware):
    """Sends visitors to log in, and after a POST back to the page with the form, with what they
    typed (accounts/unsent.py). The form's own address may have nothing to show.
    """

    def handle_no_permission(self, request, view_func):
        if request.method in ("GET", "HEAD"):
            return super().handle_no_permission(request, view_func)
        unsent.keep(request)
        return redirect_to_login(page_before(request), resolve_url(self.get_login_url(view_func)))


class SecondFactorMiddleware:
    """Providers and staff give a second factor in each session, or set one up first."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        user = request.user
        if second_factor.is_demanded(user) and not second_factor.passed(request):
            next_url = second_factor.next_url(user)
            if not self._is_open(request.path, next_url):
                return redirect(f"{next_url}?{urlencode({'next': request.get_full_path()})}")
        return self.get_response(request)

    def _is_open(self, path, next_url):
        """People with a factor can only give it; people without one can use the account pages."""
        open_paths = [reverse("account_logout"), settings.STATIC_URL]
        if next_url == reverse("mfa_index"):
            open_paths.append("/accounts/")
        else:
            open_paths += [
                reverse("mfa_reauthenticate"),
                reverse("mfa_reauthenticate_webauthn"),
            ]
        return path.startswith(tuple(open_paths))


class SeenMessagesMiddleware:
    """A message that a HEAD showed, or a page fetched ahead, is shown again on the next page."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        request._messages.used &= is_seen(request)
        return response


class MethodsMiddleware:
    """405 for methods that no page has, if the view would have answered; and a page for it.

    The view goes first: a record that isn't yours is a 404, whatever the method.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if request.method not in METHODS and 200 <= response.status_code < 300:
            response = HttpResponseNotAllowed(METHODS)
        if response.status_code == 405 and request.method in ("GET", "POST"):
            response.content = render_to_string("405.html")
        return response
