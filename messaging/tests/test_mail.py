"""The email about a message: one to the other person, which doesn't say what it says."""

from datetime import timedelta

from accounts.models import Notification
from messaging.tests.factories import write


def mails(mailbox, monday, address):
    """What an address has gotten a while later."""
    monday.shift(timedelta(minutes=2))
    return mailbox.to(address)


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


def test_three_in_a_row_cause_one_mail(pair, mailbox, monday):
    for _ in range(3):
        write(pair, pair.provider.user)
    assert len(mails(mailbox, monday, pair.client.email)) == 1
    states = Notification.objects.values_list("state", flat=True).order_by("pk")
    assert list(states) == ["dropped", "dropped", "sent"]


def test_both_get_an_email_if_they_write_at_the_same_time(pair, mailbox, monday):
    write(pair, pair.provider.user)
    write(pair, pair.client)
    assert len(mails(mailbox, monday, pair.provider.user.email)) == 1


def test_no_email_if_they_read_it_first(pair, mailbox, monday, jordan, url):
    write(pair, pair.provider.user)
    jordan.get(url)
    assert not mails(mailbox, monday, pair.client.email)


def test_a_later_message_gets_another_email(pair, mailbox, monday):
    write(pair, pair.provider.user)
    assert len(mails(mailbox, monday, pair.client.email)) == 1
    write(pair, pair.provider.user)
    assert len(mails(mailbox, monday, pair.client.email)) == 2
