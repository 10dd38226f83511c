"""What people type: form fields that take every script and emoji, and say what they can't take."""

import re
import unicodedata
from urllib.parse import urlsplit
from uuid import uuid4

import idna
import phonenumbers
from django import forms
from django.core.exceptions import ValidationError

from .plain import plain

LINE_BREAKS = re.compile("[\n\r\v\f\x85\u2028\u2029]")
# Control characters, halves of surrogate pairs, and characters that change the direction of the
# text around them. Joiners (in emoji and many scripts) and plain direction marks are fine.
HIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069]")
# The replacement for bytes that weren't text, and what Unicode says will never be a character.
UNREADABLE = re.compile(
    "[\ufffd\ufdd0-\ufdef"
    + "".join(
        f"{chr(0x10000 * plane + 0xFFFE)}-{chr(0x10000 * plane + 0xFFFF)}" for plane in range(17)
    )
    + "]"
)
TAB = "\t"
BLANK_LETTERS = set("\u115f\u1160\u3164\uffa0\u2800\u034f")  # letters and symbols that look blank
BLANK_CATEGORIES = {"Cc", "Cf", "Mn", "Zl", "Zp", "Zs"}

ONE_LINE = "Keep this on one line."
NO_HIDDEN = "This has invisible characters in it. Type it instead of pasting it."
NO_UNREADABLE = "We can’t read part of this text. Type it instead of pasting it."
NOTHING_SEEN = "Nothing in this is visible. Type something, or leave it empty."
TOO_LONG = "Use at most %(limit_value)d characters. This has %(show_value)d."
HTTPS = "Use an address that starts with https://."
WHOLE = "Paste the whole address, starting with https://."
# Of an email, before the @. A mail program reads "=?…?=" as encoded, and could name someone else.
NAME = re.compile(r"(?!.*=\?)[\w.!#$%&'*+/=?^`{|}~-]+", re.ASCII)
NO_SPACE = "This address has a space in it. Paste it without one."
NO_NAME = "Use an address without a username or password between https:// and the @."
LOOKALIKE = "Use an address with only plain letters, a to z, the way your browser shows it."
LOST = "Part of this page got lost. Open it again, and copy what you wrote."
PHONE = "Enter a phone number with its area code, like (916) 555-0142."


def is_visible(text):
    """Whether a reader would see anything."""
    return any(
        letter not in BLANK_LETTERS and unicodedata.category(letter) not in BLANK_CATEGORIES
        for letter in text
    )


def masked(address):
    """An email as only its owner would recognize it: "j•••@fastmail.example"."""
    name, at, domain = address.rpartition("@")
    return f"{name[:1]}•••{at}{domain}"


def misleads(host):
    """Whether the part between "://" and the path may lead somewhere it doesn't seem to.

    A link doesn't go to the name before an "@", and other scripts have letters that look Latin.
    """
    return "@" in host or not host.isascii()


def validate_https(link):
    """A validator for model and form fields: https only, no password, nothing invisible."""
    wrong = _wrong_with(link)
    if wrong:
        raise ValidationError(wrong, code="https")


def _wrong_with(link):
    """What's wrong with a link, as one sentence; "" if nothing is."""
    if HIDDEN.search(link):
        return NO_HIDDEN
    if re.search(r"\s", link):
        return NO_SPACE
    try:
        parts = urlsplit(link)
        is_whole = _is_public(parts.hostname or "") and parts.port != 0
    except ValueError:  # for "https://[" or "https://a.example:x"
        return WHOLE
    if parts.scheme != "https":
        return HTTPS
    if misleads(parts.netloc):
        return NO_NAME if "@" in parts.netloc else LOOKALIKE
    return "" if is_whole else WHOLE


def _is_public(host):
    """Whether it looks like a host name on the internet: with a dot, and not a number."""
    _, dot, last = host.rstrip(".").rpartition(".")
    return bool(dot and re.search(r"[^\W\d_]", last))


