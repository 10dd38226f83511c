"""What people type as a day or a time: form fields that read every US way to write one."""

import re
from datetime import UTC, datetime

from django import forms
from django.core.exceptions import ValidationError

from .plain import plain

# What stands between or behind the parts of a date: "Sept. 5th, 2026" is "Sep 5 2026".
BETWEEN = re.compile(r"(?<=\d)(?:st|nd|rd|th)\b|(?<=\bsep)t\b|[\s,./-]+", re.IGNORECASE)
DIGITS = re.compile(r"(\d\d)(\d\d)(\d\d|\d{4})")  # 12242026
HALF = re.compile(r" ?([ap])(?:\.? ?m)?\.?$", re.IGNORECASE)  # of the day: "a.m.", "PM", "p"


class DayField(forms.DateField):
    """A day, chosen in the browser's calendar or typed: 12/24/2026, 12.24.26, Dec 24, 2026.

    A year of two digits is in this century. The page shows it back with all four.
    """

    input_formats = [
        *("%Y %m %d", "%m %d %Y", "%m %d %y"),
        *("%B %d %Y", "%b %d %Y", "%d %B %Y", "%d %b %Y"),
        *("%B %d %y", "%b %d %y", "%d %B %y", "%d %b %y"),
    ]
    default_error_messages = {
        "required": "Choose a day.",
        "invalid": "Choose a day, like 12/24/2026.",
    }
    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "class": "input-short"})

    def to_python(self, value):
        if isinstance(value, str):
            value = BETWEEN.sub(" ", plain(value)).strip()
            digits = DIGITS.fullmatch(value)
            value = " ".join(digits.groups()) if digits else value
        return super().to_python(value)

    def strptime(self, value, format):
        day = super().strptime(value, format)
        return self.in_century(day) if format.endswith("%y") else day

    def in_century(self, day):
        """The day, whose year was two digits, in the year that they mean."""
        return day.replace(year=2000 + day.year % 100)

    def prepare_value(self, value):
        """What was typed, as the widget writes days; what can't be read stays as it is."""
        try:
            return self.to_python(value)
        except ValidationError:
            return value


class BirthDateField(DayField):
    """The day of a birth, typed; a year of two digits is the last such one."""

    default_error_messages = {"invalid": "Enter the date as month, day, year, like 04/27/1990."}
    widget = forms.DateInput(
        format="%m/%d/%Y",
        attrs={"autocomplete": "bday", "inputmode": "text", "class": "input-short"},
    )

    def in_century(self, day):
        day = super().in_century(day)
        is_ahead = day > datetime.now(UTC).date()
        return day.replace(year=day.year - 100) if is_ahead else day


class ClockField(forms.TimeField):
    """A time of day, chosen in the browser or typed: 9:30 AM, 9 a.m., 14:30."""

    input_formats = ["%H:%M", "%H:%M:%S", "%I:%M %p", "%I %p"]
    default_error_messages = {"required": "Add a time.", "invalid": "Write a time, like 9:30 AM."}
    widget = forms.TimeInput(format="%H:%M", attrs={"type": "time", "class": "input-short"})

    def to_python(self, value):
        if isinstance(value, str):
            value = HALF.sub(r" \1m", " ".join(plain(value).split()))
        return super().to_python(value)
