"""What someone typed and sent after their session had ended: kept an hour, put back unsent.

It's encrypted in the session of the browser, at most 64 KB, and only for the person whose session
ended. Passwords, codes, files and hidden fields are never kept, and nothing from the admin is.
"""

import json
import re
import time
from functools import cache
from urllib.parse import urlsplit

from allauth.core import context
from cryptography.fernet import InvalidToken
from django import forms
from django.contrib import messages
from django.contrib.auth import logout
from django.forms.boundfield import BoundField
from django.forms.renderers import TemplatesSetting
from django.forms.utils import pretty_name
from django.http import QueryDict

from .access import is_from_our_page, page_before
from .fields import decrypt, encrypt

KEPT, ENDED = "unsent", "ended"  # in the session: what was typed, and whose session ended here
LASTS = 3600  # seconds
MOST = 64 * 1024  # bytes
NEVER_IN = ("/accounts/", "/admin/")
TEXT = (forms.TextInput, forms.Textarea)
WORDS = {"body": "Message"}
LIBRARIES = ("django.", "allauth.")
BLOCK = re.compile(r"\w+-\d+-")  # what a set of forms puts before a name
WEEKDAY = "weekday"  # hidden, but it says on which day a block of hours was typed
SIGN_IN = "You were signed out. Once you sign in, we’ll put back what you typed."
LOST = "You were signed out before this was sent, and we couldn’t keep what you typed."


def end_session(request):
    """Log out someone whose session is over, and remember in the new session whose it was."""
    ended = request.user.pk
    logout(request)
    request.session[ENDED] = ended


@cache
def _names(widgets):
    """The names of the fields that people see, in any of our forms, with these widgets."""
    forms_left, names = [forms.BaseForm], set()
    while forms_left:
        form = forms_left.pop()
        forms_left += form.__subclasses__()
        if form.__module__.startswith(LIBRARIES):
            continue
        names |= {
            name
            for name, field in form.base_fields.items()
            if isinstance(field.widget, widgets)
            and not (field.widget.is_hidden or _is_secret(field))
        }
    return names


def _is_secret(field):
    """Whether it takes a password, a code or a file."""
    is_code = field.widget.attrs.get("autocomplete") == "one-time-code"
    return is_code or isinstance(field.widget, forms.PasswordInput | forms.FileInput)


def to_copy(request):
    """(name in words, text) of the text that was typed, up to 64 KB, to show it and no more."""
    left = MOST if is_from_our_page(request) is not False else 0
    for name, values in request.POST.lists():
        if _plain(name) not in _names(TEXT):
            continue
        text = "\n".join(values).encode()[:left].decode(errors="ignore")
        left -= len(text.encode())
        if text.strip():
            yield WORDS.get(_plain(name), pretty_name(_plain(name))), text


def _plain(name):
    return BLOCK.sub("", name, count=1)


def keep(request):
    """Keep what a signed-out POST brought, to put it back on the page it was sent from."""
    if not is_from_our_page(request) or request.path.startswith(NEVER_IN):
        return
    sent = dict(request.POST.lists())
    fields = {name: sent[name] for name in sent if _plain(name) in _names(forms.Widget)}
    if not fields:
        return
    fields |= {name: sent[name] for name in sent if _plain(name) == WEEKDAY}
    text, user = json.dumps(fields, ensure_ascii=False), request.session.get(ENDED)
    is_kept = user and len(text.encode()) <= MOST
    request.session[KEPT] = {
        "user": user,
        "at": time.time(),
        "pages": [request.path, urlsplit(page_before(request)).path],
        "text": encrypt(text) if is_kept else "",
    }
    if is_kept:
        messages.info(request, SIGN_IN)


def forget(request, page):
    """Drop what was typed for this page: something newer is stored."""
    if page in request.session.get(KEPT, {}).get("pages", ()):
        del request.session[KEPT]


class UnsentMiddleware:
    """Sets `request.unsent`: what was typed for this page and not sent yet, or None."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        request.unsent = _take(request)


def _take(request):
    """Sending the page's form drops it; so does someone else's sign-in, or the end of the hour."""
    session, user = request.session, request.user.pk
    if user:
        session.pop(ENDED, None)
    kept = session.get(KEPT)
    if not kept:
        return None
    is_over = time.time() - kept["at"] > LASTS
    if is_over or (user and kept["user"] not in (None, user)):
        del session[KEPT]
    elif user and not kept["text"]:
        del session[KEPT]
        messages.warning(request, LOST)
    elif user and request.path in kept["pages"]:
        if request.method != "POST" and (found := _unpack(kept["text"])):
            return found
        del session[KEPT]
        if request.method != "POST":
            messages.warning(request, LOST)
    return None


def _unpack(text):
    """What was typed; None if no key decrypts it anymore."""
    data = QueryDict(mutable=True)
    try:
        fields = json.loads(decrypt(text))
    except InvalidToken:
        return None
    for name, values in fields.items():
        data.setlist(name, values)
    return data


def is_put_back(form):
    """Whether this form shows what was typed before."""
    found = not form.is_bound and getattr(context.request, "unsent", None)
    return bool(found) and any(form.add_prefix(name) in found for name in form.fields)


class UnsentField(BoundField):
    """A field of a form: it shows what was typed in it and not sent, if anything."""

    def value(self):
        if self.is_hidden or _is_secret(self.field) or not is_put_back(self.form):
            return super().value()
        found = self.field.widget.value_from_datadict(context.request.unsent, {}, self.html_name)
        return self.field.prepare_value(self.field.bound_data(found, self.initial))

    def as_widget(self, widget=None, attrs=None, only_initial=False):
        """A hidden initial value is the stored one."""
        if only_initial:
            stored = BoundField(self.form, self.field, self.name)
            return stored.as_widget(widget, attrs, only_initial=True)
        return super().as_widget(widget, attrs)


class Renderer(TemplatesSetting):
    """Django's renderer of forms, with our fields (FORM_RENDERER)."""

    bound_field_class = UnsentField
