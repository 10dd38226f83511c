"""What people type: exact answers, and nothing they're allowed to say gets lost."""

import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.test import RequestFactory, override_settings

from accounts import text
from accounts.access import client_address
from accounts.text import LineField, ParagraphField, PhoneField


class Letter(forms.Form):
    name = LineField(max_length=10)
    nickname = LineField(max_length=10, required=False)
    words = ParagraphField(max_length=20, required=False)
    phone = PhoneField(required=False)


def answer(field, value):
    """The clean value, or the error at the field."""
    form = Letter({"name": "Ada", field: value})
    form.is_valid()
    return form.errors[field][0] if field in form.errors else form.cleaned_data[field]


@pytest.mark.parametrize(
    "value",
    ["Zoë", "يوسف", "שרה", "李小龍", "👩‍👩‍👧", "नमस्ते", "O’Brien", "\u200fשרה\u200f"],
    ids=ascii,
)
def test_names_of_every_script_and_emoji_are_kept(value):
    assert answer("name", value) == value


def test_accents_are_put_together_and_spaces_around_are_dropped():
    assert answer("name", "  Zoe\u0308 ") == "Zoë"
    assert answer("name", "Ada\tL") == "Ada L"


@pytest.mark.parametrize("break_", ["\n", "\r", "\r\n", "\u2028", "\x85", "\x0b"], ids=ascii)
def test_a_line_has_no_line_breaks_at_its_end_either(break_):
    expected = text.NO_HIDDEN if break_ in "\x85\x0b" else text.ONE_LINE
    assert answer("name", f"A{break_}b") == expected
    assert answer("name", f"Ab{break_}") == expected


@pytest.mark.parametrize(
    "hidden", ["\0", "\x07", "\x0b", "\x0c", "\x1b", "\x9f", "\u202e", "\u2066"], ids=ascii
)
def test_controls_and_bidi_overrides_get_an_error(hidden):
    assert answer("name", f"A{hidden}b") == text.NO_HIDDEN
    assert answer("words", f"A{hidden}b") == text.NO_HIDDEN


@pytest.mark.parametrize("lost", ["\ufffd", "\ufffe", "\uffff", "\ufdd0", "\U0010ffff"], ids=ascii)
def test_unreadable_text_gets_an_error(lost):
    assert answer("name", f"A{lost}b") == text.NO_UNREADABLE
    assert answer("words", f"A{lost}b") == text.NO_UNREADABLE


@pytest.mark.parametrize("flag", ["🇺🇸", "🏴\U000e0067\U000e007f", "❤️", "a\u200eb"], ids=ascii)
def test_flags_and_marks_of_direction_are_kept(flag):
    assert answer("words", flag) == flag


@pytest.mark.parametrize(
    "blank", ["\u200b", "\u200d\ufe0f", "\u3164", "\u2800\xa0", "\xad"], ids=ascii
)
def test_invisible_text_gets_an_error(blank):
    assert answer("name", blank) == text.NOTHING_SEEN
    assert answer("nickname", blank) == text.NOTHING_SEEN


def test_white_space_alone_is_as_good_as_empty():
    assert answer("name", "   ") == "This field is required."
    assert answer("nickname", "   ") == ""


def test_too_long_gets_an_error_and_is_kept_and_the_browser_does_not_cut_it():
    form = Letter({"name": "Bartholomew"})
    assert form.errors["name"] == ["Use at most 10 characters. This has 11."]
    assert "Bartholomew" in form.as_p()
    assert "maxlength" not in form.as_p()
    assert answer("name", "Zoe\u0308" + "x" * 7) == "Zoë" + "x" * 7


def test_paragraphs_keep_their_breaks_and_emoji():
    assert answer("words", "One\r\n\r\nTwo 🙂\n") == "One\n\nTwo 🙂"
    assert answer("words", "x" * 21) == "Use at most 20 characters. This has 21."


