"""How a page that shows older data is noticed: its form carries the version that it showed."""

from django import forms

STALE = "This page went stale. Try again."


class VersionField(forms.IntegerField):
    """The version of what a page showed; verbs alone raise it, and compare it under their lock."""

    widget = forms.HiddenInput

    def __init__(self, **kwargs):
        messages = dict.fromkeys(["required", "invalid", "min_value", "max_value"], STALE)
        super().__init__(min_value=0, max_value=2**31 - 1, error_messages=messages, **kwargs)

    def has_changed(self, initial, data):
        """People change what is in a form, never its version."""
        return False


class VersionedForm(forms.Form):
    """A form that carries the version its page showed; its initial value is the stored one."""

    version = VersionField()

    def catch_up(self):
        """The page is going to show what is stored now: its next press is against that."""
        self.data = self.data.copy()
        self.data[self.add_prefix("version")] = self.initial["version"]
