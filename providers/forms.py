"""What people send to the directory: filters, all optional; a bad value counts as none."""

from django import forms

from accounts.states import State

from .models import Plan, Provider, Specialty

SELF_PAY = "self"


def plan_choices():
    """Plans by carrier: the whole carrier first, for who doesn't know the name of their plan."""
    groups = {}
    for plan in Plan.objects.all():
        groups.setdefault((plan.carrier, plan.carrier_slug), []).append(
            (plan.slug, f"{plan.carrier} {plan.name}")
        )
    choices = [("", "Any plan"), (SELF_PAY, "I pay myself")]
    for (carrier, slug), options in groups.items():
        choices.append((carrier, [(slug, f"{carrier}, any plan"), *options]))
    return choices


class SearchForm(forms.Form):
    """The directory's filters, as they stand in the address."""

    show_optional = False

    state = forms.ChoiceField(
        label="State you are in", required=False, choices=[("", "Any state"), *State.choices]
    )
    plan = forms.ChoiceField(label="How you pay", required=False)
    specialty = forms.MultipleChoiceField(
        label="What brings you",
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
    q = forms.CharField(label="Name or words", required=False, max_length=80)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        # Read once for checking, showing and naming them.
        self.fields["plan"].choices = plan_choices()
        self.fields["specialty"].choices = list(Specialty.objects.values_list("slug", "name"))

    def clean_q(self):
        """One line of at most 80 characters."""
        return " ".join(self.cleaned_data["q"].split())

    @property
    def filters(self):
        """What was asked for and makes sense, as {name: value}."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}

    def label_of(self, name, value):
        """The words of a choice, as for a chip."""
        if name == "q":
            return f"“{value}”"
        for key, words in self.fields[name].choices:
            if isinstance(words, list | tuple):
                for inner, inner_words in words:
                    if inner == value:
                        return inner_words
            elif key == value:
                return words
        return value
