"""What a provider sends to schedule, move and cancel, and to say how it went and where to join."""

from django import forms
from django.core.exceptions import ValidationError

from accounts.dates import ClockField, DayField
from accounts.text import HttpsField, ParagraphField
from accounts.versioned import VersionedForm, VersionField
from providers.video_links import consumer_video_warning

from ..clock import labels
from ..fields import HiddenFieldGuard, ProviderZoneForm
from ..models import Appointment, AppointmentEvent, Place
from ..refusals import TimeTaken
from .refusals import InThePast, NeedsConfirmation

SESSION, CALL = range(15, 181), range(10, 31)  # minutes
WHAT = {
    Place.VIRTUAL: "Virtual session",
    Place.IN_PERSON: "Session in person",
    Place.PHONE: "Phone call",
}
PAST_DAY = "This date has passed. Choose a later one."


def length_error(minutes, place):
    """What's wrong with a length at a place, or ""."""
    what, allowed = ("phone call", CALL) if place == Place.PHONE else ("session", SESSION)
    return (
        "" if minutes in allowed else f"A {what} takes {allowed[0]} to {allowed[-1]} minutes here."
    )


class RefusableForm(HiddenFieldGuard):
    """A form whose verb may say no: the reason lands at its field, a doubt waits for a yes.

    A yes counts only for the `key` of the warnings it answers, which each form has.
    """

    anyway = forms.CharField(required=False, widget=forms.HiddenInput)
    refused = None

    def refuse(self, no):
        """Take in why the verb refused (a Refused)."""
        self.refused = no
        if not self.warnings:
            self.add_error("starts" if isinstance(no, TimeTaken) else no.field, no.message)

    @property
    def warnings(self):
        return self.refused.warnings if isinstance(self.refused, NeedsConfirmation) else []

    @property
    def status(self):
        """The HTTP status of the page that shows this form."""
        return self.refused.status if self.refused else 400 if self.errors else 200

    @property
    def is_confirmed(self):
        return self.cleaned_data.get("anyway") == self.key


class WhenForm(ProviderZoneForm, RefusableForm):
    """A place, and a time on the provider's clock; `cleaned_data["starts_at"]` is aware."""

    place = forms.ChoiceField(
        widget=forms.RadioSelect,
        error_messages=dict.fromkeys(["required", "invalid_choice"], "Choose one of these."),
    )
    date = DayField()
    starts = ClockField(label="Starts at")
    minutes = forms.IntegerField(
        label="Length in minutes",
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages=dict.fromkeys(
            ["required", "invalid"], "Enter the minutes as a number, like 50."
        ),
    )

    def __init__(self, *args, provider, places, **kwargs):
        self.provider = provider
        super().__init__(*args, **kwargs)
        self.fields["place"].choices = [(place, WHAT[place]) for place in places]

    def refuse(self, no):
        """Where the day itself is over, it is the date that is wrong."""
        if isinstance(no, InThePast) and self.cleaned_data["date"] < self.provider.today():
            no.field, no.message = "date", PAST_DAY
        super().refuse(no)

    def clean_date(self):
        """A date that our calendar reaches."""
        day = self.cleaned_data["date"]
        if not 2000 <= day.year <= 2099:
            raise ValidationError("Check the year. It should be between 2000 and 2099.")
        return day

    def clean(self):
        """The instant that the clock means, and a length that suits the kind."""
        data = super().clean()
        if data.get("date") and data.get("starts"):
            data["starts_at"] = self.instant("starts", data["date"], data["starts"], which="which")
        if data.get("place") and "minutes" not in self.errors:
            if data["minutes"] is None:
                data["minutes"] = self._usual(data["place"])
            if words := length_error(data["minutes"], data["place"]):
                self.add_error("minutes", words)
        return data

    def _usual(self, place):
        on_phone = place == Place.PHONE
        return self.provider.call_minutes if on_phone else self.provider.session_minutes

    @property
    def key(self):
        data = self.cleaned_data
        return f"{int(data['starts_at'].timestamp())} {data['minutes']} {data['place']}"

    def for_verb(self):
        """What was chosen, for the verbs of scheduling."""
        names = ("place", "starts_at", "minutes")
        chosen = {name: self.cleaned_data[name] for name in names}
        return chosen | {"anyway": self.is_confirmed}


class ScheduleForm(WhenForm):
    """A call or a session with someone on the client list."""

    uuid = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args, provider, **kwargs):
        places = [Place.VIRTUAL, Place.IN_PERSON, Place.PHONE]
        if not (provider.offers_in_person or provider.office_address):
            places.remove(Place.IN_PERSON)
        super().__init__(*args, provider=provider, places=places, **kwargs)
        self.fields["place"].label = "What is it?"
        length = self.fields["minutes"]
        length.required, length.sometimes_required = False, True
        length.help_text = (
            f"Leave it empty for your usual length: {provider.session_minutes} for a session, "
            f"{provider.call_minutes} for a phone call."
        )

    def for_verb(self):
        """Call and phone are one choice."""
        return super().for_verb() | {
            "kind": Appointment.Kind.at(self.cleaned_data["place"]),
            "uuid": self.cleaned_data["uuid"],
        }


