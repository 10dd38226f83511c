"""The forms of an offer: what a provider offers or does at once, and a client's "None of these"."""

from datetime import UTC, datetime

from django import forms

from accounts.text import ParagraphField, RowKeyField
from accounts.versioned import VersionedForm
from booking.appointments.forms import WHAT, RefusableForm, length_error
from booking.models import Place
from booking.refusals import TimeTaken

from .forms import LENGTH

TIMES = 5
HOURS = [(24, "24 hours"), (48, "2 days"), (72, "3 days")]
OFFER, NOW = "offer", "now"


class KindForm(forms.Form):
    """What to look for free times for, from the address: a place and a length in minutes."""

    place = forms.ChoiceField(label="What is it?")
    minutes = forms.IntegerField(
        label="Length in minutes",
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages=dict.fromkeys(
            ["required", "invalid"], "Enter the minutes as a number, like 50."
        ),
    )

    def __init__(self, *args, provider, **kwargs):
        super().__init__(*args, **kwargs)
        places = [Place.VIRTUAL, Place.IN_PERSON, Place.PHONE]
        if not (provider.offers_in_person or provider.office_address):
            places.remove(Place.IN_PERSON)
        self.fields["place"].choices = [(place, WHAT[place]) for place in places]

    def clean(self):
        """A length that suits the kind."""
        data = super().clean()
        is_whole = data.get("place") and data.get("minutes") is not None
        if is_whole and (words := length_error(data["minutes"], data["place"])):
            self.add_error("minutes", words)
        return data


class OfferForm(RefusableForm, VersionedForm):
    """Up to five times to choose from, or one to take at once; its version is the sequence."""

    uuid = RowKeyField()
    times = forms.TypedMultipleChoiceField(
        coerce=int,
        error_messages={
            "required": "Choose a time.",
            "invalid_choice": "One of these times isn’t free anymore. Choose again.",
        },
    )
    hours = forms.TypedChoiceField(label="Hold them for", coerce=int, choices=HOURS, initial=24)
    words = ParagraphField(
        max_length=LENGTH, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    act = forms.ChoiceField(  # the buttons say it; the field remembers it over a warning
        choices=[(OFFER, ""), (NOW, "")], initial=OFFER, widget=forms.HiddenInput
    )

    def __init__(self, *args, days, starts, name, place, minutes, **kwargs):
        """The free `starts` for this place and length, and those to show as free_times.by_day does.

        The time that an appointment has already isn't shown, but it's what a second press sends.
        """
        super().__init__(*args, **kwargs)
        self.days, self.place, self.minutes = days, place, minutes
        self.fields["times"].choices = [(each, "") for each in starts]
        self.fields["words"].label = f"A message to {name}"

    @property
    def chosen(self):
        """The times that are checked, as the page has them."""
        return {str(each) for each in self["times"].value() or ()}

    def clean_times(self):
        times = set(self.cleaned_data["times"])
        if len(times) > TIMES:
            raise forms.ValidationError("Choose up to five times.")
        return sorted(times)

    def clean(self):
        """Only one time can be taken at once."""
        data = super().clean()
        if data.get("act") == NOW and len(data.get("times", ())) > 1:
            self.add_error("times", "Choose just one time, or offer these.")
        return data

    def refuse(self, no):
        """What is wrong with a time is said at the times."""
        self.refused = no
        if not self.warnings:
            is_time = no.field == "starts" or isinstance(no, TimeTaken)
            self.add_error("times" if is_time else None, no.message)

    @property
    def key(self):
        data = self.cleaned_data
        times = " ".join(map(str, data["times"]))
        return f"{data['act']} {times} {self.minutes} {self.place}"

    @property
    def starts(self):
        """The chosen times, aware."""
        return [datetime.fromtimestamp(each, UTC) for each in self.cleaned_data["times"]]


class RefuseForm(forms.Form):
    """What would work instead, if the client likes to say."""

    uuid = RowKeyField()
    words = ParagraphField(
        label="What would work for you?",
        max_length=LENGTH,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
