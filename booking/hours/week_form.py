"""What providers send about their week: blocks of hours, of which several make a day."""

from collections import Counter

from django import forms
from django.core.exceptions import BadRequest
from django.utils.text import get_text_list

from accounts.dates import ClockField
from accounts.plain import number

from ..clock import labels
from ..models import HoursPlace
from .forms import place_field

BLOCKS = 84  # twelve a day
READ = 2 * BLOCKS  # so many are shown again where there are too many
MOST = 999  # a form that says it has more is damaged
MIDNIGHT = 1440


def minute_of(clock):
    return clock.hour * 60 + clock.minute


class BlockForm(forms.Form):
    """One block of a weekday; ends at midnight if `ends` is 12:00 AM.

    `number` is its place among the posted ones, `note` is for its reader.
    """

    number = 0
    note = ""
    weekday = forms.IntegerField(min_value=0, max_value=6, widget=forms.HiddenInput)
    starts = ClockField(label="From")
    ends = ClockField(label="To")
    place = place_field()

    def clean(self):
        data = super().clean()
        starts, ends = data.get("starts"), data.get("ends")
        if starts is not None and ends is not None:
            self.span = minute_of(starts), minute_of(ends) or MIDNIGHT
            if self.span[0] >= self.span[1]:
                self.add_error("ends", "Choose an end after the start.")
        return data

    def wrong(self):
        """(id of the first field with an error, all of them in words, each once); or []."""
        fields = [field for field in self.visible_fields() if field.errors]
        words = dict.fromkeys(words for field in fields for words in field.errors)
        return fields and (fields[0].id_for_label, " ".join(words))

    def block(self):
        """(weekday, from_minute, to_minute, place) of a valid form."""
        return (self.cleaned_data["weekday"], *self.span, self.cleaned_data["place"])


class WeekFormSet(forms.BaseFormSet):
    """All blocks of the week; those of one day don't overlap."""

    default_error_messages = {"too_many_forms": f"Use at most {BLOCKS} blocks a week."}

    def clean(self):
        """Tell an overlap of valid blocks at the one that starts later."""
        valid = [form for form in self.forms if not form.errors]
        last = (-1, 0, 0)  # of those so far on the day, the one that ends last
        for form in sorted(valid, key=lambda form: form.block()[:3]):
            weekday, since, till, _ = form.block()
            if weekday == last[0] and since < last[2]:
                form.add_error("starts", f"This overlaps {labels.minutes_span(*last[1:])}.")
            if weekday != last[0] or till > last[2]:
                last = weekday, since, till

    def annotate(self, notes):
        """Number the blocks, and put notes at them: by (weekday, from, to) as browsers write."""
        for place, form in enumerate(self.forms):
            form.number = place
            key = weekday_of(form), *(str(form[name].value())[:5] for name in ("starts", "ends"))
            form.note = notes.get(key, "")

    def days(self):
        """(weekday, its name, its forms) for the page."""
        for weekday, name in enumerate(labels.DAYS):
            yield weekday, name, [form for form in self.forms if weekday_of(form) == weekday]

    def wrong(self):
        """(id of a field, "Monday: …") of each block with errors; the same words once."""
        lines = {}
        for _, name, forms_of_day in self.days():
            for id_, words in filter(None, (form.wrong() for form in forms_of_day)):
                lines.setdefault(f"{name}: {words}", id_)
        return [(id_, words) for words, id_ in lines.items()]

    def blocks(self):
        return sorted(form.block() for form in self.forms)


Week = forms.formset_factory(
    BlockForm,
    formset=WeekFormSet,
    extra=0,
    max_num=BLOCKS,
    absolute_max=READ,
    validate_max=True,
)


def bound_week(data):
    """The set of what was posted; no block may stay empty. A damaged form is a BadRequest."""
    week = Week(data, prefix="block", form_kwargs={"empty_permitted": False})
    if total_of(data) is None or not week.management_form.is_valid():
        raise BadRequest("The form doesn’t say how many blocks it has.")
    if any("weekday" in form.errors for form in week.forms):
        raise BadRequest("A block has no weekday.")
    return week


