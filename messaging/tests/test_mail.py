"""The mail about a message: that there is one, to the other of the two, once, and no word of it."""

from datetime import timedelta

from accounts.models import Notification
from messaging.tests.factories import write


def mails(mailbox, monday, address):
    """What an address got, a while later."""
    monday.shift(timedelta(minutes=2))
    return mailbox.to(address)


def test_the_other_is_told_and_nothing_of_what_it_says(pair, mailbox, monday, url):
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


def test_each_of_two_who_write_at_once_is_told(pair, mailbox, monday):
    write(pair, pair.provider.user)
    write(pair, pair.client)
    assert len(mails(mailbox, monday, pair.provider.user.email)) == 1


def test_what_was_read_meanwhile_is_not_mailed(pair, mailbox, monday, jordan, url):
    write(pair, pair.provider.user)
    jordan.get(url)
    assert not mails(mailbox, monday, pair.client.email)


def test_a_later_message_is_told_anew(pair, mailbox, monday):
    write(pair, pair.provider.user)
    assert len(mails(mailbox, monday, pair.client.email)) == 1
    write(pair, pair.provider.user)
    assert len(mails(mailbox, monday, pair.client.email)) == 2
