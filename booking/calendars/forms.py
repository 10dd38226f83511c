"""What someone sends to make a calendar feed."""

from django import forms

from accounts.versioned import VersionedForm


class FeedForm(VersionedForm):
    """A calendar feed to be made: which form this is, and what it replaces."""

    uuid = forms.UUIDField(widget=forms.HiddenInput)
