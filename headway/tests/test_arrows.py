"""Imports go one way, between apps and between booking's wings, and there are no import cycles.

Tests are exempt: they come through the front door, and need what's behind it.
"""

import ast
from graphlib import CycleError, TopologicalSorter

import pytest
from django.conf import settings

APPS = {  # which of our apps an app may import; it may also import what those may import
    "accounts": (),
    "providers": ("accounts",),
    "booking": ("providers",),
    "messaging": ("booking",),
    "support": ("booking",),
}
GROUND = "the ground"
WINGS = {  # the same for the wings of booking, from the ground up
    "clock": (),
    GROUND: ("clock",),
    "availability": (GROUND,),
    "hours": ("availability",),
    "calendars": ("availability",),
    "appointments": ("calendars",),
    "relationships": ("appointments",),
    "first_visit": ("relationships",),
    "workspace": ("relationships", "hours"),
}
ON_THE_GROUND = {"models", "refusals", "fields", "locking"}
ABOVE = {"urls", "tasks", "apps", "templatetags", "migrations"}
SPANNING = ("headway", "demo", "benchmarks")


def below(name, rules):
    """Everything it may import, directly and through those."""
    return {name}.union(*(below(each, rules) for each in rules[name]))


def modules(*folders):
    """Our code's files by dotted name, packages under their own name. No tests."""
    found = {}
    for folder in folders:
        for path in (settings.BASE_DIR / folder).rglob("*.py"):
            parts = path.relative_to(settings.BASE_DIR).with_suffix("").parts
            if "tests" not in parts:
                found[".".join(parts).removesuffix(".__init__")] = path
    return found


ALL = modules(*APPS, *SPANNING)


def imported(source, package=""):
    """The dotted names that a module's source in this package imports, even in functions."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            parents = package.split(".")[: len(package.split(".")) + 1 - node.level]
            base = ".".join([*parents * bool(node.level), *filter(None, [node.module])])
            yield from (f"{base}.{alias.name}" for alias in node.names)


def arrows(name):
    """Our modules that a module imports, not counting itself."""
    path = ALL[name]
    package = name if path.name == "__init__.py" else name.rpartition(".")[0]
    names = {
        each if each in ALL else each.rpartition(".")[0]
        for each in imported(path.read_text(), package)
    }
    return names & ALL.keys() - {name}


def wing(name):
    """The wing of a module in booking, or None if it's above them all."""
    part = name.split(".")[1] if "." in name else "apps"
    return None if part in ABOVE else GROUND if part in ON_THE_GROUND else part


@pytest.mark.parametrize("app", APPS)
def test_an_app_imports_only_what_is_below_it(app):
    allowed = below(app, APPS)
    upward = {
        f"{name} imports {other}"
        for name in modules(app)
        for other in arrows(name)
        if other.split(".")[0] not in allowed
    }
    assert not upward


@pytest.mark.parametrize("name", [name for name in modules("booking") if wing(name)])
def test_a_wing_imports_only_what_is_below_it(name):
    allowed = below(wing(name), WINGS)
    others = [other for other in arrows(name) if other.startswith("booking.")]
    assert not [f"{name} imports {other}" for other in others if wing(other) not in allowed]


def test_only_addresses_lead_into_the_demo():
    importers = {
        name
        for name in modules(*APPS, "headway")
        if any(other.split(".")[0] == "demo" for other in arrows(name))
    }
    assert not importers  # urls.py includes them by name
    assert "demo.urls" in (settings.BASE_DIR / "headway" / "urls.py").read_text()


def test_no_files_import_each_other_in_a_circle():
    try:
        TopologicalSorter({name: arrows(name) for name in ALL}).prepare()
    except CycleError as circle:
        pytest.fail(f"A circle: {' → '.join(circle.args[1])}", pytrace=False)


def test_every_wing_is_there():
    assert {wing(name) for name in modules("booking")} == {*WINGS, None}


def test_imports_are_found_wherever_they_are():
    source = "import a.b, c\nfrom d.e import f\nfrom .g import h\nfrom ..k import l\n"
    source += "from . import m\ndef i():\n    from j import n\n"
    names = {"a.b", "c", "d.e.f", "p.q.g.h", "p.k.l", "p.q.m", "j.n"}
    assert set(imported(source, "p.q")) == names
