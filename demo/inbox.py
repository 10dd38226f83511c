"""The demo inbox: shows the mail the demo would have sent, in the browser."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from io import BytesIO
from pathlib import Path

from csp.constants import NONE, UNSAFE_INLINE
from csp.decorators import csp
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts import zones

NEWEST = 100
BETWEEN_MAILS = b"\n" + b"-" * 79 + b"\n"  # what Django's file backend writes after each
CODE = re.compile(r"^\s*(\d{6})\s*$", re.MULTILINE)


@dataclass(frozen=True)
class Letter:
    """One email in the inbox. `name` is its file's name and its place in the file."""

    name: str
    message: EmailMessage
    written_at: datetime

    @property
    def sent_at(self):
        date = self.message["Date"]
        return parsedate_to_datetime(date) if date else self.written_at

    @property
    def to(self):
        return str(self.message["To"] or "")

    @property
    def subject(self):
        return str(self.message["Subject"] or "(no subject)")

    @property
    def text(self):
        part = self.message.get_body(["plain"])
        return part.get_content().strip() if part else ""

    @property
    def code(self):
        """The login code, if the email is about one."""
        found = CODE.search(self.text)
        return found[1] if found else ""

    @property
    def html(self):
        part = self.message.get_body(["html"])
        return part.get_content() if part else ""

    @property
    def files(self):
        return list(self.message.iter_attachments())

    @property
    def file_names(self):
        return [part.get_filename("file") for part in self.files]


def letters():
    """The latest emails, newest first."""
    folder = Path(getattr(settings, "EMAIL_FILE_PATH", "") or "/nowhere")
    written = sorted(folder.glob("*.log"), key=lambda path: path.stat().st_mtime_ns, reverse=True)
    found = [letter for path in written[:NEWEST] for letter in reversed(_read(path))]
    return found[:NEWEST]


def _read(path):
    written_at = datetime.fromtimestamp(path.stat().st_mtime, tz=UTC)
    return [
        Letter(f"{path.stem}-{number}", message_from_bytes(raw, policy=policy.default), written_at)
        for number, raw in enumerate(path.read_bytes().split(BETWEEN_MAILS))
        if raw.strip()
    ]


def _letter(name):
    for letter in letters():
        if letter.name == name:
            return letter
    raise Http404


@login_not_required
@require_safe
def inbox(request):
    """Everything sent, newest first."""
    zone = zones.reader(request)
    context = {"letters": letters(), "zone": zone, "zone_label": zones.label(zone)}
    return render(request, "demo/inbox.html", context)


@login_not_required
@require_safe
def mail(request, name):
    """One email as text, with its files."""
    zone = zones.reader(request)
    context = {"letter": _letter(name), "zone": zone, "zone_label": zones.label(zone)}
    return render(request, "demo/mail.html", context)


@login_not_required
@require_safe
@csp({"default-src": NONE, "style-src": UNSAFE_INLINE, "frame-ancestors": NONE, "sandbox": True})
def mail_html(request, name):
    """One email the way an email app shows it: on its own page, because it has its own styles."""
    html = _letter(name).html
    if not html:
        raise Http404
    return HttpResponse(html)


@login_not_required
@require_safe
def mail_file(request, name, number):
    """A file attached to an email, as a download."""
    files = _letter(name).files
    if number >= len(files):
        raise Http404
    part = files[number]
    return FileResponse(
        BytesIO(part.get_payload(decode=True)),
        as_attachment=True,
        filename=part.get_filename("file"),
        content_type=part.get_content_type(),
    )