def total_of(data):
    """How many blocks the data say they have, or None."""
    return number(str(data.get("block-TOTAL_FORMS")), most=MOST)


def unbound_week(rows):
    """A set that shows rows (dicts of BlockForm's fields), checked by nobody yet."""
    return Week(initial=rows, prefix="block")


def blocks_of(rows):
    """The blocks of rows, or None where some can't be read."""
    data = {"block-TOTAL_FORMS": len(rows), "block-INITIAL_FORMS": len(rows)}
    data |= {
        f"block-{n}-{name}": value for n, row in enumerate(rows) for name, value in row.items()
    }
    week = bound_week(data)
    return week.blocks() if week.is_valid() else None


def weekday_of(form):
    """The weekday of a block, bound or not; -1 for what is none."""
    value = str(form["weekday"].value())
    return int(value) if value in set("0123456") else -1


def rows_of(blocks):
    """Blocks as rows of the form."""
    return [
        {"weekday": day, "starts": clock_text(since), "ends": clock_text(till), "place": place}
        for day, since, till, place in blocks
    ]


def clock_text(minute):
    """ "09:30" of minutes from midnight, as a browser's time field wants it."""
    return f"{minute // 60 % 24:02}:{minute % 60:02}"


def edited_rows(data):
    """The posted rows after the edit that was asked for by `do`; None where it asks for none.

    `add-0` adds an empty block on Monday, `remove-2` takes the third one away, `copy-0` puts
    Monday's on the days of `to-0` in place of theirs. What can't be is a BadRequest.
    """
    action, _, text = data.get("do", "").partition("-")
    if action not in ("add", "remove", "copy"):
        return None
    rows = posted_rows(data)
    at = number(text, most=len(rows) - 1 if action == "remove" else 6)
    if at is None:
        raise BadRequest("The form edits a block that doesn’t exist.")
    if action == "remove":
        return rows[:at] + rows[at + 1 :]
    if action == "add":
        return [*rows, {"weekday": str(at), "place": usual_place(rows, at)}]
    return copied(rows, at, copy_targets(data, at))


def copy_targets(data, weekday):
    """The days (as text, in order) that are ticked to get what a weekday has."""
    return sorted(set(data.getlist(f"to-{weekday}")) & set("0123456") - {str(weekday)})


def copy_text(data):
    """(weekday, whether to any day, words) of a copy that `edited_rows` made; None if none."""
    action, _, text = data.get("do", "").partition("-")
    if action != "copy":
        return None
    weekday = number(text, most=6)
    names = [labels.DAYS[int(day)] for day in copy_targets(data, weekday)]
    if not names:
        return weekday, False, "Choose the days to copy to."
    return weekday, True, f"Copied to {get_text_list(names, 'and')}. Not saved yet."


def copied(rows, weekday, targets):
    """The rows with those of a weekday on the target days too (as text), in place of theirs."""
    kept = [row for row in rows if row["weekday"] not in targets]
    day = [row for row in rows if row["weekday"] == str(weekday)]
    return kept + [{**row, "weekday": target} for target in targets for row in day]


def posted_rows(data):
    """The rows as they were typed; a form that doesn't say how many is a BadRequest."""
    total = total_of(data)
    if total is None:
        raise BadRequest("The form doesn’t say how many blocks it has.")
    names = BlockForm.base_fields
    shown = range(min(total, READ))
    return [{name: data.get(f"block-{n}-{name}", "") for name in names} for n in shown]


def unsent_rows(data):
    """The rows of what was typed and not sent (accounts/unsent.py), which doesn't say how many."""
    total = sum(name.endswith("-starts") for name in data)
    data = {**data.dict(), "block-TOTAL_FORMS": str(total)}
    return posted_rows(data)


def usual_place(rows, weekday):
    """The place of the day's last block, else the most common one of the week."""
    places = [row["place"] for row in rows if row["weekday"] == str(weekday)]
    if places:
        return places[-1]
    common = Counter(row["place"] for row in rows).most_common(1)
    return common[0][0] if common else HoursPlace.VIRTUAL
