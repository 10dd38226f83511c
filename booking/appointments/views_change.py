"""What a provider changes: schedule, move, cancel, and waive a late fee."""

from datetime import time
from uuid import uuid4

from django.contrib import messages
from django.http import Http404, HttpResponseNotAllowed
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from accounts.limits import SCHEDULING, TooMany
from accounts.plain import number
from accounts.refusals import Stale
from providers.access import provider_only

from ..clock.dates import parse_day, parse_minute
from ..clock.formatting import describe_time, format_datetime
from ..models import Place, Relationship
from ..refusals import Refused
from . import scheduling
from .forms import SESSION, MoveForm, ProviderCancelForm, ScheduleForm
from .refusals import NotOnTheList, Settled, TooLate
from .views_provider import about, find, is_settled, note, posted, turn_back

SAME = "It already has that time, length and place. Change one of them, or leave it as it is."


@provider_only
def schedule(request, uuid):
    """Plan a call or a session with someone on the client list."""
    pairs = Relationship.objects.for_provider(request.user).with_people()
    pair = get_object_or_404(pairs, uuid=uuid, ended_at=None)
    provider = request.user.provider
    form = ScheduleForm(posted(request), provider=provider, initial=prefill(request, provider))
    if form.is_valid() and is_paced(request, form):
        chosen = form.for_verb()
        try:
            made = scheduling.schedule(provider, client=pair.client, by=request.user, **chosen)
        except NotOnTheList:
            raise Http404 from None
        except Refused as no:
            form.refuse(no)
        else:
            say_scheduled(request, made, chosen)
            return redirect(made.workspace_url)
    facts = time_facts(form, provider, pair.client)
    from_day = parse_day(request.GET.get("date"))
    context = {"pair": pair, "client": pair.client, "from_day": from_day, **facts}
    return render(request, "booking/appointments/schedule.html", context, status=form.status)


def is_paced(request, form):
    """Whether the provider may try another time; where not, the form says so.

    A refusal can tell that a client is busy then: nobody is to learn their week by trying it.
    """
    try:
        SCHEDULING.charge(request.user.pk)
    except TooMany as no:
        form.refuse(no)
        return False
    return True


def say_scheduled(request, made, chosen):
    """Say what is booked: what was chosen, or what this very page had booked before."""
    if made.is_canceled:
        words = f"This was scheduled and then canceled: {both_times(made)} Nothing was changed."
        messages.info(request, words)
    elif all(getattr(made, name) == chosen[name] for name in ("starts_at", "minutes", "place")):
        note(request, made, "appointment scheduled")
        messages.success(request, f"Scheduled: {both_times(made)} We’re emailing both of you.")
    else:
        words = f"This was scheduled already: {both_times(made)} To change it, move it."
        messages.info(request, words)


@provider_only
def move(request, uuid):
    """Another time, length or place for what is scheduled."""
    appointment = find(request, uuid)
    if is_settled(appointment):
        return turn_back(request, appointment, Settled())
    form = move_form(posted(request), appointment, initial=asked_for(request))
    if form.is_valid() and is_paced(request, form):
        try:
            moved = scheduling.reschedule(appointment, by=request.user, **form.for_verb())
        except Stale as no:
            return show_again(request, uuid, no, move_form, show_move)
        except Settled as no:
            return turn_back(request, appointment, no)
        except Refused as no:
            form.refuse(no)
        else:
            if moved.sequence != form.cleaned_data["version"]:
                say_moved(request, moved, is_new=moved.sequence != appointment.sequence)
                return redirect(moved.workspace_url)
            form.add_error("starts", SAME)
    return show_move(request, appointment, form)


def move_form(data, appointment, **more):
    return MoveForm(data, appointment=appointment, **more)


def show_move(request, appointment, form):
    facts = time_facts(form, appointment.provider, appointment.client)
    context = {"appointment": appointment, "client": appointment.client, **facts}
    return render(request, "booking/appointments/move.html", context, status=form.status)


