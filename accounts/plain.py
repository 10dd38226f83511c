"""Values that machines read, the way people type or paste them; and numbers in addresses."""

import unicodedata

SELECTORS = {*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0), *range(0x180B, 0x1810)}
INSIDE = set("/-_#@&%*\\")  # punctuation that a link or an email may begin or end with


def plain(text):
    """The text without what a reader doesn't see or mean, and with its digits as 0 to 9.

    That's format characters, variation selectors, and white space and punctuation around it.
    """
    kept = [
        str(unicodedata.decimal(letter)) if letter.isdecimal() else letter
        for letter in text
        if unicodedata.category(letter) != "Cf" and ord(letter) not in SELECTORS
    ]
    start, end = 0, len(kept)
    while start < end and _is_around(kept[start]):
        start += 1
    while start < end and _is_around(kept[end - 1]):
        end -= 1
    return "".join(kept[start:end])


def _is_around(letter):
    is_mark = unicodedata.category(letter).startswith("P") and letter not in INSIDE
    return is_mark or letter in " <>`"


def number(text, *, most):
    """The whole number that a text from an address or a page says, from 0 to `most`; else None.

    `text` may be anything, None too.
    """
    text = plain(text or "")
    digits = text.lstrip("0") or text[:1]
    if not (digits.isascii() and digits.isdecimal() and len(digits) <= len(str(most))):
        return None
    return int(digits) if int(digits) <= most else None
