"""Imports run one way: accounts ← providers ← booking ← messaging, support on accounts alone.

Tests stand apart: they come through the front door, and need what is behind it.
"""

import ast

import pytest
from django.conf import settings

BELOW = {  # what an app may import of ours, besides itself
    "accounts": set(),
    "providers": {"accounts"},
    "booking": {"accounts", "providers"},
    "messaging": {"accounts", "providers", "booking"},
    "support": {"accounts"},
}
OURS = {*BELOW, "headway"}


def imported(source):
    """The top-level names of all that the source imports, inside functions too."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield node.module.split(".")[0]


@pytest.mark.parametrize("app", BELOW)
def test_an_app_imports_only_what_stands_below_it(app):
    files = [p for p in (settings.BASE_DIR / app).rglob("*.py") if "tests" not in p.parts]
    upward = {
        f"{path.relative_to(settings.BASE_DIR)} imports {name}"
        for path in files
        for name in imported(path.read_text())
        if name in OURS - BELOW[app] - {app}
    }
    assert files
    assert not upward


def test_imports_are_found_wherever_they_stand():
    source = "import a.b, c\nfrom d.e import f\nfrom .g import h\ndef i():\n    from j import k\n"
    assert set(imported(source)) == {"a", "c", "d", "j"}
