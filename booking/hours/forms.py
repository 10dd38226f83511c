"""What providers send about time off, openings and the rules of booking; and a question."""

from datetime import time, timedelta

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from accounts import zones
from accounts.dates import ClockField, DayField
from accounts.text import ParagraphField
from accounts.versioned import MergingForm
from providers.models import Provider
from providers.pause import check_return

from ..clock import labels
from ..clock.dates import parse_day, parse_minute
from ..fields import InstantField, ProviderZoneForm, WallClockForm
from ..models import HoursPlace, Place
from .editing import RULES, Overlap

NOT_LISTED = "Choose one from the list."
NUMBERS = {  # what each number of the rules is, as its error says it
    "call_minutes": "the minutes of a phone call",
    "session_minutes": "the minutes of a session",
    "buffer_minutes": "the minutes to keep free",
    "minimum_notice_hours": "the hours of notice",
    "horizon_days": "the days ahead",
}
YEARS_AHEAD = timedelta(days=2 * 366)
NO_PAUSE = (
    "You’re taking new clients, so leave this empty. Or uncheck “I’m taking "
    "new clients” to pause until that day."
)


def place_field(**kwargs):
    return forms.ChoiceField(
        label="For",
        choices=HoursPlace,
        initial=HoursPlace.VIRTUAL,
        error_messages={"required": NOT_LISTED, "invalid_choice": NOT_LISTED},
        **kwargs,
    )


def in_sight(day, today):
    """Whether a day is neither long gone nor too far ahead to be planned."""
    return today - timedelta(days=366) <= day <= today + YEARS_AHEAD


def check_day(day, today):
    """Raise a ValidationError for a day that is out of sight."""
    if not in_sight(day, today):
        raise ValidationError("Choose a day within the next two years.")


# Time off and openings


def prefill_from(query, provider):
    """What an address or a page says of the stretch that is wanted, as far as it can be read.

    "day", "from" and "to"; "week", a day of the week to preview; and "back", the day of the
    calendar to go back to.
    """
    today = provider.today()
    days = {name: parse_day(query.get(name)) for name in ("day", "week", "back")}
    minutes = {name: parse_minute(query.get(name)) for name in ("from", "to")}
    return {
        **{name: day for name, day in days.items() if day and in_sight(day, today)},
        **{name: time(*divmod(at, 60)) for name, at in minutes.items() if at is not None},
    }


class StretchForm(ProviderZoneForm):
    """A time on the clock of a provider; `stretch` is what comes of it, in UTC, for the verbs.

    It is None where that can't be. `asks` names the fields for the prefilled day, from and to;
    `days` those of a day.
    """

    show_optional = False
    stretch = None

    def __init__(self, *args, provider, prefill=None, **kwargs):
        self.provider, self.zone = provider, provider.zone
        self.now = timezone.now()
        initial = {
            self.asks[name]: each for name, each in (prefill or {}).items() if name in self.asks
        }
        super().__init__(*args, initial=initial, **kwargs)

    def refuse(self, no):
        """Take in why the verb refused (a Refused)."""
        self.add_error(self.asks["day"] if isinstance(no, Overlap) else None, no.message)

    def clean(self):
        """Both ends, told at their fields; the end after the start, and still to come."""
        data = super().clean()
        self.check_days()
        if self.errors.keys() & {*self.asks.values(), *self.days}:
            return data
        (first_field, first), (last_field, last) = self.both_ends()
        starts_at = self.moment(first_field, *first)
        ends_at = self.moment(last_field, *last)
        if starts_at and ends_at:
            if ends_at <= starts_at:
                self.add_error(last_field, "Choose an end after the start.")
            elif ends_at <= self.now:
                self.add_error(last_field, "This is already over. Choose a later time.")
            if not self.errors:
                self.stretch = {"starts_at": starts_at, "ends_at": ends_at}
        return data

    def check_days(self):
        for name in self.days:
            if self.cleaned_data.get(name):
                try:
                    check_day(self.cleaned_data[name], self.provider.today())
                except ValidationError as wrong:
                    self.add_error(name, wrong)

    def moment(self, field, day, clock):
        """The instant, or None with an error at a field; without a clock, the day's midnight."""
        if clock is None:
            return labels.midnight(day, self.zone)
        return self.instant(field, day, clock, which=f"{field}_which")


class TimeOffForm(StretchForm):
    first_day = DayField(label="First day")
    first_clock = ClockField(label="From", required=False)
    last_day = DayField(label="Last day", required=False)
    last_clock = ClockField(label="To", required=False)
    asks = {"day": "first_day", "from": "first_clock", "to": "last_clock"}
    days = ("first_day", "last_day")

    def both_ends(self):
        """((field, (day, clock)), …): whole days where no time is given.

        On a single day, 12:00 AM is its end.
        """
        data = self.cleaned_data
        first_day, last_day = data["first_day"], data.get("last_day") or data["first_day"]
        first, last = data.get("first_clock"), data.get("last_clock")
        if last == time.min and last_day == first_day:
            last = None
        if last is None:
            last_day += timedelta(days=1)
        return (
            ("first_clock" if first else "first_day", (first_day, first)),
            ("last_clock" if last else "last_day", (last_day, last)),
        )


