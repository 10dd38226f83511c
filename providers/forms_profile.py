"""What a provider sends about their own profile: its text and terms, and a photo."""

from django import forms

from accounts.states import State
from accounts.text import HttpsField, LineField, ParagraphField, PhoneField, national
from accounts.versioned import MergingForm

from . import portraits
from .models import ClientGroup, Language, Method, Plan, Provider, Specialty

OFFICE = ("office_address", "office_city", "office_state")
NOT_OFFERED = "Choose from the list. One of these is not in it."
NO_PHOTO = "Choose a photo first."


def check_office(form, data, *, in_person):
    """An office has all three lines, and providers who see people in person have an office."""
    given = [name for name in OFFICE if data.get(name)]
    for name in OFFICE:
        if name not in given and name not in form.errors:
            if given:
                form.add_error(name, "An office needs a street, a city and a state.")
            elif in_person:
                form.add_error(name, "The weekly hours say in person, so tell people where.")


class TermsField(forms.MultipleChoiceField):
    """Several rows of a vocabulary, chosen by slug; the value is the rows."""

    default_error_messages = {"invalid_choice": NOT_OFFERED}

    def __init__(self, model, *, group=None, name="name", none="", **kwargs):
        """`model` is the vocabulary, `group` and `name` are the columns to show, and `none` is the
        error for choosing none, or "" if that's allowed."""
        widget = forms.CheckboxSelectMultiple(attrs={"class": "checks"})
        messages = {"required": none}
        super().__init__(required=bool(none), widget=widget, error_messages=messages, **kwargs)
        self.model, self.group, self.name = model, group, name
        self.sometimes_required = True  # no "(optional)": none is a choice

    def offer(self):
        """Read the vocabulary, once per form, for showing and for checking."""
        self.offered = {term.slug: term for term in self.model.objects.all()}
        groups = {}
        for slug, term in self.offered.items():
            heading = getattr(term, self.group) if self.group else ""
            groups.setdefault(heading, []).append((slug, getattr(term, self.name)))
        self.choices = list(groups.items()) if self.group else groups.get("", [])

    def clean(self, value):
        return [self.offered[slug] for slug in super().clean(value)]


