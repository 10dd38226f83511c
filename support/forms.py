"""The forms people send to the support team."""

import re

from django import forms

from accounts.plain import plain
from accounts.text import EmailField, LineField, ParagraphField, RowKeyField

from .models import Ticket

BODY_LENGTH = 5000


class ContactForm(forms.Form):
    """A problem and where to answer it. We don't ask for an email if you're logged in."""

    uuid = RowKeyField()
    topic = forms.ChoiceField(
        label="What is it about?",
        choices=Ticket.Topic,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what it is about."},
    )
    name = LineField(
        label="Your name",
        max_length=120,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    email = EmailField(
        label="Email",
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={
            "required": "Enter your email so we can answer.",
            "invalid": "Enter an email like name@example.com.",
        },
    )
    body = ParagraphField(
        label="What happened?",
        max_length=BODY_LENGTH,
        help_text="No need to share health details: we can help without them. If you got an error, "
        "tell us what you pressed.",
        error_messages={"required": "Tell us what happened."},
    )

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        if user.is_authenticated:
            del self.fields["email"]
            self.fields["name"].initial = user.full_name


class CodeForm(forms.Form):
    """The six digits we mailed. `refusal(code)` says why we can't take a code, or ""."""

    code = forms.CharField(
        label="Code",
        max_length=40,
        help_text="You can paste it. Nobody from Headway will ever ask you for it.",
        widget=forms.TextInput(
            attrs={
                "class": "code-input",
                "inputmode": "numeric",
                "autocomplete": "one-time-code",
                "spellcheck": "false",
            }
        ),
        error_messages={"required": "Enter the six digits from our email."},
    )

    def __init__(self, *args, refusal, **kwargs):
        super().__init__(*args, **kwargs)
        self.refusal = refusal

    def clean_code(self):
        code = re.sub(
            r"[\s-]", "", plain(self.cleaned_data["code"])
        )  # some people copy these along
        if not re.fullmatch("[0-9]{6}", code):
            raise forms.ValidationError("The code is just six digits.")
        if reason := self.refusal(code):
            raise forms.ValidationError(reason)
        return code


class ReplyForm(forms.Form):
    uuid = RowKeyField()
    body = ParagraphField(
        label="Write again",
        max_length=BODY_LENGTH,
        help_text="No need to share health details.",
        error_messages={"required": "Write something first."},
    )
