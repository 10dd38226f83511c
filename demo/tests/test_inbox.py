"""The demo inbox shows the email the demo would have sent."""

import pytest
from django.core.mail import EmailMultiAlternatives, get_connection
from django.urls import reverse

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = str(tmp_path / "inbox")


def send(subject="Your code for Headway", text="Your code:\n\n123456\n", files=()):
    message = EmailMultiAlternatives(subject, text, to=["jo@example.com"])
    message.attach_alternative('<p style="color: red">Your <b>code</b></p>', "text/html")
    for file in files:
        message.attach(*file)
    message.send()


def first_link(visitor, name):
    page = visitor.get(reverse("demo-inbox"))
    letter = page.context["letters"][0]
    return reverse(name, args=[letter.name])


def test_an_empty_inbox_says_what_comes_here(visitor):
    page = visitor.get(reverse("demo-inbox"))
    assert page.status_code == 200
    assert "The codes you sign in with come here" in page.text


def test_the_newest_email_is_first(visitor):
    send("The first")
    send("The second")
    page = visitor.get("/demo/inbox/")
    assert page.text.index("The second") < page.text.index("The first")
    assert "To jo@example.com" in page.text


def test_times_are_in_the_zone_of_the_reader_and_say_so(visitor):
    send()
    visitor.cookies["zone"] = "America/Phoenix"
    assert "Times are in Mountain Time (Arizona)" in visitor.get("/demo/inbox/").text
    assert "Mountain Time (Arizona)" in visitor.get(first_link(visitor, "demo-mail")).text


def test_two_emails_in_one_file_are_two_emails(visitor):
    message = EmailMultiAlternatives("The first", "one", to=["jo@example.com"])
    second = EmailMultiAlternatives("The second", "two", to=["jo@example.com"])
    get_connection().send_messages([message, second])
    page = visitor.get("/demo/inbox/")
    assert page.text.index("The second") < page.text.index("The first")
    assert "two" in visitor.get(first_link(visitor, "demo-mail")).text


def test_at_most_a_hundred_are_shown(visitor):
    get_connection().send_messages(
        [EmailMultiAlternatives(f"No. {n}", "text", to=["jo@example.com"]) for n in range(105)]
    )
    page = visitor.get("/demo/inbox/")
    assert len(page.context["letters"]) == 100
    assert "No. 104" in page.text
    assert "No. 4<" not in page.text


def test_a_mail_shows_its_code_and_live_links_and_no_markup_of_its_own(visitor):
    send(text="Your code:\n\n123456\n\nhttps://example.com/help/ <script>alert(1)</script>\n")
    page = visitor.get(first_link(visitor, "demo-mail"))
    assert '<p class="mail-code">123456</p>' in page.text
    assert 'href="https://example.com/help/"' in page.text
    assert "<script>alert" not in page.text


def test_a_mail_without_a_code_shows_none(visitor):
    send(text="At 10:30, room 123456 on the left.\n")
    assert "mail-code" not in visitor.get(first_link(visitor, "demo-mail")).text


def test_the_html_version_is_alone_in_a_sandbox(visitor):
    send()
    page = visitor.get(first_link(visitor, "demo-mail-html"))
    assert page.text.startswith('<p style="color: red">')
    policy = page.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "style-src 'unsafe-inline'" in policy
    assert "sandbox" in policy.replace(";", "").split()
    other = visitor.get("/demo/inbox/").headers["Content-Security-Policy"]
    assert "unsafe-inline" not in other


def test_a_calendar_file_can_be_kept(visitor):
    send(files=[("appointment.ics", b"BEGIN:VCALENDAR\r\n", "text/calendar; method=REQUEST")])
    page = visitor.get(first_link(visitor, "demo-mail"))
    link = first_link(visitor, "demo-mail").rstrip("/") + "/0/"
    assert link in page.text
    assert "Download appointment.ics" in page.text
    file = visitor.get(link)
    assert file.headers["Content-Type"].startswith("text/calendar")
    assert 'attachment; filename="appointment.ics"' in file.headers["Content-Disposition"]
    assert b"".join(file.streaming_content).startswith(b"BEGIN:VCALENDAR")
    assert visitor.get(link.replace("/0/", "/1/")).status_code == 404


@pytest.mark.parametrize("name", ["nothing", "..", "..%2F..%2Fsettings", "x" * 500])
def test_what_is_not_there_is_not_found(name, visitor):
    send()
    assert visitor.get(f"/demo/inbox/{name}/").status_code == 404
    assert visitor.get(f"/demo/inbox/{name}/html/").status_code == 404
    assert visitor.get(f"/demo/inbox/{name}/0/").status_code == 404