class OpeningForm(StretchForm):
    day = DayField(label="Day")
    place = place_field(widget=forms.Select(attrs={"class": "input-short"}))
    starts = ClockField(label="From")
    ends = ClockField(label="To")
    asks = {"day": "day", "from": "starts", "to": "ends"}
    days = ("day",)

    def both_ends(self):
        """((field, (day, clock)), …); an end at 12:00 AM is the day's last instant."""
        day, starts, ends = (self.cleaned_data[name] for name in ("day", "starts", "ends"))
        if ends == time.min:
            day, ends = day + timedelta(days=1), None
        return ("starts", (self.cleaned_data["day"], starts)), ("ends", (day, ends))

    def clean(self):
        data = super().clean()
        if not self.errors:
            self.stretch["place"] = data["place"]
        return data


class RemoveForm(forms.Form):
    """Which stretch to take away: by what it is."""

    starts_at = InstantField(widget=forms.HiddenInput)
    ends_at = InstantField(widget=forms.HiddenInput)


class RemoveOpeningForm(RemoveForm):
    place = forms.ChoiceField(choices=HoursPlace, widget=forms.HiddenInput)


# Rules


class RulesForm(MergingForm, forms.ModelForm):
    """Lengths, waits and windows, new clients, and the zone that the hours are in."""

    late_cancellation = ParagraphField(
        label="Your policy on late cancellations",
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Clients see this before they book and before they cancel. We charge nothing.",
    )
    returns_on = DayField(
        label="Back on",
        required=False,
        help_text="If you pause, you take new clients again from this day on. Leave it empty if "
        "you don’t know yet.",
    )
    time_zone = forms.ChoiceField(
        label="Time zone of your hours",
        error_messages={"required": NOT_LISTED, "invalid_choice": NOT_LISTED},
        help_text="If you change it, your weekly hours, time off and extra openings move with "
        "the clock: 9:00 AM stays 9:00 AM, and a day off stays a whole day. Appointments stay at "
        "the moment you agreed on.",
    )

    class Meta:
        model = Provider
        fields = RULES
        labels = {
            "accepting_new_clients": "I’m taking new clients",
            "call_minutes": "Length of a phone call, in minutes",
            "session_minutes": "Length of a session, in minutes",
            "buffer_minutes": "Minutes to keep free around each appointment",
            "minimum_notice_hours": "Hours of notice before a booking",
            "horizon_days": "How many days ahead you offer times",
            "cancellation_window_hours": "Clients can cancel for free until",
        }
        widgets = {"cancellation_window_hours": forms.RadioSelect(attrs={"class": "options-row"})}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial["version"] = self.instance.rules_version
        self.fields["time_zone"].choices = self.zones()
        window = self.fields["cancellation_window_hours"]
        window.choices = [(hours, f"{hours} hours before") for hours in (24, 48)]
        window.error_messages |= dict.fromkeys(
            ("required", "invalid_choice"), "Choose one of these."
        )
        for name, what in NUMBERS.items():
            validators = Provider._meta.get_field(name).validators[:2]
            self.limit(self.fields[name], what, *sorted(each.limit_value for each in validators))

    def limit(self, field, what, least, most):
        """Say the limits that the model has, beforehand and in the error."""
        words = f"Enter {what} as a number from {least} to {most}."
        codes = ("required", "invalid", "min_value", "max_value")
        field.error_messages |= dict.fromkeys(codes, words)
        field.widget = forms.TextInput(attrs={"inputmode": "numeric", "class": "input-short"})
        field.help_text = f"From {least} to {most}."

    def zones(self):
        """All that we know, and the one that is set."""
        names = {name for _, group in zones.choices() for name, _ in group}
        now = self.instance.time_zone
        return zones.choices() + ([] if now in names else [(now, zones.label(now))])

    def clean_late_cancellation(self):
        """One paragraph, whatever was pressed: it stands within sentences."""
        return " ".join(self.cleaned_data["late_cancellation"].split())

    def clean(self):
        data = super().clean()
        check_return(self, data, no_pause=NO_PAUSE)
        return data


# The question


class WhyForm(WallClockForm):
    day = DayField(label="Day")
    clock = ClockField(label="Time")
    place = forms.ChoiceField(
        label="For",
        choices=[
            (Place.PHONE, "A phone call"),
            (Place.VIRTUAL, "A virtual session"),
            (Place.IN_PERSON, "A session in person"),
        ],
        widget=forms.RadioSelect(attrs={"class": "options-row"}),
        error_messages=dict.fromkeys(("required", "invalid_choice"), "Choose what it’s for."),
    )

    def __init__(self, *args, provider, **kwargs):
        self.provider = provider
        super().__init__(*args, **kwargs)

    def clean_day(self):
        day = self.cleaned_data["day"]
        check_day(day, self.provider.today())
        return day

    def clean(self):
        """The instant at which the provider's clock reads so."""
        data = super().clean()
        if data.get("day") and data.get("clock") is not None:
            data["starts_at"] = self.instant("clock", data["day"], data["clock"], which="which")
        return data
