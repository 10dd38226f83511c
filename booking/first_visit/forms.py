"""What a new client sends to book a first visit: every check on input, with its message."""

from dataclasses import fields
from datetime import UTC, date, datetime

from django import forms
from django.core.exceptions import ValidationError

from accounts.dates import BirthDateField
from accounts.forms import DetailsForm
from accounts.states import State
from accounts.text import IdField, ParagraphField, PhoneField
from accounts.versioned import VersionField
from providers.models import Plan

from ..fields import DollarsField, InstantField
from ..models import Coverage, Place
from .booking import Details


class TimeForm(forms.Form):
    """The time and place a visitor chose. Only a request: the verbs check it under the lock."""

    at = InstantField(widget=forms.HiddenInput)
    place = forms.ChoiceField(choices=Place, widget=forms.HiddenInput)


class SwapForm(TimeForm):
    """The time and place a client swaps a first visit for, and the sequence their page showed."""

    version = VersionField()

    def for_verb(self):
        """What was chosen, for swapping.swap."""
        data = self.cleaned_data
        return {"starts_at": data["at"], "place": data["place"], "sequence": data["version"]}


class BookForm(TimeForm):
    """A new client's details for the first visit with one provider."""

    uuid = forms.UUIDField(widget=forms.HiddenInput)
    other_at = InstantField(required=False, widget=forms.HiddenInput)
    full_name = DetailsForm.base_fields["full_name"]
    date_of_birth = BirthDateField(
        label="Date of birth",
        help_text="Month, day, year, like 04/27/1990. You need to be 18 or older to book here.",
        error_messages={"required": "Add your date of birth."},
    )
    phone = PhoneField(
        label="Phone number",
        widget=forms.TextInput(
            attrs={"type": "tel", "autocomplete": "tel", "class": "input-short"}
        ),
        error_messages={"required": "Add your phone number."},
    )
    voicemail_ok = forms.TypedChoiceField(
        label="If you miss the call, is a voicemail OK?",
        choices=[("yes", "Yes"), ("no", "No, please don’t leave one")],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect(attrs={"class": "options-row"}),
        error_messages={"required": "Choose whether a voicemail is OK."},
    )
    client_state = forms.ChoiceField(
        widget=forms.Select(attrs={"class": "input-short"}),
        error_messages={"required": "Choose the state you’ll be in."},
    )
    coverage = forms.ChoiceField(
        label="How would you pay?",
        choices=Coverage.Kind,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose how you’d pay."},
    )
    plan = forms.ModelChoiceField(
        label="Your plan",
        queryset=Plan.objects.all(),
        to_field_name="slug",
        required=False,
        empty_label="Choose your plan",
    )
    member_id = IdField(
        label="Member ID",
        max_length=40,
        required=False,
        help_text="From your insurance card.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "class": "input-short"}),
    )
    copay = DollarsField(
        label="Your copay in dollars, if you know it",
        least=0,
        most=999,
        required=False,
        help_text="We’ll show it to you as an estimate. Your plan decides what it pays.",
        widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "input-short"}),
    )
    note = ParagraphField(
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def __init__(self, *args, provider, place, **kwargs):
        self.provider = provider
        super().__init__(*args, **kwargs)
        name = provider.first_name
        for each in ("plan", "member_id"):
            self.fields[each].sometimes_required = True
        self.fields["plan"].choices = self._plan_choices()
        self.fields["note"].label = f"A few words for {name}"
        self.fields["note"].help_text = f"Only {name} can read this."
        if provider.starts_with_call:
            self.fields["phone"].help_text = f"{name} will call this number."
        else:
            del self.fields["voicemail_ok"]
            self.fields["phone"].help_text = f"So {name} can reach you if something comes up."
        if place == Place.IN_PERSON:
            del self.fields["client_state"]
        else:
            self._ask_state(name)

    def _ask_state(self, name):
        licensed = [each.state for each in self.provider.valid_licenses]
        field = self.fields["client_state"]
        others = [choice for choice in State.choices if choice[0] not in licensed]
        field.label = "Which state will you be in?"
        field.choices = [
            ("", "Choose a state"),
            (f"{name} is licensed in", [(each, State(each).label) for each in licensed]),
            ("Other states", others),
        ]
        field.help_text = (
            f"{name} must be licensed where you’ll be during the visit, even if you live elsewhere."
        )

    def _plan_choices(self):
        taken, others = [], []
        ours = set(self.provider.plans.values_list("pk", flat=True))
        for pk, slug, carrier, name in Plan.objects.values_list("pk", "slug", "carrier", "name"):
            (taken if pk in ours else others).append((slug, f"{carrier} {name}"))
        return [
            ("", "Choose your plan"),
            (f"Plans {self.provider.first_name} takes", taken),
            ("Other plans", others),
        ]

    def clean_date_of_birth(self):
        born = self.cleaned_data["date_of_birth"]
        if not date(1900, 1, 1) <= born <= datetime.now(UTC).date():
            raise ValidationError("Check the year. It should be between 1900 and today.")
        return born

    def clean(self):
        """Ask for a plan and member ID from those who use one; drop them for everyone else."""
        data = super().clean()
        if data.get("coverage") == Coverage.Kind.PLAN:
            if not data.get("plan") and "plan" not in self.errors:
                self.add_error("plan", "Choose your plan, or pay yourself.")
            if not data.get("member_id") and "member_id" not in self.errors:
                self.add_error("member_id", "Add the member ID from your card.")
        else:
            data.update({"plan": None, "member_id": "", "copay": None})
            for name in ("plan", "member_id", "copay"):
                self.errors.pop(name, None)
        return data

    def details(self, *, time_zone):
        """What was typed, for the verb; None where it was wrong. `time_zone` is the reader's."""
        typed = {each.name: self.cleaned_data.get(each.name) for each in fields(Details)}
        if "client_state" not in self.fields:
            typed["client_state"] = self.provider.office_state
        return Details(**typed | {"time_zone": time_zone})

    def refuse(self, *found):
        """Show each refusal at the field it's about; the rest go on the page."""
        for each in found:
            if each.field:
                self.add_error(each.field, each.message)
