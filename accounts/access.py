"""Where a request comes from."""

import re
from ipaddress import ip_network
from urllib.parse import urlsplit, urlunsplit

from allauth.account.adapter import get_adapter
from django.utils.http import url_has_allowed_host_and_scheme

PURPOSES = ("Sec-Purpose", "Purpose", "X-Purpose", "X-Moz")  # browsers have had these
AHEAD = re.compile("prefetch|prerender|preview", re.IGNORECASE)


def client_address(request):
    """The visitor's IP address, as reported by the last TRUSTED_PROXIES hops."""
    return get_adapter().get_client_ip(request)


def address_block(request, *, ipv4=32, ipv6=64):
    """The block of addresses it comes from; by default the smallest that one home has."""
    address = client_address(request)
    return str(ip_network((address, ipv6 if ":" in address else ipv4), strict=False))


def is_seen(request):
    """Whether a person sees the answer: not a HEAD's, or what a browser only fetches ahead.

    Only what's seen may leave a trace: on the trail, in a read mark, as activity in a session.
    """
    purposes = " ".join(request.headers.get(name, "") for name in PURPOSES)
    return request.method != "HEAD" and not AHEAD.search(purposes)


def asked_by_page(view):
    """Mark a view whose address an open page asks on its own: that's no activity in a session."""
    view.is_asked_by_page = True
    return view


def is_from_our_page(request):
    """Whether the browser says that one of our pages sent this; None if it doesn't say."""
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    if site:
        return site == "same-origin"
    return origin == f"{request.scheme}://{request.get_host()}" if origin else None


def page_before(request):
    """The address of our page that the request was sent from, without the host; "/" if unknown."""
    page, hosts = request.headers.get("Referer", ""), {request.get_host()}
    if not url_has_allowed_host_and_scheme(page, hosts, require_https=request.is_secure()):
        return "/"
    _, _, path, query, _ = urlsplit(page)
    return urlunsplit(("", "", f"/{path.lstrip('/')}", query, ""))
