"""What machines read is taken however people paste it; and no number in an address is an error."""

from datetime import date, time

import pytest
from django.core.exceptions import ValidationError

from accounts.dates import BirthDateField, ClockField, DayField
from accounts.plain import number
from accounts.tests.steps import code_in
from accounts.text import EmailField, HttpsField, IdField, PhoneField
from booking.fields import DollarsField

UNSEEN = "\u200b\u200e\u202e\u2066\ufeff\xad\ufe0f\U000e0101"
FIELDS = {
    "email": (EmailField(), "dana.w+x@mail.example", "dana.w+x@mail.example"),
    "link": (HttpsField(), "https://video.example/dana/?x=1", "https://video.example/dana/?x=1"),
    "phone": (PhoneField(), "916 555 0142", "+19165550142"),
    "abroad": (PhoneField(), "+44 20 7946 0958", "+442079460958"),
    "day": (DayField(), "12/24/2026", date(2026, 12, 24)),
    "birth": (BirthDateField(), "April 27, 1990", date(1990, 4, 27)),
    "clock": (ClockField(), "9:30 PM", time(21, 30)),
    "dollars": (DollarsField(least=0, most=9_999), "$1,250", 1250),
    "member ID": (IdField(max_length=40), "W-1234/05", "W-1234/05"),
}


@pytest.mark.parametrize("name", FIELDS)
def test_a_value_is_taken_with_what_was_copied_along(name):
    field, text, value = FIELDS[name]
    unseen = "".join(f"{letter}{UNSEEN}" for letter in text)
    for typed in (text, f" {text} ", f"“{text}”.", f"<{text}>,", f"({text})", unseen):
        assert field.clean(typed) == value, ascii(typed)


@pytest.mark.parametrize("name", FIELDS)
@pytest.mark.parametrize("zero", ["\u0660", "\u0966", "\uff10", "\U0001d7ce"], ids=ascii)
def test_its_digits_may_be_of_any_script(name, zero):
    field, text, value = FIELDS[name]
    script = {ord(str(digit)): chr(ord(zero) + digit) for digit in range(10)}
    assert field.clean(text.translate(script)) == value


def test_a_code_may_be_of_any_script(visitor, mailbox):
    asked = visitor.post("/accounts/login/code/", {"email": "robin@mail.example"})
    code = code_in(mailbox[0])
    wide = code.translate({ord(str(digit)): chr(0xFF10 + digit) for digit in range(10)})
    assert visitor.post(asked.url, {"code": f"\u200e{wide}."}).status_code == 302


@pytest.mark.parametrize(
    ("typed", "email"),
    [
        ("Dana@Straße.example", "dana@xn--strae-oqa.example"),
        ("dana@bücher.example", "dana@xn--bcher-kva.example"),
        ("dana@BU\u0308CHER.example", "dana@xn--bcher-kva.example"),
        ("dana@xn--bcher-kva.example", "dana@xn--bcher-kva.example"),
        ("dana@例え.example", "dana@xn--r8jz45g.example"),
        ("dana@ﬆ.example", "dana@st.example"),
        ("dana@βόλος.example", "dana@xn--nxasmm1c.example"),
        ("o'brien_1@mail.example", "o'brien_1@mail.example"),
        ("_x-@mail.example", "_x-@mail.example"),
    ],
)
def test_an_email_has_one_way_to_be_written(typed, email):
    assert EmailField().clean(typed) == email


@pytest.mark.parametrize(
    "typed",
    [
        *("ünal@mail.example", "\u0430na@mail.example", '"a b"@mail.example', '"a"@mail.example'),
        *("a\x07b@mail.example", "a\x7fb@mail.example", "a b@mail.example", "a\n@mail.example"),
        *("a@☃.example", "a@💩.example", "a@-ü.example", "a@ü-.example", "a@aü--b.example"),
        *("a@xn--ls8h.example", "a@xn--a.example", "a@xn--é.example", "a@\u0301a.example"),
        *("a@[127.0.0.1]", "a@mail..example", "a@" + "ü" * 60 + ".example", "a@b@mail.example"),
        *("\u017fam@mail.example", "\u0131@mail.example"),
        *(
            "a@xn--",
            "a@xn--.test",
            "a@b.xn--",
            "a@XN--",
            "a@xn---",
            "a@\u2024xn--",
            "a@b\uff0exn--",
        ),
        *("=?utf-8?q?dana?=@mail.example", "=?us-ascii?q?=64ana?=@mail.example"),
        *("a@mail.exa\u200bmple\x00", "a..b@mail.example", "@mail.example", "a@"),
    ],
    ids=ascii,
)
def test_an_email_that_no_server_has_gets_an_error(typed):
    with pytest.raises(ValidationError):
        EmailField().clean(typed)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        *(("7", 7), ("007", 7), ("0", 0), ("00", 0), ("100", 100), ("\u0667", 7), ("0" * 9999, 0)),
        *(("101", None), ("0000019999999999999999999", None), ("9" * 9999, None), ("-1", None)),
        *(("²", None), ("1_0", None), ("1e1", None), ("0x1", None), ("+1", None), ("", None)),
        *((None, None), ("one", None), ("1 2", None), ("\ud800", None), ("½", None)),
    ],
    ids=lambda value: ascii(value)[:30],
)
def test_a_number_in_an_address_is_one_or_none(text, value):
    assert number(text, most=100) == value
