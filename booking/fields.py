"""Form fields and guards that the forms of several wings share."""

import re
from datetime import UTC, datetime

from django import forms
from django.core.exceptions import ValidationError

from accounts import zones
from accounts.plain import plain
from accounts.versioned import STALE

from .clock import labels

EARLIEST, LATEST = 946_684_800, 4_102_444_800  # the years 2000 to 2100, in epoch seconds


class HiddenFieldGuard(forms.Form):
    """A form whose hidden fields are ours: a damaged one gets an error, and is right next time.

    What is right is its initial value.
    """

    def add_error(self, field, error):
        """What is wrong with a hidden field tells people nothing: one sentence for all of it."""
        if field and self.fields[field].widget.is_hidden:
            self.data = self.data.copy()
            self.data[field] = self.get_initial_for_field(self.fields[field], field)
            error = STALE
        super().add_error(field, error)


class WallClockForm(forms.Form):
    """A form of times on the clock of its `provider`."""

    def instant(self, field, day, clock, *, which):
        """The instant (in UTC) at which the clock shows a time; None with what is wrong at a field.

        Where it shows it twice, the form asks which of the two is meant: in a field that goes by
        the name `which`, behind that of the time.
        """
        moment, zone = datetime.combine(day, clock, self.provider.zone), self.provider.time_zone
        changed = f"In {zones.label(zone)} the clocks go {{}} on {labels.month_day(day)}"
        if not labels.exists(moment):
            skips = f"{changed.format('forward')} and skip {labels.clock(moment)}."
            self.add_error(field, f"{skips} Choose another time.")
            return None
        if labels.comes_twice(moment):
            self.ask_which(field, moment, name=which)
            answer = self.data.get(self.add_prefix(which))
            if answer not in ("0", "1"):
                twice = f"so {labels.CLOCK[moment.hour * 60 + moment.minute]} comes twice."
                self.add_error(which, f"{changed.format('back')}, {twice} Choose one of the two.")
                return None
            moment = moment.replace(fold=int(answer))
        return moment.astimezone(UTC)

    def ask_which(self, field, moment, *, name):
        """Add the question which of two instants is meant, right behind the field of the time."""
        first, second = (labels.clock(moment.replace(fold=fold)) for fold in (0, 1))
        self.fields[name] = forms.ChoiceField(
            label=f"{self.fields[field].label}: which of the two?",
            choices=[
                ("0", f"{first}, before the clocks go back"),
                ("1", f"{second}, after the clocks go back"),
            ],
            widget=forms.RadioSelect(attrs={"class": "options-row"}),
        )
        names = [each for each in self.fields if each != name]
        names.insert(names.index(field) + 1, name)
        self.order_fields(names)


class ProviderZoneForm(WallClockForm):
    """A form to save times on its provider's clock; it carries the zone that its page showed."""

    zone = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["zone"].initial = self.provider.time_zone

    def clean(self):
        """In another zone the same words are another moment: ask before we mail anyone."""
        data, now = super().clean(), self.provider.time_zone
        if data.get("zone") not in (None, "", now):
            self.data = self.data.copy()
            self.data["zone"] = now
            label = zones.label(now)
            self.add_error(
                None,
                f"Your time zone is {label} now, and this page showed another. Nothing was saved. "
                f"Check the time: when you press again, it counts in {label}.",
            )
        return data


class DollarsField(forms.IntegerField):
    """Whole US dollars, typed as "25", "$25", "1,250" or with cents as "25.50" or "25,50".

    Half a dollar and more is rounded up. Any error names `least` and `most`.
    """

    widget = forms.TextInput
    typed = re.compile(r"\$? *(?P<dollars>\d{1,9}|\d{1,3}(?:,\d{3}){1,2})(?:[.,](?P<cents>\d\d))?")

    def __init__(self, *, least, most, **kwargs):
        words = f"Write a number of dollars from {least} to {most}, like 25."
        messages = dict.fromkeys(["invalid", "min_value", "max_value"], words)
        super().__init__(min_value=least, max_value=most, error_messages=messages, **kwargs)

    def to_python(self, value):
        """An int, or None where nothing was typed."""
        text = plain(str(value if value is not None else ""))
        if not text:
            return None
        match = self.typed.fullmatch(text)
        if not match:
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return int(match["dollars"].replace(",", "")) + (int(match["cents"] or 0) >= 50)


class InstantField(forms.IntegerField):
    """Epoch seconds, within the years 2000 to 2100, as an aware datetime."""

    def __init__(self, **kwargs):
        super().__init__(min_value=EARLIEST, max_value=LATEST, **kwargs)

    def clean(self, value):
        """The datetime in UTC, or None where nothing was sent."""
        seconds = super().clean(value)
        return None if seconds is None else datetime.fromtimestamp(seconds, UTC)
