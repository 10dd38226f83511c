"""What people type: form fields that keep every script and emoji, and say what they can't take."""

import re
import unicodedata
from urllib.parse import urlsplit
from uuid import uuid4

import phonenumbers
from django import forms
from django.core.exceptions import ValidationError

LINE_BREAKS = re.compile("[\n\r\v\f\x85\u2028\u2029]")
# Control characters, halves of surrogate pairs, and what turns the direction of the text around it.
# Joiners (in emoji and many scripts) and plain direction marks are not among them.
HIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069]")
# What stands in place of bytes that were no text, and what Unicode keeps out of texts for good.
UNREADABLE = re.compile(
    "[\ufffd\ufdd0-\ufdef"
    + "".join(
        f"{chr(0x10000 * plane + 0xFFFE)}-{chr(0x10000 * plane + 0xFFFF)}" for plane in range(17)
    )
    + "]"
)
TAB = "\t"
BLANK_LETTERS = set("\u115f\u1160\u3164\uffa0\u2800\u034f")  # letters and signs that show nothing
BLANK_CATEGORIES = {"Cc", "Cf", "Mn", "Zl", "Zp", "Zs"}

ONE_LINE = "Keep this on one line."
NO_HIDDEN = "This has characters that can’t be seen. Type it again instead of pasting it."
NO_UNREADABLE = "Something in this text can’t be read. Type it again instead of pasting it."
NOTHING_SEEN = "This has nothing in it that can be seen. Type something, or leave it empty."
TOO_LONG = "Use at most %(limit_value)d characters. This has %(show_value)d."
HTTPS = "Use an address that begins with https://."
WHOLE = "Paste the whole address, beginning with https://."
NO_SPACE = "This address has a space in it. Paste it without one."
NO_NAME = "Use an address without a name or password between https:// and the @."
LOOKALIKE = "Use an address with plain letters from a to z in its name, as your browser shows it."
LOST = "Something on this page got lost. Open it anew, and copy your words over."
PHONE = "Enter a phone number with its area code, like (916) 555-0142."


def is_visible(text):
    """Whether a reader would see anything."""
    return any(
        letter not in BLANK_LETTERS and unicodedata.category(letter) not in BLANK_CATEGORIES
        for letter in text
    )


def masked(address):
    """An email that its owner recognizes and others don't: "j•••@fastmail.example"."""
    name, at, domain = address.rpartition("@")
    return f"{name[:1]}•••{at}{domain}"


def misleads(host):
    """Whether what stands between "://" and the path may lead elsewhere than it looks.

    The name before an "@" is not where it leads, and letters of other scripts look like Latin ones.
    """
    return "@" in host or not host.isascii()


def validate_https(link):
    """A validator for model and form fields: https alone, nobody's password, nothing unseen."""
    wrong = _wrong_with(link)
    if wrong:
        raise ValidationError(wrong, code="https")


def _wrong_with(link):
    """What speaks against a link, as one sentence; "" where nothing does."""
    if HIDDEN.search(link):
        return NO_HIDDEN
    if re.search(r"\s", link):
        return NO_SPACE
    try:
        parts = urlsplit(link)
        is_whole = _is_public(parts.hostname or "") and parts.port != 0
    except ValueError:  # as "https://[" and "https://a.example:x" are
        return WHOLE
    if parts.scheme != "https":
        return HTTPS
    if misleads(parts.netloc):
        return NO_NAME if "@" in parts.netloc else LOOKALIKE
    return "" if is_whole else WHOLE


def _is_public(host):
    """Whether it has the form of a name in the public net: dotted, and no number."""
    _, dot, last = host.rstrip(".").rpartition(".")
    return bool(dot and re.search(r"[^\W\d_]", last))


class TextField(forms.CharField):
    """What LineField and ParagraphField share; the value is in normal form C, stripped."""

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
        """No maxlength: the browser would cut what is pasted, and not say so."""
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
        """The text with its white space as we keep it; may raise ValidationError."""
        return text


class LineField(TextField):
    """One line of text."""

    default_error_messages = {"one_line": ONE_LINE}

    def plain(self, text):
        if LINE_BREAKS.search(text):
            raise ValidationError(self.error_messages["one_line"], code="one_line")
        return text.replace(TAB, " ")


class ParagraphField(TextField):
    """Text in paragraphs; its line breaks are kept, as "\\n"."""

    widget = forms.Textarea

    def plain(self, text):
        return LINE_BREAKS.sub("\n", text.replace("\r\n", "\n"))


def national(number):
    """A valid E.164 number as people in the US write it; anything else as it is."""
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
    """A phone number as people write it in the US, or with + and a country; the value is E.164."""

    default_error_messages = {"phone": PHONE}
    widget = forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"})

    def __init__(self, *, max_length=40, **kwargs):
        super().__init__(max_length=max_length, **kwargs)

    def prepare_value(self, value):
        """A number that we know, in its national form."""
        return national(value) if value else value

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
    """A link that begins with https://, without anybody's password in it."""

    widget = forms.URLInput(attrs={"placeholder": "https://", "autocomplete": "off"})
    default_error_messages = {"invalid": WHOLE}
    default_validators = [validate_https, *forms.URLField.default_validators]

    def __init__(self, *, max_length=500, **kwargs):
        super().__init__(max_length=max_length, assume_scheme="https", **kwargs)

    def run_validators(self, value):
        """Say the first of what is wrong: the others mostly follow from it."""
        try:
            super().run_validators(value)
        except ValidationError as wrong:
            raise wrong.error_list[0] from None


class EmailField(forms.EmailField):
    """An email in small letters, its domain as mail servers are asked for it: one way to write it.

    So nobody has two accounts for one mailbox, by letters that mean the same ("ﬆ" for "st").
    """

    default_error_messages = {"invalid": "Enter an email address, like name@example.com."}

    def clean(self, value):
        name, at, domain = super().clean(value).lower().rpartition("@")
        try:
            return f"{name}{at}{domain.encode('idna').decode()}"
        except UnicodeError as error:  # as letters that no domain may have
            raise ValidationError(self.error_messages["invalid"], code="invalid") from error


class RowKeyField(forms.UUIDField):
    """The uuid of the row to be made: a second press finds the first one's row."""

    widget = forms.HiddenInput

    def __init__(self):
        super().__init__(initial=uuid4, error_messages={"required": LOST, "invalid": LOST})

    def has_changed(self, initial, data):
        return False
