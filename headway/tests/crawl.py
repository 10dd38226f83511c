"""Walks the site like someone who follows every link."""

from collections import Counter, deque
from dataclasses import dataclass
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

from django.conf import settings
from django.urls import Resolver404, resolve

A_ROUTE = 4  # this many addresses per route are enough
HERE = {"", "testserver"}


@dataclass(frozen=True)
class Page:
    """An answer, with its address and the page that linked to it."""

    address: str
    found_on: str
    status: int
    text: str  # "" if it isn't HTML
    dead_ends: tuple  # links to a part of the page that isn't there


class Links(HTMLParser):
    """What a page has: addresses to get, and the ids that its own links can lead to."""

    def __init__(self, text):
        super().__init__()
        self.addresses, self.ids = [], set()
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        self.ids.update({attrs.get("id"), attrs.get("name") if tag == "a" else None})
        if tag in ("a", "link", "use"):
            self.addresses.append(attrs.get("href"))
        elif tag in ("script", "img"):
            self.addresses.append(attrs.get("src"))
        elif tag == "form" and attrs.get("method", "get").lower() == "get":
            self.addresses.append(attrs.get("action"))


def crawl(person, *starts):
    """Yield each Page that the test client `person` reaches from these addresses."""
    waiting = deque((start, "") for start in starts)
    seen, routes = set(), Counter()
    while waiting:
        address, found_on = waiting.popleft()
        route = route_of(address)
        if address in seen or routes[route] >= A_ROUTE:
            continue
        seen.add(address)
        routes[route] += 1
        answer = person.get(address)
        html = answer.get("Content-Type", "").startswith("text/html")
        body = b"".join(answer)  # all of it, or files stay open
        text = body.decode() if html else ""
        links = Links(text)
        missing = [a for a in links.addresses if a and a[0] == "#" and a[1:] not in links.ids]
        yield Page(address, found_on, answer.status_code, text, tuple(filter(len, missing)))
        followed = [*links.addresses, answer.get("Location")]
        waiting.extend((to, address) for to in map(_here(address), followed) if to)


def route_of(address):
    """The route that answers an address; each file below /static/ is its own route."""
    path = urlsplit(address).path
    try:
        return resolve(path).route
    except Resolver404:
        return path


def _here(page):
    """A function that turns a link on the page into a path on this site, or None."""
    own = HERE | {urlsplit(settings.SITE_URL).netloc}

    def path_of(link):
        if not link or link.startswith("#"):
            return None
        parts = urlsplit(urljoin(f"http://testserver{page}", link))
        if parts.scheme not in ("http", "https") or parts.netloc not in own:
            return None
        return f"{parts.path}?{parts.query}" if parts.query else parts.path

    return path_of
