"""What people write to the support team."""

import re

from django import forms

from accounts.text import EmailField, LineField, ParagraphField, RowKeyField

from .models import Ticket

BODY_LENGTH = 5000


class ContactForm(forms.Form):
    """A problem, and where to answer; who is logged in is not asked for an email."""

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
            "required": "Enter your email, so that we can answer.",
            "invalid": "Enter an email like name@example.com.",
        },
    )
    body = ParagraphField(
        label="What happened?",
        max_length=BODY_LENGTH,
        help_text="Please leave your health out of it; we don’t need it to help. If it’s about an "
        "error, tell us what you pressed.",
        error_messages={"required": "Tell us what happened."},
    )

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        if user.is_authenticated:
            del self.fields["email"]
            self.fields["name"].initial = user.full_name


class CodeForm(forms.Form):
    """The six digits we mailed. `refusal(code)` says why a code isn't taken, or nothing."""

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
        error_messages={"required": "Enter the six digits from our mail."},
    )

    def __init__(self, *args, refusal, **kwargs):
        super().__init__(*args, **kwargs)
        self.refusal = refusal

    def clean_code(self):
        code = re.sub(r"[\s-]", "", self.cleaned_data["code"])  # as some copy it
        if not re.fullmatch("[0-9]{6}", code):
            raise forms.ValidationError("The code is six digits, without anything else.")
        if reason := self.refusal(code):
            raise forms.ValidationError(reason)
        return code


class ReplyForm(forms.Form):
    """More that the sender has to say."""

    uuid = RowKeyField()
    body = ParagraphField(
        label="Write again",
        max_length=BODY_LENGTH,
        help_text="Please leave your health out of it.",
        error_messages={"required": "Write something first."},
    )
