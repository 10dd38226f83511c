"""The email about a message: ten minutes later if it's unread, and not again before they look."""

from datetime import timedelta

import pytest

from accounts.models import Notification
from messaging.tests.factories import write


def mails(mailbox, monday, address, minutes=10):
    """What an address has gotten a while later."""
    monday.shift(timedelta(minutes=minutes))
    return mailbox.to(address)


def states():
    return list(Notification.objects.values_list("state", flat=True).order_by("pk"))


def test_the_other_person_gets_an_email_that_does_not_say_what_it_says(pair, mailbox, monday, url):
    write(pair, pair.client, body="I can’t sleep.")
    dana = pair.provider.user
    (mail,) = mails(mailbox, monday, dana.email)
    assert mail.subject == "You have a new message"
    html = mail.alternatives[0].content
    for text in (mail.body, html):
        assert url in text
        for word in ("sleep", "Jordan", "Dana", "therap"):
            assert word not in text
    assert not mailbox.to(pair.client.email)


def test_it_goes_out_after_ten_minutes_and_no_sooner(pair, mailbox, monday):
    write(pair, pair.provider.user)
    monday.shift(timedelta(minutes=10) - timedelta(seconds=1))
    assert not mailbox.to(pair.client.email)
    monday.shift(1)
    assert len(mailbox.to(pair.client.email)) == 1


def test_three_in_a_row_cause_one_email_which_the_first_one_is_owed(pair, mailbox, monday):
    for _ in range(3):
        write(pair, pair.provider.user)
        monday.shift(timedelta(minutes=4))
    assert len(mailbox.to(pair.client.email)) == 1
    assert len(mails(mailbox, monday, pair.client.email)) == 1
    assert states() == ["sent", "dropped", "dropped"]


def test_both_get_an_email_if_they_write_at_the_same_time(pair, mailbox, monday):
    write(pair, pair.provider.user)
    write(pair, pair.client)
    assert len(mails(mailbox, monday, pair.provider.user.email)) == 1
    assert len(mailbox.to(pair.client.email)) == 1


def test_no_email_if_they_read_it_first(pair, mailbox, monday, jordan, url):
    write(pair, pair.provider.user)
    jordan.get(url)
    assert not mails(mailbox, monday, pair.client.email)


def test_no_email_while_the_conversation_is_open(pair, mailbox, monday, jordan, url):
    last = write(pair, pair.provider.user)
    jordan.get(url)
    for _ in range(4):
        monday.shift(timedelta(minutes=6))
        new = write(pair, pair.provider.user)
        monday.shift(4)
        jordan.get(f"{url}parts/", {"after": last.pk})
        last = new
    assert not mails(mailbox, monday, pair.client.email)


def test_a_page_that_only_asks_whether_there_is_news_does_not_count(
    pair, mailbox, monday, jordan, url
):
    write(pair, pair.provider.user)
    jordan.get(f"{url}news/")
    jordan.get("/messages/")
    assert len(mails(mailbox, monday, pair.client.email)) == 1


def test_there_is_no_other_email_until_they_have_looked(pair, mailbox, monday, signed_in, url):
    for _ in range(3):
        write(pair, pair.provider.user)
        assert len(mails(mailbox, monday, pair.client.email, minutes=600)) == 1
    signed_in(pair.client).get(url)
    write(pair, pair.provider.user)
    assert len(mails(mailbox, monday, pair.client.email)) == 2


def test_what_they_wrote_without_looking_is_no_look(pair, mailbox, monday):
    write(pair, pair.provider.user)
    assert len(mails(mailbox, monday, pair.client.email)) == 1
    write(pair, pair.client)
    write(pair, pair.provider.user)
    assert len(mails(mailbox, monday, pair.client.email)) == 1


@pytest.mark.parametrize(("state", "count"), [("failed", 1), ("sending", 0), ("pending", 0)])
def test_one_that_failed_silences_nothing_and_one_that_is_owed_does(
    pair, mailbox, monday, state, count
):
    write(pair, pair.provider.user)
    Notification.objects.filter(kind="messaging.message").update(
        state=state, leased_until="2026-12-09T00:00Z"
    )
    write(pair, pair.provider.user)
    assert len(mails(mailbox, monday, pair.client.email)) == count


def ended(pair):
    pair.ended_at = "2026-11-30T16:05Z"
    pair.save()


def closed_by_client(pair):
    pair.client.is_active = False
    pair.client.save()


def closed_by_provider(pair):
    pair.provider.user.is_active = False
    pair.provider.user.save()


@pytest.mark.parametrize("close", [ended, closed_by_client, closed_by_provider])
def test_once_they_cannot_write_nothing_that_was_owed_goes_out(pair, mailbox, monday, close):
    write(pair, pair.provider.user)
    write(pair, pair.client)
    close(pair)
    for person in (pair.client, pair.provider.user):
        assert not mails(mailbox, monday, person.email)
    assert states() == ["dropped", "dropped"]
