"""The forms that set a password, with labels in our words."""

from allauth.account import forms

LABELS = {
    "oldpassword": "Current password",
    "password1": "New password",
    "password2": "New password, once more",
}


class InOurWords:
    """allauth's fields without its capitals, and without placeholders that repeat the label."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.label = LABELS[name]
            field.widget.attrs.pop("placeholder", None)


class ChangeForm(InOurWords, forms.ChangePasswordForm):
    """A new password in place of the old one."""


class SetForm(InOurWords, forms.SetPasswordForm):
    """A first password."""


class ResetForm(InOurWords, forms.ResetPasswordKeyForm):
    """A new password, by the link of a mail."""
