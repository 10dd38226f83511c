"""Domains with letters beyond a to z, as DNS has them (IDNA 2008: RFC 5891, RFC 5892)."""

import unicodedata

LETTERS = {"Ll", "Lo", "Lm", "Mn", "Mc", "Nd"}
SHARP_S_AND_FINAL_SIGMA = "ßς"  # letters of their own, though folding case replaces them
OWN = "xn--"


def in_ascii(domain):
    """The domain in ASCII and in lower case; raises ValueError for one that DNS can't have."""
    domain = unicodedata.normalize("NFKC", domain).lower()
    return ".".join(_label(each) for each in domain.split("."))


def _label(label):
    if label.startswith(OWN):
        words = label.removeprefix(OWN).encode("ascii").decode("punycode")
        if _encoded(words) != label:
            raise ValueError("This isn't how the label is written.")
        return label
    return label if label.isascii() else _encoded(label)


def _encoded(label):
    is_taken = label[:1] == "-" or label[-1:] == "-" or label[2:4] == "--"
    if is_taken or not all(map(_may_be_in, label)) or unicodedata.category(label[0])[0] == "M":
        raise ValueError("No domain can have this label.")
    return OWN + label.encode("punycode").decode()


def _may_be_in(letter):
    folded = unicodedata.normalize("NFKC", letter).casefold()
    is_stable = folded == letter or letter in SHARP_S_AND_FINAL_SIGMA
    return letter == "-" or (unicodedata.category(letter) in LETTERS and is_stable)
