"""Form fields and guards that the forms of several wings share."""

import re
from datetime import UTC, datetime

from django import forms
from django.core.exceptions import ValidationError

from accounts import zones
from accounts.versioned import STALE

EARLIEST, LATEST = 946_684_800, 4_102_444_800  # the years 2000 to 2100, in epoch seconds


class HiddenFieldGuard(forms.Form):
    """A form whose hidden fields are ours: a damaged one is told, and put right for the next try.

    What is right is its initial value.
    """

    def add_error(self, field, error):
        """What is wrong with a hidden field tells people nothing: one sentence for all of it."""
        if field and self.fields[field].widget.is_hidden:
            self.data = self.data.copy()
            self.data[field] = self.get_initial_for_field(self.fields[field], field)
            error = STALE
        super().add_error(field, error)


class ProviderZoneForm(forms.Form):
    """A form of times on the clock of its `provider`; it carries the zone that its page showed."""

    zone = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["zone"].initial = self.provider.time_zone

    def clean(self):
        """In another zone the same words are another moment: ask before anybody is told of it."""
        data, now = super().clean(), self.provider.time_zone
        if data.get("zone") not in (None, "", now):
            self.data = self.data.copy()
            self.data["zone"] = now
            label = zones.label(now)
            self.add_error(
                None,
                f"Your time zone is {label} now, and this page showed another. Nothing is saved. "
                f"Check the time: it counts in {label} when you press again.",
            )
        return data


class DollarsField(forms.IntegerField):
    """Whole US dollars, typed as "25", "$25", "1,250" or with cents as "25.50" or "25,50".

    Half a dollar and more is rounded up. `least` and `most` are told with any error.
    """

    widget = forms.TextInput
    typed = re.compile(r"\$? *(?P<dollars>\d{1,9}|\d{1,3}(?:,\d{3}){1,2})(?:[.,](?P<cents>\d\d))?")

    def __init__(self, *, least, most, **kwargs):
        words = f"Write a number of dollars from {least} to {most}, like 25."
        messages = dict.fromkeys(["invalid", "min_value", "max_value"], words)
        super().__init__(min_value=least, max_value=most, error_messages=messages, **kwargs)

    def to_python(self, value):
        """An int, or None where nothing was typed."""
        text = str(value if value is not None else "").strip()
        if not text:
            return None
        found = self.typed.fullmatch(text)
        if not found:
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return int(found["dollars"].replace(",", "")) + (int(found["cents"] or 0) >= 50)


class InstantField(forms.IntegerField):
    """Epoch seconds, within the years 2000 to 2100, as an aware datetime."""

    def __init__(self, **kwargs):
        super().__init__(min_value=EARLIEST, max_value=LATEST, **kwargs)

    def clean(self, value):
        """The datetime in UTC, or None where nothing was sent."""
        seconds = super().clean(value)
        return None if seconds is None else datetime.fromtimestamp(seconds, UTC)
