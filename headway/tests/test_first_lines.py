"""Each of our files starts by saying what it's for."""

import ast
import re
import subprocess

from django.conf import settings

TAG = re.compile(r"\s*{% (?:extends|load) [^%]*%}\s*")
COMMENT = {
    ".css": re.compile(r"/\*\s*(.+?)\s*\*/", re.S),
    ".js": re.compile(r"/\*+\s*(.+?)\s*\*/|//\s*(.+)", re.S),
    ".html": re.compile(r"{#\s*(.+?)\s*#}|{% comment %}\s*(.+?)\s*{% endcomment %}", re.S),
}
NOT_OURS = re.compile(r"(^|/)(migrations|vendor)/")


def files():
    """Ours: everything with text in it that git tracks or would track."""
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", "*.py", "*.css", "*.js", "*.html"],
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        check=True,
    )
    paths = [settings.BASE_DIR / name for name in listed.stdout.splitlines()]
    return [
        p for p in paths if p.exists() and p.read_text().strip() and not NOT_OURS.search(str(p))
    ]


def first_words(path):
    """What the file says about itself; a template can have {% extends %} and {% load %} first."""
    text = path.read_text()
    if path.suffix == ".py":
        return ast.get_docstring(ast.parse(text)) or ""
    start = 0
    while path.suffix == ".html" and (tag := TAG.match(text, start)):
        start = tag.end()
    found = COMMENT[path.suffix].match(text, start)
    return next(filter(None, found.groups()), "") if found else ""


def says_what_it_is_for(path):
    """Three words or more; a template that replaces a stock one can just name that one."""
    words = first_words(path)
    stands_in_for = str(path).partition("/templates/")[2]
    return len(words.split()) > 2 or (stands_in_for and words.rstrip(".") == stands_in_for)


def test_each_file_begins_with_what_it_is_for():
    silent = [str(p.relative_to(settings.BASE_DIR)) for p in files() if not says_what_it_is_for(p)]
    assert files()
    assert not silent


def test_a_file_without_a_word_is_found(tmp_path):
    for name, text in {"a.py": "x = 1", "b.css": "a {}", "c.html": "<p>{# too late #}</p>"}.items():
        (tmp_path / name).write_text(text)
        assert not says_what_it_is_for(tmp_path / name)
