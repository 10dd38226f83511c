"""What a page showed: forms that write only what was changed against it, and its fingerprint."""

import hashlib

from django import forms

LONGEST_KEY = 18  # digits of a row's number
OVERTAKEN = "This was changed meanwhile{now}. Save again to put what you typed in its place."


def digest(values):
    """A short word that another list of plain values doesn't have."""
    return hashlib.sha256(repr(values).encode()).hexdigest()[:16]


class RowsField(forms.ModelMultipleChoiceField):
    """Rows by their numbers; one that no database counts to is told, as all that are not there."""

    def _check_values(self, value):
        for key in value if isinstance(value, list | tuple) else ():
            if len(str(key)) > LONGEST_KEY:
                words = self.error_messages["invalid_choice"]
                raise forms.ValidationError(words, "invalid_choice", {"value": key})
        return super()._check_values(value)


class SeenForm(forms.ModelForm):
    """A form that carries what it showed.

    A field that was left alone stays as it is in the database by now; one that somebody else
    changed meanwhile is told, and what was typed stays for the next try.
    """

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            for name in self.initial.keys() & self.fields.keys():
                self.fields[name].show_hidden_initial = True

    def clean(self):
        said = super().clean()
        for name, field in self.fields.items():
            if not field.show_hidden_initial:
                continue
            if name in self.changed_data:
                self._refuse_if_overtaken(name, field)
            elif name in said:
                many = field.hidden_widget is forms.MultipleHiddenInput
                said[name] = self.initial[name] if many else getattr(self.instance, name)
        return said

    def _refuse_if_overtaken(self, name, field):
        bound, now = self[name], field.prepare_value(self.initial[name])
        widget, key = field.hidden_widget(), bound.html_initial_name
        seen = widget.value_from_datadict(self.data, self.files, key)
        if not (field.has_changed(now, seen) and field.has_changed(now, bound.data)):
            return
        self.data = self.data.copy()
        if isinstance(now, list):
            self.data.setlist(key, now)
        else:
            self.data[key] = now
        reads = f": it is now “{now}”" if now and isinstance(now, str) else ""
        self.add_error(name, OVERTAKEN.format(now=reads))