class ReasonForm(HiddenFieldGuard, VersionedForm):
    """Why someone changes an appointment, if they like to say so; its version is the sequence."""

    version = VersionField()
    reason = ParagraphField(
        label="Why",
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def for_verb(self):
        """What was chosen, for the verbs of scheduling."""
        return {"sequence": self.cleaned_data["version"], "reason": self.cleaned_data["reason"]}


class CancelForm(ReasonForm):
    def __init__(self, *args, appointment, **kwargs):
        super().__init__(*args, initial={"version": appointment.sequence}, **kwargs)
        self.fields["reason"].label = "Would you like to say why?"
        self.fields["reason"].help_text = f"Only {appointment.provider.first_name} can read this."


class RequestedByForm(ReasonForm):
    """On whose behalf a provider changes an appointment, and why."""

    requested_by = forms.ChoiceField(
        label="Who asked for it?",
        widget=forms.RadioSelect(attrs={"class": "options-row"}),
        error_messages=dict.fromkeys(["required", "invalid_choice"], "Choose who asked for it."),
    )
    field_order = ["requested_by", "reason"]

    def __init__(self, *args, client, **kwargs):
        super().__init__(*args, **kwargs)
        side = AppointmentEvent.Side
        self.fields["requested_by"].choices = [
            (side.CLIENT, client.first_name_shown),
            (side.PROVIDER, "I did"),
        ]
        self.fields["reason"].help_text = "For the history. Only you can see it."

    def for_verb(self):
        return super().for_verb() | {"requested_by": self.cleaned_data["requested_by"]}


class MoveForm(RequestedByForm, WhenForm):
    field_order = ["place", "date", "starts", "minutes", "requested_by", "reason"]

    def __init__(self, *args, appointment, **kwargs):
        provider = appointment.provider
        places = [Place.PHONE]
        if not appointment.is_call:
            places = [Place.VIRTUAL, Place.IN_PERSON]
            in_person = provider.offers_in_person or provider.office_address
            if not in_person and appointment.is_virtual:
                places.remove(Place.IN_PERSON)
        starts = labels.local(appointment.starts_at, provider.zone)
        initial = self.as_it_stands(appointment, starts) | kwargs.pop("initial", {})
        super().__init__(
            *args,
            provider=provider,
            places=places,
            client=appointment.client,
            initial=initial,
            **kwargs,
        )
        self.fields["place"].label = "Where"
        if len(places) == 1:
            self.fields["place"].widget = forms.HiddenInput()
        if labels.comes_twice(starts) and not self.is_bound:
            self.ask_which("starts", starts, name="which")

    @staticmethod
    def as_it_stands(appointment, starts):
        """Initial values: the appointment, which `starts` then on the provider's clock."""
        return {
            "place": appointment.place,
            "date": starts.date(),
            "starts": starts.time(),
            "which": str(starts.fold),
            "minutes": appointment.minutes,
            "version": appointment.sequence,
        }

    def for_verb(self):
        return RequestedByForm.for_verb(self) | WhenForm.for_verb(self)


class ProviderCancelForm(RequestedByForm, RefusableForm):
    """Who wants the appointment off, why, and whether a late fee is waived."""

    waive_fee = forms.BooleanField(label="Waive the late fee", required=False)

    def __init__(self, *args, appointment, may_waive, **kwargs):
        client, initial = appointment.client, {"version": appointment.sequence}
        super().__init__(*args, client=client, initial=initial, **kwargs)
        if may_waive:
            self.fields["waive_fee"].help_text = f"Counts only if {client.first_name_shown} asked."
        else:
            del self.fields["waive_fee"]

    def clean(self):
        """There is a fee to waive only where the client canceled."""
        data = super().clean()
        data["waive_fee"] = bool(
            data.get("waive_fee") and data.get("requested_by") == AppointmentEvent.Side.CLIENT
        )
        return data

    def for_verb(self):
        return super().for_verb() | {"waive_fee": self.cleaned_data["waive_fee"]}


class OutcomeForm(forms.Form):
    """What became of an appointment: the words for a call, or for a session."""

    outcome = forms.ChoiceField(  # the buttons send it
        widget=forms.HiddenInput,
        error_messages={"required": "Choose how it went.", "invalid_choice": "Choose how it went."},
    )

    def __init__(self, *args, appointment, **kwargs):
        super().__init__(*args, **kwargs)
        status = Appointment.Status
        self.fields["outcome"].choices = (
            Appointment.CallOutcome.choices
            if appointment.is_call
            else [(each, each.label) for each in (status.COMPLETED, status.NO_SHOW)]
        )


class LinkForm(RefusableForm):
    """Where and how a client joins one session, as the client sees it now, for an edit."""

    link = HttpsField(label="Link for this session", required=False)
    instructions = ParagraphField(
        label="How to join",
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def __init__(self, *args, appointment, **kwargs):
        self.appointment = appointment
        shown = {"link": appointment.link, "instructions": appointment.instructions}
        super().__init__(*args, initial=shown, **kwargs)

    def clean(self):
        """A room that is free for everyone: warned of once, then theirs to decide."""
        data = super().clean()
        link = data.get("link") or ""
        warning = link != self.initial["link"] and consumer_video_warning(link)
        if warning and not self.errors and not self.is_confirmed:
            self.refuse(NeedsConfirmation([warning]))
        return data

    def for_verb(self):
        """What is the appointment's own, for scheduling.set_link: "" where it is the usual."""
        link, instructions = self.cleaned_data["link"], self.cleaned_data["instructions"]
        provider = self.appointment.provider
        if self.appointment.join_link and not link and "instructions" not in self.changed_data:
            instructions = ""  # they were those of the link that went
        if link == provider.telehealth_link:
            link = ""
        if not link and instructions == provider.telehealth_instructions:
            instructions = ""
        return {"link": link, "instructions": instructions}

    @property
    def key(self):
        return self.cleaned_data.get("link") or ""
