"""The way to the mail server, and whose trouble it is when it refuses a mail."""

import re
import smtplib

# Of the sender, of the recipient, of the text.
REFUSALS = (smtplib.SMTPSenderRefused, smtplib.SMTPRecipientsRefused, smtplib.SMTPDataError)
HANGS_UP, LOG_IN_FIRST = 421, 530
# RFC 3463: the sender's address (5.1.7, 5.1.8), or what it may send (5.7.x). Many servers only
# say so when they hear the recipient, or after the text.
ABOUT_THE_SENDER = re.compile(rb"5\.(1\.[78]|7\.\d+)\b")


def send(message, connection):
    """Send it over one of Django's connections, which stays open for the next mail if it can."""
    try:
        connection.open()
        connection.send_messages([message])
    except Exception as error:
        if not isinstance(error, REFUSALS) or HANGS_UP in _codes(error):
            connection.close()
        raise


def is_for_good(error):
    """Whether the server won't ever take this mail. A refusal of our own sender passes."""
    return isinstance(error, REFUSALS[1:]) and all(
        code >= 500 and code != LOG_IN_FIRST and not ABOUT_THE_SENDER.match(text)
        for code, text in _answers(error)
    )


def reason(error):
    """The error's type and the server's codes. No text: it may quote the mail."""
    return " ".join([type(error).__name__, *map(str, _codes(error))])[:200]


def _codes(error):
    return [code for code, _ in _answers(error)]


def _answers(error):
    """(code, text) of what the server said."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return list(error.recipients.values())
    if isinstance(error, smtplib.SMTPResponseException):
        return [(error.smtp_code, error.smtp_error)]
    return []
