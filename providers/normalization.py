"""Text the way search compares it: no case and no accents, so "pena" finds "Peña"."""

import unicodedata

from django.db import models

# Letters that Unicode doesn't decompose, and curly quotes, which people type straight.
PLAIN = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "ı": "i", "æ": "ae", "œ": "oe", "’": "'", "‘": "'"}
)


def normalize(text):
    """The text in lower case, without accents and other marks."""
    apart = unicodedata.normalize("NFKD", text.casefold().translate(PLAIN))
    return "".join(letter for letter in apart if not unicodedata.combining(letter))


class NormalizedField(models.TextField):
    """Other columns of the row, normalized.

    Written with the row, in bulk too, but not by `update()`. A `save(update_fields=…)` that changes
    one of them names this one as well.
    """

    def __init__(self, *, of, **kwargs):
        """`of` lists the column names."""
        self.of = of
        super().__init__(editable=False, **kwargs)

    def deconstruct(self):
        name, path, args, kwargs = super().deconstruct()
        kwargs.pop("editable")
        return name, path, args, {**kwargs, "of": self.of}

    def pre_save(self, row, add):
        text = normalize("\n".join(getattr(row, name) for name in self.of))
        setattr(row, self.attname, text)
        return text
