"""The forms of a change request: what a client asks for, and why a provider declines."""

from django import forms

from accounts.text import ParagraphField, RowKeyField
from accounts.versioned import VersionedForm, VersionField
from booking.clock import labels
from booking.fields import HiddenFieldGuard
from booking.first_visit.week import BANDS

from .forms import LENGTH
from .models import ChangeRequest

WISHES = 3
CHOOSE = "Choose what you’d like."
GONE = "One of these times isn’t free anymore. Choose again."


class AskForm(HiddenFieldGuard, VersionedForm):
    """Move or cancel an appointment? Its version is the appointment's sequence."""

    uuid = RowKeyField()
    version = VersionField()
    wants = forms.ChoiceField(
        label="What would you like?",
        choices=ChangeRequest.Wants,
        initial=ChangeRequest.Wants.MOVE,
        widget=forms.RadioSelect(attrs={"class": "options-row"}),
        error_messages=dict.fromkeys(["required", "invalid_choice"], CHOOSE),
    )
    wishes = forms.TypedMultipleChoiceField(
        label="Which times would suit you?",
        coerce=int,
        required=False,
        error_messages={"invalid_choice": GONE},
    )
    weekday = forms.TypedChoiceField(
        label="Day",
        coerce=int,
        empty_value=None,
        required=False,
        choices=[("", "Any day"), *enumerate(labels.DAYS)],
    )
    part = forms.ChoiceField(
        label="Part of the day",
        required=False,
        choices=[("", "Any time"), *((key, name) for key, name, _ in BANDS)],
    )
    words = ParagraphField(
        max_length=LENGTH, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args, days, may_cancel, name, **kwargs):
        """`days` are the free times to wish for, as free_times.by_day has them.

        `may_cancel` says that the client can cancel it without asking.
        """
        super().__init__(*args, **kwargs)
        self.days, self.name = days, name
        self.fields["wishes"].choices = [each for _, starts in days for each in starts]
        self.fields["words"].label = f"Anything {name} should know?"
        if may_cancel:
            self.fields["wants"].choices = [(ChangeRequest.Wants.MOVE, "Move it")]
            self.fields["wants"].widget = forms.HiddenInput()

    @property
    def chosen(self):
        """The wishes that are checked, as the page has them."""
        return {str(each) for each in self["wishes"].value() or ()}

    def clean_wishes(self):
        wishes = sorted(set(self.cleaned_data["wishes"]))
        if len(wishes) > WISHES:
            raise forms.ValidationError("Choose up to three times.")
        return wishes

    def clean(self):
        """A wish to cancel has no times; one to move says something about when."""
        data = super().clean()
        if data.get("wants") == ChangeRequest.Wants.CANCEL:
            data.update(wishes=[], weekday=None, part="")
            for name in ("wishes", "weekday", "part"):
                self.errors.pop(name, None)
        elif not self.errors and not any(data[name] not in (None, "", []) for name in WHEN):
            self.add_error("wishes", "Choose a time, or say below which days would work.")
        return data

    def for_verb(self):
        """What was chosen, for requests.ask."""
        data = dict(self.cleaned_data)
        return data | {"sequence": data.pop("version")}

    @property
    def status(self):
        return self.refused or (400 if self.errors else 200)

    refused = None

    def refuse(self, no):
        """Say why the verb refused it."""
        self.add_error(None, no.message)
        self.refused = no.status


WHEN = ("wishes", "weekday", "part", "words")


class DeclineForm(forms.Form):
    """Why not, in words for the client."""

    uuid = RowKeyField()
    words = ParagraphField(
        max_length=LENGTH,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": "Write a sentence that says why."},
    )

    def __init__(self, *args, name, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["words"].label = f"What would you like to tell {name}?"
        self.fields["words"].help_text = f"{name} reads it as a message from you."