@pytest.mark.parametrize(
    "typed",
    ["(916) 555-0142", "916.555.0142", "1 916 555 0142", "+1 916-555-0142", "９１６5550142"],
)
def test_a_phone_number_is_understood_as_people_write_it(typed):
    assert answer("phone", typed) == "+19165550142"


@pytest.mark.parametrize("typed", ["555-0142", "911", "call me", "916 555 0142 x12", "+999 1"])
def test_a_number_nobody_can_call_gets_an_error(typed):
    assert answer("phone", typed) == text.PHONE


def test_a_phone_number_from_elsewhere_and_none_at_all():
    assert answer("phone", "+44 20 7946 0958") == "+442079460958"
    assert answer("phone", "") == ""
    assert answer("phone", "916\n5550142") == text.ONE_LINE


def test_a_masked_address_is_known_to_its_owner_alone():
    assert text.masked("jordan@fastmail.example") == "j•••@fastmail.example"


@pytest.mark.parametrize(("hops", "address"), [(0, "10.0.0.9"), (1, "203.0.113.7"), (2, "1.2.3.4")])
def test_the_visitors_address_is_what_the_trusted_hops_say(hops, address):
    request = RequestFactory(
        REMOTE_ADDR="10.0.0.9", HTTP_X_FORWARDED_FOR="6.6.6.6, 1.2.3.4, 203.0.113.7"
    ).get("/")
    with override_settings(ALLAUTH_TRUSTED_PROXY_COUNT=hops):
        assert client_address(request) == address


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("+19165550142", "(916) 555-0142"),
        ("+442079460018", "+44 20 7946 0018"),
        ("+0000000000", "+0000000000"),
        ("555-0142", "555-0142"),
        ("", ""),
    ],
)
def test_a_number_that_we_know_is_shown_as_people_write_it(number, shown):
    assert text.PhoneField().prepare_value(number) == shown


@pytest.mark.parametrize("link", ["https://video.example.com/dana?x=1#a", "HTTPS://a.example:8443"])
def test_a_link_with_https_is_taken(link):
    text.validate_https(link)


@pytest.mark.parametrize(
    ("link", "words"),
    [
        ("http://a.example/", text.HTTPS),
        ("ftp://a.example/", text.HTTPS),
        ("javascript:alert(1)", text.HTTPS),
        ("//a.example/", text.HTTPS),
        ("https:///path", text.WHOLE),
        ("https:a.example", text.WHOLE),
        ("https://[a.example/", text.WHOLE),
        ("https://localhost/", text.WHOLE),
        ("https://localhost./", text.WHOLE),
        ("https://127.0.0.1/", text.WHOLE),
        ("https://[::1]/", text.WHOLE),
        ("https://a.example:x/", text.WHOLE),
        ("https://a.example:99999/", text.WHOLE),
        ("https://dana@a.example/", text.NO_NAME),
        ("https://dana:secret@a.example/", text.NO_NAME),
        ("https://b\u0430nk.example/", text.LOOKALIKE),
        ("https://a.example/\u202egpj", text.NO_HIDDEN),
        ("https://a.example/\x07", text.NO_HIDDEN),
        ("https://a.example/1 2", text.NO_SPACE),
        ("https://a.ex\tample/", text.NO_SPACE),
        ("https://a.example/\r\nX", text.NO_SPACE),
    ],
    ids=ascii,
)
def test_any_other_link_gets_an_error_that_says_what_is_wrong(link, words):
    with pytest.raises(ValidationError) as raised:
        text.validate_https(link)
    assert raised.value.messages == [words]


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("https://", text.WHOLE),
        ("javascript:alert(1)", text.HTTPS),
        ("ftp://a.b/c", text.HTTPS),
        ("https://zoom.us/j/123 456", text.NO_SPACE),
        ("https://localhost/", text.WHOLE),
        ("https://a..example/", text.WHOLE),
        ("https://a.example/" + "x" * 500, "at most 500 characters"),
    ],
)
def test_a_link_field_says_one_sentence(typed, words):
    with pytest.raises(ValidationError) as raised:
        text.HttpsField().clean(typed)
    (message,) = raised.value.messages
    assert words in message
