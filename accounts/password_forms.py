"""The forms that set a password, with labels in our words."""

from allauth.account import forms

LABELS = {
    "oldpassword": "Current password",
    "password1": "New password",
    "password2": "New password again",
}


class InOurWords:
    """allauth's fields with our labels, and without placeholders that repeat them."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.label = LABELS[name]
            field.widget.attrs.pop("placeholder", None)


class ChangeForm(InOurWords, forms.ChangePasswordForm):
    """Replace your password."""


class SetForm(InOurWords, forms.SetPasswordForm):
    """A first password."""


class ResetForm(InOurWords, forms.ResetPasswordKeyForm):
    """Set a new password from an emailed link."""
