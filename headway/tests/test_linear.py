"""Reading text takes time in proportion to its length, whatever the text is.

100,000 characters take a second or two. Where the work grows with the square, they take minutes.
"""

import time
from functools import partial

import pytest
from django.core.exceptions import ValidationError

from accounts.dates import BirthDateField, ClockField, DayField
from accounts.text import EmailField, HttpsField, LineField, ParagraphField, PhoneField
from booking.fields import DollarsField
from messaging.models import Message
from messaging.templatetags.messaging_tags import linked
from messaging.tests.conftest import pair  # noqa: F401
from support.articles import render
from support.tests.factories import ArticleFactory

LENGTH = 100_000
BOUND = 10  # seconds of this process
MESSAGES = (
    *(":", ".", "(", "[", "@", "www.", "http://", "a))", ".)", "&;", "\n", " ", "😀\u200d", "é:"),
    *("a@b.example ", "https://a.example/ ", f"{':' * 2_000} ", f"{'(' * 2_000}a "),
)
ARTICLES = (
    *("[", "](", "![", "`", "*", "**a", "*a_", "_", "# a\n", "a\n--\n", "- ", "> ", "1. ", "|a"),
    *("<", "&", "\\", ":", "(", "[a]: b\n", "~~~\n", "\n", "😀", "https://a.example/ "),
)
TYPED = (" ", "\t", "1", "1 ", ".", ",", "-", "p", "am ", "@", "a.", "\u200b", "\u0301", "\u0661")
FIELDS = (
    *(LineField(max_length=100), ParagraphField(max_length=100), PhoneField(), HttpsField()),
    *(EmailField(), DayField(), BirthDateField(), ClockField(), DollarsField(least=0, most=9)),
)


def seconds(work):
    began = time.process_time()
    work()
    return time.process_time() - began


def long(unit):
    return (unit * LENGTH)[:LENGTH]


@pytest.mark.parametrize("unit", MESSAGES)
def test_links_in_a_message_are_found_in_linear_time(unit):
    assert seconds(lambda: linked(f"a{long(unit)}a")) < BOUND


@pytest.mark.parametrize("unit", ARTICLES)
def test_an_article_is_read_in_linear_time(unit):
    assert seconds(lambda: render(long(unit))) < BOUND


@pytest.mark.parametrize("field", FIELDS, ids=lambda field: type(field).__name__)
def test_what_is_typed_is_checked_in_linear_time(field):
    def check(text):
        try:
            field.clean(text)
        except ValidationError:
            return

    for unit in TYPED:
        for start in ("1", "https://a.example/", "a@a.example"):
            assert seconds(partial(check, f"{start}{long(unit)}x")) < BOUND, repr(unit)


def test_a_thread_of_colons_is_shown_at_once(signed_in, pair):  # noqa: F811
    from messaging.tests.factories import write

    for _ in range(50):
        write(pair, pair.client, body=":" * 5_000)
    assert Message.objects.count() == 50
    person = signed_in(pair.client)
    assert seconds(lambda: person.get(f"/messages/{pair.uuid}/")) < 2


def test_an_article_of_headings_with_one_name_has_an_id_for_each(visitor, db):
    article = ArticleFactory(body="## Cost\n\n## Cost 1\n\n## Cost\n\n## Cost\n\nText.")
    page = visitor.get(article.get_absolute_url())
    assert [heading.anchor for heading in page.context["page"].headings] == [
        *("s-cost", "s-cost-1", "s-cost-2", "s-cost-3")
    ]
    assert page.text.count('id="s-cost-2"') == 1
