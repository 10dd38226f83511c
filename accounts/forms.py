"""What people tell about themselves on their account page."""

from django import forms

from . import zones
from .states import State
from .text import LineField, PhoneField

FOR_PROVIDERS = {  # what clients see of these, and what they see instead
    "full_name": "Your profile has its own.",
    "pronouns": "They stand on your profile.",
    "phone": "Clients see the number of your practice, not this one.",
    "time_zone": "Your calendar has its own.",
}


class DetailsForm(forms.Form):
    """One's own details. A name and a phone number, once given, can be changed but not emptied."""

    full_name = LineField(
        label="Your name",
        max_length=120,
        help_text="As it stands on your insurance card, if you use one.",
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": "Write your name."},
    )
    preferred_name = LineField(
        label="What we call you",
        max_length=60,
        required=False,
        help_text="If it is not the first word of your name. Providers you book with see it.",
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
        error_messages={"required": "Keep a number that reaches you. You can change it."},
    )
    time_zone = forms.ChoiceField(
        label="Time zone",
        required=False,
        help_text="For the times in our emails. Pages go by your browser where it tells us.",
        error_messages={"invalid_choice": "Choose a time zone from the list."},
    )
    state = forms.ChoiceField(
        label="The state you live in",
        required=False,
        choices=[("", "No state"), *State.choices],
        help_text="We look for providers there first.",
        error_messages={"invalid_choice": "Choose a state from the list."},
    )

    def __init__(self, *args, user, **kwargs):
        known = {name: getattr(user, name) for name in self.base_fields}
        super().__init__(*args, initial=known, **kwargs)
        for name in ("full_name", "phone"):
            self.fields[name].required = bool(known[name])
        self.fields["time_zone"].choices = self._zones(known["time_zone"])
        self.fields["time_zone"].sometimes_required = True  # none is a choice too
        if user.is_provider:
            for name, hint in FOR_PROVIDERS.items():
                self.fields[name].help_text = hint

    def _zones(self, own):
        """The zones to choose from, and one's own if it has gone out of use."""
        listed = {name for _, group in zones.choices() for name, _ in group}
        old = [(own, zones.label(own))] if own and own not in listed else []
        return [("", "Follow my browser"), *old, *zones.choices()]