class TextField(forms.CharField):
    """What LineField and ParagraphField share. The value is NFC-normalized and stripped."""

    default_error_messages = {
        "hidden": NO_HIDDEN,
        "unreadable": NO_UNREADABLE,
        "nothing_seen": NOTHING_SEEN,
    }

    def __init__(self, *, max_length, **kwargs):
        super().__init__(max_length=max_length, strip=False, **kwargs)
        for validator in self.validators:
            if validator.code == "max_length":
                validator.message = TOO_LONG

    def widget_attrs(self, widget):
        """No maxlength: the browser would silently cut what people paste."""
        attrs = super().widget_attrs(widget)
        attrs.pop("maxlength", None)
        return attrs

    def to_python(self, value):
        text = super().to_python(value)
        if HIDDEN.search(text):
            raise ValidationError(self.error_messages["hidden"], code="hidden")
        if UNREADABLE.search(text):
            raise ValidationError(self.error_messages["unreadable"], code="unreadable")
        text = unicodedata.normalize("NFC", self.plain(text).strip())
        if text and not is_visible(text):
            raise ValidationError(self.error_messages["nothing_seen"], code="nothing_seen")
        return text

    def plain(self, text):
        """The text with its white space cleaned up; may raise ValidationError."""
        return text


class LineField(TextField):
    """One line of text."""

    default_error_messages = {"one_line": ONE_LINE}

    def plain(self, text):
        if LINE_BREAKS.search(text):
            raise ValidationError(self.error_messages["one_line"], code="one_line")
        return text.replace(TAB, " ")


class ParagraphField(TextField):
    """Text in paragraphs. It keeps its line breaks, as "\\n"."""

    widget = forms.Textarea

    def plain(self, text):
        return LINE_BREAKS.sub("\n", text.replace("\r\n", "\n"))


def national(number):
    """A valid E.164 number the way people in the US write it; anything else unchanged."""
    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return number
    if not phonenumbers.is_valid_number(parsed):
        return number
    form = phonenumbers.PhoneNumberFormat
    is_us = parsed.country_code == 1
    return phonenumbers.format_number(parsed, form.NATIONAL if is_us else form.INTERNATIONAL)


class PhoneField(LineField):
    """A US phone number, or one with + and a country code. The value is E.164."""

    default_error_messages = {"phone": PHONE}
    widget = forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"})

    def __init__(self, *, max_length=40, **kwargs):
        super().__init__(max_length=max_length, **kwargs)

    def prepare_value(self, value):
        return national(value) if value else value

    def to_python(self, value):
        return super().to_python(plain(value or ""))

    def clean(self, value):
        text = super().clean(value)
        if text in self.empty_values:
            return self.empty_value
        try:
            number = phonenumbers.parse(text, "US")
        except phonenumbers.NumberParseException:
            number = None
        if not number or number.extension or not phonenumbers.is_valid_number(number):
            raise ValidationError(self.error_messages["phone"], code="phone")
        return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


class HttpsField(forms.URLField):
    """A link that starts with https:// and has no password in it."""

    widget = forms.URLInput(attrs={"placeholder": "https://", "autocomplete": "off"})
    default_error_messages = {"invalid": WHOLE}
    default_validators = [validate_https, *forms.URLField.default_validators]

    def __init__(self, *, max_length=500, **kwargs):
        super().__init__(max_length=max_length, assume_scheme="https", **kwargs)

    def to_python(self, value):
        return super().to_python(plain(value or ""))

    def run_validators(self, value):
        """Show only the first error: the others mostly follow from it."""
        try:
            super().run_validators(value)
        except ValidationError as wrong:
            raise wrong.error_list[0] from None


class EmailField(forms.EmailField):
    """An email in lower case, with its domain as DNS has it, so there's one way to write it.

    Nobody gets two accounts for one mailbox by using letters that mean the same ("ﬆ" for "st").
    Before the @ there are only ASCII letters, digits and marks: no quotes, no controls.
    """

    default_error_messages = {"invalid": "Enter an email address, like name@example.com."}

    def to_python(self, value):
        name, at, domain = plain(super().to_python(value)).lower().rpartition("@")
        try:
            domain = idna.encode(domain, uts46=True).decode()
        except UnicodeError:
            domain = ""  # the validator refuses it
        return f"{name}{at}{domain}"

    def run_validators(self, value):
        """Only letters, digits and the marks between them, before the @: no quotes, no controls."""
        super().run_validators(value)
        if value and not NAME.fullmatch(value.rpartition("@")[0]):
            raise ValidationError(self.error_messages["invalid"], code="invalid")


class IdField(LineField):
    """What's printed on a card, like a member ID."""

    def to_python(self, value):
        return super().to_python(plain(value or ""))


class RowKeyField(forms.UUIDField):
    """The uuid of the row to make, so a second press finds the row from the first."""

    widget = forms.HiddenInput

    def __init__(self):
        super().__init__(initial=uuid4, error_messages={"required": LOST, "invalid": LOST})

    def has_changed(self, initial, data):
        return False
