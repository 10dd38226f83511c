"""Checks that undefined names in our templates fail tests."""

import pytest
from django.conf import settings
from django.template import Context, Origin, Template, engines

OURS = settings.BASE_DIR / "templates" / "page.html"
STOCK = settings.BASE_DIR / "elsewhere" / "page.html"


def render(text, *, path=OURS):
    template = Template(text, origin=Origin(str(path)), engine=engines["django"].engine)
    return template.render(Context({"known": "Dana"}))


@pytest.mark.parametrize(
    "text",
    [
        "{{ unknown }}",
        "{{ known.unknown }}",
        "{{ unknown|upper }}",
        "{% with a=unknown %}{% endwith %}",
    ],
)
def test_an_undefined_name_fails_the_test(text):
    with pytest.raises(pytest.fail.Exception, match=r"Undefined '(known\.)?unknown"):
        render(text)


def test_a_name_may_be_missing_where_the_template_says_so():
    assert render("{% if unknown %}{{ unknown }}{% endif %}{{ unknown|default:'none' }}") == "none"


def test_stock_templates_render_as_in_production():
    assert render("{{ unknown }}{{ unknown|yesno:'a,b' }}{{ known }}", path=STOCK) == "bDana"
