"""Help articles: the ones we start with, and how Markdown becomes a page."""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from django.utils.safestring import mark_safe
from django.utils.text import slugify
from markdown_it import MarkdownIt

from .models import Article

FOLDER = Path(__file__).parent / "articles"


def _one_title(state):
    """First-level headings become second-level: a page has one h1, its title."""
    for token in state.tokens:
        if token.type.startswith("heading_") and token.tag == "h1":
            token.tag = "h2"


def _anchors(state):
    """Give second-level headings an id: "s-cost", the next one with that name "s-cost-1".

    "s-", so it's never one of the page's own ids, like "main".
    """
    taken, numbers = set(), Counter()
    for at, token in enumerate(state.tokens):
        if token.type == "heading_open" and token.tag == "h2":
            slug = anchor = f"s-{slugify(_plain(state.tokens[at + 1]))}"
            while anchor in taken:
                numbers[slug] += 1
                anchor = f"{slug}-{numbers[slug]}"
            taken.add(anchor)
            token.attrSet("id", anchor)


# HTML shows up as text, and so do links with a scheme that could run code. Pictures would come
# from other hosts, and our pages don't load those.
_markdown = MarkdownIt("commonmark", {"html": False}).disable("image")
_markdown.core.ruler.push("one_title", _one_title)
_markdown.core.ruler.push("anchors", _anchors)


@dataclass(frozen=True)
class Heading:
    """A second-level heading, for "On this page"."""

    anchor: str
    text: str


@dataclass(frozen=True)
class Page:
    html: str
    headings: list[Heading]


def render(body):
    """The Page of an article's Markdown."""
    tokens = _markdown.parse(body)
    headings = [
        Heading(anchor=token.attrs["id"], text=_plain(tokens[at + 1]))
        for at, token in enumerate(tokens)
        if token.type == "heading_open" and token.tag == "h2"
    ]
    html = _markdown.renderer.render(tokens, _markdown.options, {})
    return Page(html=mark_safe(html), headings=headings)  # noqa: S308 (markdown-it escaped it)


def _plain(inline):
    return "".join(token.content for token in inline.children)


def make(**kwargs):
    """Make the articles in the folder that don't exist yet (receiver of post_migrate).

    The ones that exist stay the way the team left them.
    """
    for path in sorted(FOLDER.glob("*.md")):
        Article.objects.get_or_create(slug=path.stem, defaults=_read(path))


def _read(path):
    """The fields in a file: lines of "name: value", an empty line, then the body."""
    head, _, body = path.read_text(encoding="utf-8").partition("\n\n")
    return {**dict(line.split(": ", 1) for line in head.splitlines()), "body": body.strip()}
