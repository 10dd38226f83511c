"""Help articles: the ones we begin with, and how Markdown becomes a page."""

from dataclasses import dataclass
from pathlib import Path

from django.utils.safestring import mark_safe
from django.utils.text import slugify
from markdown_it import MarkdownIt
from mdit_py_plugins.anchors import anchors_plugin

from .models import Article

FOLDER = Path(__file__).parent / "articles"


def _anchor(heading):
    return f"s-{slugify(heading)}"  # the "s-" keeps clear of the page's own ids, "main" say


def _one_title(state):
    """A heading of the first level counts as one of the second: a page has one h1, its title."""
    for token in state.tokens:
        if token.type.startswith("heading_") and token.tag == "h1":
            token.tag = "h2"


# HTML is shown as text, and so are links with a scheme that could run code. Pictures would come
# from other hosts, which our pages don't load.
_markdown = MarkdownIt("commonmark", {"html": False}).disable("image")
_markdown.core.ruler.push("one_title", _one_title)
_markdown.use(anchors_plugin, min_level=2, max_level=2, slug_func=_anchor)


@dataclass(frozen=True)
class Heading:
    """A heading of the second level, for "On this page"."""

    anchor: str
    text: str


@dataclass(frozen=True)
class Page:
    """An article as it is shown."""

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
    """Make the articles of the folder that aren't there yet (receiver of post_migrate).

    One that is there stays as the team left it.
    """
    for path in sorted(FOLDER.glob("*.md")):
        Article.objects.get_or_create(slug=path.stem, defaults=_read(path))


def _read(path):
    """The fields of a file: lines of "name: value", an empty line, then the body."""
    head, _, body = path.read_text(encoding="utf-8").partition("\n\n")
    return {**dict(line.split(": ", 1) for line in head.splitlines()), "body": body.strip()}
