"""How a mail reads, as text and as HTML."""

from email.utils import parseaddr
from urllib.parse import urljoin
from zoneinfo import ZoneInfo

import css_inline
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils.dateformat import format

from . import sign_in_links
from .models import User

_inliner = css_inline.CSSInliner(load_remote_stylesheets=False)


def render(notification, mail):
    """The EmailMultiAlternatives of a Mail, the same Message-ID each time."""
    until = notification.sign_in_until
    last = until and sign_in_links.path(notification.address, until)
    context = {
        "mail": mail,
        "sign_in_link": last and urljoin(settings.SITE_URL, last),
        "sign_in_until": until and _in_words(local_time(notification, until)),
        "link": urljoin(settings.SITE_URL, str(mail.link)),
        "site_url": settings.SITE_URL,
    }
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2]
    message = EmailMultiAlternatives(
        subject=mail.subject,
        body=render_to_string("mail/mail.txt", context).strip() + "\n",
        to=[notification.address],
        headers={
            "Message-ID": f"<{notification.uuid}@{domain}>",
            "Auto-Submitted": "auto-generated",
        },
    )
    html = render_to_string("mail/mail.html", context)
    message.attach_alternative(_inliner.inline(html), "text/html")
    for attachment in mail.attachments:
        message.attach(*attachment)
    return message


def _in_words(moment):
    return f"{format(moment, 'g:i A T')} on {format(moment, 'F j')}"


def local_time(notification, moment):
    """The moment in the time zone of whoever has the address, or in UTC."""
    user = User.objects.filter(email__iexact=notification.address).first()
    return moment.astimezone(ZoneInfo((user and user.time_zone) or "UTC"))