def show_again(request, uuid, no, make_form, show):
    """The form once more with all that was typed, on what is stored now; or back to its page.

    `make_form` and `show` are those of the page.
    """
    appointment = find(request, uuid)
    if is_settled(appointment):
        return turn_back(request, appointment, no)
    form = make_form(request.POST, appointment)
    form.catch_up()
    form.is_valid()
    form.refuse(Stale("This appointment", now=f"It’s now on {both_times(appointment)}"))
    return show(request, appointment, form)


def say_moved(request, moved, *, is_new):
    """Say when and where it is now, or that this very page had moved it before."""
    if is_new:
        note(request, moved, "appointment moved")
        messages.success(request, f"It is now {both_times(moved)} We’re emailing both of you.")
    else:
        messages.info(request, f"It was moved already: {both_times(moved)}")


@provider_only
def cancel(request, uuid):
    """Cancel it, for the provider or for the client, and say what counts as late."""
    appointment = find(request, uuid)
    if is_settled(appointment):
        return turn_back(request, appointment, Settled())
    form = cancel_form(posted(request), appointment)
    if form.is_valid():
        try:
            scheduling.cancel(appointment, by=request.user, **form.for_verb())
        except TooLate:
            return turn_back(request, appointment, Settled())
        except Stale as no:
            return show_again(request, uuid, no, cancel_form, show_cancel)
        note(request, appointment, "appointment canceled")
        messages.success(request, "It’s canceled. We’re emailing both of you.")
        return redirect(appointment.workspace_url)
    return show_cancel(request, appointment, form)


def cancel_form(data, appointment):
    """A late fee can be waived where there would be one."""
    may_waive = appointment.is_late_to_cancel(timezone.now())
    return ProviderCancelForm(data, appointment=appointment, may_waive=may_waive)


def show_cancel(request, appointment, form):
    context = about(appointment, form=form, is_late="waive_fee" in form.fields)
    return render(request, "booking/appointments/cancel_provider.html", context, status=form.status)


@provider_only
def waive_fee(request, uuid):
    """Forgive the client a late cancellation, after it was made."""
    appointment = find(request, uuid)
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    try:
        scheduling.waive_fee(appointment, by=request.user)
    except Settled as no:
        return turn_back(request, appointment, no)
    note(request, appointment, "late fee waived")
    name = appointment.client.first_name_shown
    messages.success(request, f"The late fee is waived. {name} sees it on their page.")
    return redirect(appointment.workspace_url)


def prefill(request, provider):
    """Initial values: a new uuid, and what the address asks for; what it garbles is left out."""
    usual = Place.VIRTUAL if provider.offers_virtual else Place.IN_PERSON
    place = request.GET.get("place")
    place = place if place in Place.values else usual
    return {"uuid": uuid4(), "place": place, "date": None, "starts": None, **asked_for(request)}


def asked_for(request):
    """The time and length in the address, and who asked for it, as initial values."""
    query = request.GET
    minute = parse_minute(query.get("starts"))
    asked = {
        "date": parse_day(query.get("date")),
        "starts": None if minute is None else time(*divmod(minute, 60)),
        "minutes": number(query.get("minutes"), most=SESSION[-1]),
        "requested_by": query.get("requested_by"),
    }
    return {name: value for name, value in asked.items() if value is not None}


def time_facts(form, provider, client):
    """What the pages of a time show: the form, both zones, the time for the client, the day."""
    starts_at = form.is_bound and form.cleaned_data.get("starts_at")
    zone = client.time_zone
    differs = zone and zone != provider.time_zone
    day = form.cleaned_data.get("date") if form.is_bound else form.initial.get("date")
    return {
        "form": form,
        "provider": provider,
        "zone": provider.time_zone,
        "client_zone": zone if differs else "",
        "theirs": format_datetime(starts_at, zone) if starts_at and differs else "",
        "seen_day": day,
    }


def both_times(appointment):
    """ "Thursday, December 10, 5:00 PM, Pacific Time." and the client's, where it differs."""
    provider, client = appointment.provider, appointment.client
    here = describe_time(appointment, provider.time_zone)
    words = f"{here['full']}, {here['zone']}."
    if client.time_zone and client.time_zone != provider.time_zone:
        there = describe_time(appointment, client.time_zone)
        words += f" For {client.first_name_shown} that is {there['full']}, {there['zone']}."
    return words