class ProfileForm(MergingForm):
    """The public profile. The name and licenses aren't in it: support changes those.

    The clean value of a photo is our own WebP bytes; it may be there even with errors.
    """

    photo = forms.FileField(
        label="A photo of you",
        required=False,
        help_text="JPEG, PNG or WebP, up to 5 MB, with your face in the middle. We’ll crop it to "
        "the shape of a doorway.",
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
        error_messages={
            "empty": "This file is empty. Choose another one.",
            "invalid": NO_PHOTO,
        },
    )
    headline = LineField(
        label="One sentence about who you help",
        max_length=160,
        required=False,
        help_text="It goes under your name, and on your card in the directory.",
    )
    bio = ParagraphField(
        label="In your words",
        max_length=4000,
        required=False,
        help_text="How you work, and what a first visit with you is like. Up to 4,000 characters.",
        widget=forms.Textarea(attrs={"rows": 12}),
    )
    credentials = LineField(
        label="Credentials",
        max_length=60,
        help_text="The letters after your name, like “PsyD”.",
        error_messages={"required": "Enter the letters after your name, like “PsyD”."},
    )
    pronouns = LineField(
        label="Pronouns",
        max_length=40,
        required=False,
        help_text="Everyone can see them on your profile.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    specialties = TermsField(
        Specialty,
        label="What you help with",
        none="Choose at least one thing you help with. People search by it.",
    )
    methods = TermsField(Method, label="Your approaches")
    client_groups = TermsField(
        ClientGroup, label="Who you work with", none="Choose at least one kind of client."
    )
    languages = TermsField(
        Language,
        label="Languages you work in",
        none="Choose at least one language you work in.",
    )
    first_visit = forms.ChoiceField(
        label="How new clients start",
        choices=[
            (Provider.FirstVisit.CALL, "With a phone call: short, free, you call them"),
            (Provider.FirstVisit.SESSION, "With a session: full length, at your fee"),
        ],
        widget=forms.RadioSelect,
        help_text="What new clients can book. Anything already booked stays the same.",
        error_messages={"required": "Choose one.", "invalid_choice": "Choose one of the two."},
    )
    session_fee = forms.IntegerField(
        label="Fee for a session, in US dollars",
        min_value=0,
        max_value=2000,
        help_text="For people who don’t use insurance.",
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
        error_messages={
            "required": "Enter your fee, or 0.",
            "invalid": "Use whole dollars, like 180.",
            "min_value": "The fee can’t be below 0.",
            "max_value": "The fee can be $2,000 at most.",
        },
    )
    plans = TermsField(
        Plan,
        group="carrier",
        label="Plans you take",
        help_text="Choose none if you don’t take insurance.",
    )
    phone = PhoneField(
        label="Your practice’s phone number",
        required=False,
        help_text="Your clients see it. Your calls come from it, and they can call it if they "
        "can’t join a session.",
    )
    telehealth_platform = LineField(
        label="Your video platform",
        max_length=60,
        required=False,
        help_text="The name of the service you use for virtual sessions.",
    )
    telehealth_link = HttpsField(
        label="Your usual link",
        required=False,
        help_text="It starts with https:// and leads to a waiting room. Clients can use it "
        "starting 30 minutes before a session. You can give an appointment its own link.",
    )
    telehealth_instructions = ParagraphField(
        label="What clients need to know to join",
        max_length=2000,
        required=False,
        help_text="Clients see this as soon as a virtual session is booked.",
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    office_address = LineField(label="Street and number", max_length=200, required=False)
    office_city = LineField(label="City", max_length=80, required=False)
    office_state = forms.ChoiceField(
        label="State",
        required=False,
        choices=[("", "No state"), *State.choices],
        error_messages={"invalid_choice": "Choose a state from the list."},
    )

    def __init__(self, *args, provider, **kwargs):
        self.provider = provider
        terms = [name for name, field in self.base_fields.items() if isinstance(field, TermsField)]
        known = {
            name: getattr(provider, name)
            for name in self.base_fields
            if name not in (*terms, "photo", "pronouns", "version")
        }
        known |= {
            "version": provider.profile_version,
            "pronouns": provider.user.pronouns,
            "phone": national(provider.phone),
        }
        known |= {name: [term.slug for term in getattr(provider, name).all()] for name in terms}
        super().__init__(*args, initial=known, **kwargs)
        for name in terms:
            self.fields[name].offer()
        self.fields["photo"].sometimes_required = True  # no "(optional)" beside it

    @property
    def new_photo(self):
        """The photo they sent, if it's good, or None."""
        return None if "photo" in self.errors else self.cleaned_data.get("photo")

    @property
    def profile_data(self):
        """The clean values without the photo, as save_profile takes them."""
        return {name: value for name, value in self.cleaned_data.items() if name != "photo"}

    @property
    def is_unsaved(self):
        """Whether they typed something that isn't saved, apart from the photo."""
        return bool(set(self.changed_data) - {"photo"})

    def keep_errors(self, *names):
        """Drop errors at other fields: nobody asked to save those yet."""
        for name in [name for name in self.errors if name not in names]:
            del self.errors[name]

    def clean_photo(self):
        """The picture as our own WebP, not the file they sent. None if they sent none."""
        photo = self.cleaned_data["photo"]
        try:
            return portraits.made_anew(photo) if photo else None
        except portraits.BadPhoto as bad:
            raise forms.ValidationError(bad.message, code="bad_photo") from bad

    @property
    def work(self):
        """The vocabularies for their work, each as (field, what is chosen in words)."""
        names = ("specialties", "methods", "client_groups", "languages")
        return [self.folded(name) for name in names]

    @property
    def pay(self):
        """The plans, as (field, what is chosen in words)."""
        return [self.folded("plans")]

    def folded(self, name):
        """A field of terms and what is chosen, so the page can show the list closed."""
        offered = self.fields[name].offered
        chosen = [str(offered[slug]) for slug in self[name].value() or [] if slug in offered]
        return self[name], ", ".join(chosen) or "None yet"

    def clean(self):
        data = super().clean()
        check_office(self, data, in_person=self.provider.offers_in_person)
        return data
