"""The form for a message."""

from uuid import uuid4

from django import forms

from accounts.text import ParagraphField, RowKeyField

from .models import Message

LENGTH = 5000


class MessageForm(forms.Form):
    """A message, and for clients what it is about."""

    refused = None  # the HTTP status of a refusal

    uuid = RowKeyField()
    topic = forms.ChoiceField(
        label="What is it about?", choices=Message.Topic, required=False, widget=forms.RadioSelect
    )
    body = ParagraphField(
        label="Your message",
        max_length=LENGTH,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": "Write something first."},
    )

    def __init__(self, *args, to, by_client, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["body"].label = f"Your message to {to}"
        self.fields["body"].widget.attrs["placeholder"] = f"Write to {to}"
        if not by_client:
            del self.fields["topic"]

    def refuse(self, words, *, status):
        """Say at the message why it wasn't sent; the next try makes its own row."""
        self.add_error("body", words)
        self.data = self.data.copy()
        self.data["uuid"] = uuid4()
        self.refused = status

    @property
    def status(self):
        """The HTTP status of the page that shows this form."""
        return self.refused or (400 if self.errors else 200)
