"""What people tell us about themselves on their account page."""

from django import forms

from . import zones
from .states import State
from .text import LineField, PhoneField

FOR_PROVIDERS = {  # what clients see of these, or see instead
    "full_name": "Your profile has its own name.",
    "pronouns": "Everyone can see them on your profile.",
    "phone": "Clients see your practice’s number, not this one.",
    "time_zone": "Your calendar has its own time zone.",
}


class DetailsForm(forms.Form):
    """Your own details. Once you've given a name or a phone number, you can't leave it blank."""

    full_name = LineField(
        label="Your name",
        max_length=120,
        help_text="As it appears on your insurance card, if you use one.",
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": "Enter your name."},
    )
    preferred_name = LineField(
        label="What we call you",
        max_length=60,
        required=False,
        help_text="If it’s not the first word of your name. Providers you book with see it.",
        widget=forms.TextInput(attrs={"autocomplete": "nickname"}),
    )
    pronouns = LineField(
        label="Pronouns",
        max_length=40,
        required=False,
        help_text="Providers you book with see them.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    phone = PhoneField(
        label="Phone number",
        help_text="Providers you book with see it, and call it.",
        error_messages={"required": "Enter a number where we can reach you."},
    )
    time_zone = forms.ChoiceField(
        label="Time zone",
        required=False,
        help_text="For the times on our pages and in our emails.",
        error_messages={"invalid_choice": "Choose a time zone from the list."},
    )
    state = forms.ChoiceField(
        label="The state you live in",
        required=False,
        choices=[("", "No state"), *State.choices],
        help_text="We’ll look for providers there first.",
        error_messages={"invalid_choice": "Choose a state from the list."},
    )

    def __init__(self, *args, user, **kwargs):
        known = {name: getattr(user, name) for name in self.base_fields}
        super().__init__(*args, initial=known, **kwargs)
        for name in ("full_name", "phone"):
            self.fields[name].required = bool(known[name])
        self.fields["time_zone"].choices = self._zones(known["time_zone"])
        self.fields["time_zone"].sometimes_required = True  # no "(optional)": none is a choice
        if user.is_provider:
            for name, hint in FOR_PROVIDERS.items():
                self.fields[name].help_text = hint

    def _zones(self, own):
        """The zones to choose from, plus the current one if it's out of use."""
        listed = {name for _, group in zones.choices() for name, _ in group}
        old = [(own, zones.label(own))] if own and own not in listed else []
        return [("", "Follow my browser"), *old, *zones.choices()]
