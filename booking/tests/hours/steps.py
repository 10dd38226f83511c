"""What tests of the hours do again and again: send the week, the rules, time off."""

from booking.hours.forms import RulesForm
from providers.models import Provider

WEEK = "/workspace/availability/"
OFF = "/workspace/availability/off/"
OPENINGS = "/workspace/availability/openings/"
RULES = "/workspace/availability/rules/"


def week(*blocks, do="save", **more):
    """The form with (weekday, from, to, place) blocks."""
    data = {"block-TOTAL_FORMS": len(blocks), "block-INITIAL_FORMS": len(blocks), "do": do}
    for n, block in enumerate(blocks):
        for name, value in zip(("weekday", "starts", "ends", "place"), block, strict=True):
            data[f"block-{n}-{name}"] = value
    return {**data, **more}


def opened(desk):
    """The version that the page shows when it's opened now."""
    return version_of(desk.get(WEEK))


def version_of(page):
    """The version that the form of a page would send."""
    value = (page.context.get("version") or page.context["form"]["version"]).value()
    return "" if value is None else str(value)


def removal(row, **more):
    """The button that takes away a time off, or an opening."""
    ends = {name: int(getattr(row, name).timestamp()) for name in ("starts_at", "ends_at")}
    return {"do": "remove", **ends, **more}


def saved(provider):
    return list(provider.working_hours.values_list("weekday", "from_minute", "to_minute", "place"))


def rules(provider, **changes):
    """The form as it stands, on a page opened now, with changes."""
    names = "call_minutes session_minutes buffer_minutes minimum_notice_hours horizon_days"
    names += " cancellation_window_hours late_cancellation time_zone"
    data = {name: getattr(provider, name) for name in names.split()}
    if provider.accepting_new_clients:
        data["accepting_new_clients"] = "on"
    page = RulesForm(instance=Provider.objects.get(pk=provider.pk))
    data |= {field.html_initial_name: field.value() for field in page}
    data |= {"do": "save", "version": page["version"].value()} | changes
    return {name: value for name, value in data.items() if value is not None}
