"""What someone sends to make a calendar feed."""

from django import forms


class FeedForm(forms.Form):
    """A calendar feed to be made: which form this is, and what it replaces."""

    uuid = forms.UUIDField()
    seen = forms.CharField(required=False, max_length=40)
