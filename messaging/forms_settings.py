"""The forms of a provider's away note and saved replies."""

from django import forms
from django.core.exceptions import ValidationError

from accounts.dates import DayField
from accounts.text import LineField, ParagraphField
from booking.hours.forms import check_day

from .models import SavedReply


class AwayForm(forms.Form):
    """The days that a provider is away, on their own calendar, and what clients read."""

    first_day = DayField(label="First day away")
    last_day = DayField(label="Last day away")
    text = ParagraphField(
        label="Your note",
        max_length=500,
        required=False,
        help_text="Such as when you’ll answer, or who can help until then.",
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args, provider, **kwargs):
        super().__init__(*args, **kwargs)
        self.today = provider.today()

    def clean(self):
        data = super().clean()
        for name in ("first_day", "last_day"):
            if name in data:
                try:
                    check_day(data[name], self.today)
                except ValidationError as wrong:
                    self.add_error(name, wrong)
        if not self.errors.keys() & {"first_day", "last_day"}:
            if data["last_day"] < data["first_day"]:
                self.add_error("last_day", "Choose the first day or a later one.")
            elif data["last_day"] < self.today:
                self.add_error("last_day", "This is already over. Choose a later day.")
        return data


class ReplyForm(forms.Form):
    """A saved reply: its name, for the provider alone, and its text."""

    name = LineField(
        label="Name",
        max_length=SavedReply._meta.get_field("name").max_length,
        help_text="Only you see it.",
        error_messages={"required": "Give the reply a name."},
    )
    body = ParagraphField(
        label="Text",
        max_length=2000,
        error_messages={"required": "Write the text of the reply."},
        widget=forms.Textarea(attrs={"rows": 5}),
    )

    refused = None  # the HTTP status of a refusal

    def refuse(self, no):
        """Say at the name why it wasn't saved (a Refused)."""
        self.add_error("name", no.message)
        self.refused = no.status

    @property
    def status(self):
        """The HTTP status of the page that shows this form."""
        return self.refused or (400 if self.errors else 200)
