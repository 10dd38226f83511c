"""How a page that shows older data is noticed: its form carries the version that it showed."""

from django import forms

STALE = "This page is out of date. Try again."


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
    """A form that carries the version its page showed; its initial value is the stored one.

    A form that comes without one has None, which is no version: it counts as stale.
    """

    version = VersionField(required=False)

    def catch_up(self):
        """The page is going to show what is stored now: its next press is against that."""
        self.data = self.data.copy()
        self.data[self.add_prefix("version")] = self.initial["version"]


class MergingForm(VersionedForm):
    """A form of several fields: one that was left alone takes the value that is stored now.

    The version says that something is newer, not which fields were typed in. Django's hidden
    initial values say that: the page carries what it showed in each field.
    """

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in self.initial.keys() & self.fields.keys():
            self.fields[name].show_hidden_initial = name != "version"

    def full_clean(self):
        if self.is_bound:
            self._merge()
        super().full_clean()

    def _merge(self):
        touched, self.overtaken, self.data = set(self.changed_data), {}, self.data.copy()
        for name, field in self.fields.items():
            if not field.show_hidden_initial:
                continue
            bound, widget = self[name], field.hidden_widget()
            now = field.prepare_value(bound.initial)
            shown = widget.value_from_datadict(self.data, self.files, bound.html_initial_name)
            values = now if isinstance(now, list) else [now]
            if name not in touched:
                self.data.setlist(bound.html_name, values)
            elif field.has_changed(now, shown):
                self.overtaken[name] = now
            self.data.setlist(bound.html_initial_name, values)
        del self.changed_data  # by now it is what differs from the stored values

    def show_newer(self):
        """Say at each field that somebody else changed too what it is now, and catch up."""
        self.is_valid()  # finds out which
        self.catch_up()
        for name in self.overtaken.keys() & set(self.changed_data):
            now = self.overtaken[name]
            is_plain = type(now) in (int, str) and not hasattr(self.fields[name], "choices")
            reads = f" It’s now “{now}”." if now and is_plain else ""
            self.add_error(name, f"This changed too.{reads} Save again to replace it.")
