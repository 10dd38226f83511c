"""The directory's filters: all optional, and a bad value counts as none."""

from django import forms
from django.utils.choices import flatten_choices

from accounts.states import State

from .models import Plan, Provider, Specialty

SELF_PAY = "self"


def plan_choices():
    """Plans by carrier: the carrier comes first, for people who don't know their plan's name."""
    groups = {}
    for plan in Plan.objects.all():
        groups.setdefault((plan.carrier, plan.carrier_slug), []).append(
            (plan.slug, f"{plan.carrier} {plan.name}")
        )
    choices = [("", "Any plan"), (SELF_PAY, "I’ll pay myself")]
    for (carrier, slug), options in groups.items():
        choices.append((carrier, [(slug, f"{carrier}, any plan"), *options]))
    return choices


class SearchForm(forms.Form):
    """The directory's filters, from the address."""

    show_optional = False

    state = forms.ChoiceField(
        label="State you’re in", required=False, choices=[("", "Any state"), *State.choices]
    )
    plan = forms.ChoiceField(label="How you pay", required=False)
    specialty = forms.MultipleChoiceField(
        label="What you’d like help with",
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    first_visit = forms.ChoiceField(
        label="How to start",
        required=False,
        choices=[
            ("", "Either"),
            (Provider.FirstVisit.CALL, "With a phone call"),
            (Provider.FirstVisit.SESSION, "With a session"),
        ],
        widget=forms.RadioSelect,
    )
    place = forms.MultipleChoiceField(
        label="Where",
        required=False,
        choices=[("virtual", "Virtual"), ("in_person", "In person")],
        widget=forms.CheckboxSelectMultiple,
    )
    q = forms.CharField(label="Name or keywords", required=False, max_length=80)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        # One query for checking, showing and naming them.
        self.fields["plan"].choices = plan_choices()
        self.fields["specialty"].choices = list(Specialty.objects.values_list("slug", "name"))

    def clean_q(self):
        return " ".join(self.cleaned_data["q"].split())

    @property
    def filters(self):
        """What people asked for, without bad values, as {name: value}."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}

    def label_of(self, name, value):
        """A choice in words, for a chip."""
        if name == "q":
            return f"“{value}”"
        return dict(flatten_choices(self.fields[name].choices))[value]
