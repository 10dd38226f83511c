"""The form for a message, and for its draft."""

from uuid import uuid4

from django import forms

from accounts.text import ParagraphField, RowKeyField
from accounts.unsent import is_put_back
from accounts.versioned import VersionedForm
from booking.clock import formatting

from .models import Message

LENGTH = 5000


class MessageForm(VersionedForm):
    """A message, and what it is about: a topic, for clients, and an appointment.

    Its version is that of the draft on the page.
    """

    refused = None  # the HTTP status of a refusal

    uuid = RowKeyField()
    topic = forms.ChoiceField(
        label="What is it about?", choices=Message.Topic, required=False, widget=forms.RadioSelect
    )
    appointment = forms.ChoiceField(
        label="Which appointment?",
        required=False,
        error_messages={"invalid_choice": "Choose an appointment from the list."},
    )
    body = ParagraphField(
        label="Your message",
        max_length=LENGTH,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": "Write something first."},
    )

    def __init__(self, *args, to, by_client, appointments, zone, **kwargs):
        """`appointments` are those to choose from, with their times in `zone`."""
        super().__init__(*args, **kwargs)
        self.to = to
        self.appointments = {str(each.uuid): each for each in appointments}
        self.fields["appointment"].choices = [("", "No particular appointment")] + [
            (key, formatting.format_datetime(each.starts_at, zone))
            for key, each in self.appointments.items()
        ]
        if not self.appointments:
            del self.fields["appointment"]
        self.fields["body"].label = f"Your message to {to}"
        self.fields["body"].widget.attrs["placeholder"] = f"Write to {to}"
        if not by_client:
            del self.fields["topic"]

    def clean_appointment(self):
        return self.appointments.get(self.cleaned_data["appointment"])

    def clean_version(self):
        return self.cleaned_data["version"] or 0

    def refuse(self, words, *, status):
        """Say at the message why it wasn't sent; the next try makes its own row."""
        self.add_error("body", words)
        self.data = self.data.copy()
        self.data["uuid"] = uuid4()
        self.refused = status

    def insert(self, text):
        """Put a saved reply after what was typed."""
        typed = self.data.get("body", "")
        self.data = self.data.copy()
        self.data["body"] = typed + ("\n" if typed and not typed[-1].isspace() else "") + text

    @property
    def is_about_something(self):
        """Whether it says so already, by choice or by the address of the page."""
        return any(self[name].value() for name in ("topic", "appointment") if name in self.fields)

    @property
    def came_back(self):
        """Whether it shows what was typed and not sent, instead of the stored draft."""
        return self.is_bound or is_put_back(self)

    @property
    def status(self):
        """The HTTP status of the page that shows this form."""
        return self.refused or (400 if self.errors else 200)


class DraftForm(MessageForm):
    """A message that isn't finished."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["body"].required = False
