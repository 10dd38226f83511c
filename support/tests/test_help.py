"""Help: the list, the articles, and what Markdown may do."""

import pytest
from django.core.management import call_command
from django.utils.html import strip_tags

from support.articles import render
from support.models import Article
from support.tests.factories import ArticleFactory

pytestmark = pytest.mark.django_db
SLUGS = ["first-visit", "telehealth", "cost", "privacy", "crisis"]


def test_list_names_the_five_articles_and_who_each_is_for(visitor):
    page = visitor.get("/help/")
    for article in Article.objects.filter(slug__in=SLUGS):
        assert f'<a href="/help/{article.slug}/">{article.title}</a>' in page.text
        assert article.summary in page.text
    assert page.text.count("For clients") == 3
    assert page.text.count("For everyone") == 2


def test_list_says_who_to_ask_about_what(visitor):
    page = visitor.get("/help/")
    assert "Ask your provider, or ask support?" in page.text
    assert 'href="/contact/"' in page.text


@pytest.mark.parametrize("slug", SLUGS)
def test_each_article_has_its_parts_and_says_who_else_to_ask(visitor, slug):
    page = visitor.get(f"/help/{slug}/")
    article = Article.objects.get(slug=slug)
    assert f"<h1>{article.title}</h1>" in page.text
    for heading in render(article.body).headings:
        assert f'<h2 id="{heading.anchor}">' in page.text
        assert f'<a href="#{heading.anchor}">' in page.text
    assert "Trouble booking?" in page.text
    assert "Trouble joining a session?" in page.text


def test_pages_send_people_to_messages_to_reach_their_provider(visitor):
    for address in ("/help/", "/contact/", "/help/first-visit/", "/help/telehealth/"):
        assert 'href="/messages/"' in visitor.get(address).text


OWN = "You can cancel a first visit yourself, on its page, until it starts"
AFTER = "For anything after that, write to your provider"
LINK = "from 30 minutes before the session"


@pytest.mark.parametrize("address", ["/help/", "/contact/", "/help/first-visit/", "/help/cost/"])
def test_every_page_says_the_same_about_canceling(visitor, address):
    text = strip_tags(visitor.get(address).text)
    assert OWN in text
    assert AFTER in text


@pytest.mark.parametrize("address", ["/help/", "/contact/", "/help/telehealth/"])
def test_every_page_says_the_same_about_the_join_button(visitor, address):
    assert LINK in visitor.get(address).text


def test_crisis_article_can_be_called_from(visitor):
    page = visitor.get("/help/crisis/")
    assert 'href="tel:911"' in page.text
    assert 'href="sms:988"' in page.text


def test_an_unpublished_article_does_not_exist(visitor):
    article = ArticleFactory(title="Half a draft", published=False)
    assert visitor.get(article.get_absolute_url()).status_code == 404
    assert visitor.get("/help/no-such-article/").status_code == 404
    assert "Half a draft" not in visitor.get("/help/").text


def test_list_without_articles_shows_the_way_to_the_team(visitor):
    Article.objects.all().delete()
    assert "There are no articles right now" in visitor.get("/help/").text


def test_html_in_an_article_is_shown_as_text():
    html = render("<script>alert(1)</script>\n\nAnd <b>this</b>.").html
    assert "<script>" not in html
    assert "&lt;script&gt;" in html
    assert "<b>" not in html


def test_link_that_would_run_code_stays_text():
    assert "<a" not in render("[here](javascript:alert(1))").html


def test_picture_stays_text():
    assert "<img" not in render("![seen](https://example.com/pixel.gif)").html


def test_a_page_has_one_title_whatever_the_article_does():
    page = render("# Loud\n\n## Calm\n\n```\n# a comment\n```")
    assert [heading.text for heading in page.headings] == ["Loud", "Calm"]
    assert "<h1" not in page.html
    assert "\n# a comment" in "\n" + page.html.split("<code>")[1]


def test_two_headings_alike_have_anchors_of_their_own():
    page = render("## Calls\n\n## Calls & *more*")
    anchors = [heading.anchor for heading in page.headings]
    assert len(set(anchors)) == 2
    assert page.headings[1].text == "Calls & more"


def test_migrate_brings_back_what_is_missing_and_keeps_what_was_edited():
    Article.objects.filter(slug="cost").update(title="Ours now", published=False)
    Article.objects.filter(slug="crisis").delete()
    call_command("migrate", verbosity=0)
    assert Article.objects.filter(slug="crisis").exists()
    assert Article.objects.get(slug="cost").title == "Ours now"
    assert not Article.objects.get(slug="cost").published


@pytest.mark.parametrize("count", [1, 3])
def test_pages_take_one_query_whatever_there_is_to_show(visitor, count, django_assert_num_queries):
    Article.objects.all().delete()
    article = ArticleFactory.create_batch(count)[0]
    for address in ("/help/", article.get_absolute_url()):
        with django_assert_num_queries(1):
            assert article.title in visitor.get(address).text
