"""What a provider does with time: schedule, move, cancel, say how it went, say where to join."""

from datetime import time
from urllib.parse import urlencode
from uuid import uuid4

from allauth.core import ratelimit
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone

from accounts import trail, zones

from ..calendars import ics
from ..clock.dates import asked_day, asked_minute
from ..clock.formatting import moment, when
from ..models import Appointment, Place
from ..refusals import Refused
from ..views import clients
from ..views.provider import provider_only
from . import history, scheduling
from .forms import LinkForm, MoveForm, OutcomeForm, ProviderCancelForm, ScheduleForm
from .refusals import Changed, NotOnTheList, Settled, TooLate, TooManyTries
from .scheduling import CORRECTION

TODAY = "today"  # what a form on that page says of where to go back to
SAME = "That is the time, length and place it has. Change one of them, or leave it as it is."


@provider_only
def schedule(request, uuid):
    """Plan a call or a session with someone on the client list."""
    pair = clients.find(request, uuid, ended_at=None)
    provider = request.user.provider
    form = ScheduleForm(posted(request), provider=provider, initial=wished(request, provider))
    if form.is_valid() and is_paced(request, form):
        asked = form.asked()
        try:
            made = scheduling.schedule(provider, client=pair.client, by=request.user, **asked)
        except NotOnTheList:
            raise Http404 from None
        except Refused as no:
            form.refuse(no)
        else:
            say_scheduled(request, made, asked)
            return redirect(page_of(made))
    facts = time_facts(form, provider, pair.client)
    from_day = asked_day(request.GET.get("date"))
    context = {"pair": pair, "client": pair.client, "from_day": from_day, **facts}
    return render(request, "booking/schedule.html", context, status=form.status)


def is_paced(request, form):
    """Whether the provider may try another time; where not, the form says so.

    A refusal can tell that a client is busy then: nobody is to learn their week by trying it.
    """
    if ratelimit.consume(request, action="schedule"):
        return True
    form.refuse(TooManyTries())
    return False


def say_scheduled(request, made, asked):
    """Say what is booked: what was asked for, or what this very page had booked before."""
    if made.is_canceled:
        words = f"This was scheduled and then canceled: {both_times(made)} Nothing was changed."
        messages.info(request, words)
    elif all(getattr(made, name) == asked[name] for name in ("starts_at", "minutes", "place")):
        note(request, made, "appointment scheduled")
        messages.success(request, f"Scheduled: {both_times(made)} We told both of you.")
    else:
        words = f"This was scheduled already: {both_times(made)} To change it, move it."
        messages.info(request, words)


@provider_only
def move(request, uuid):
    """Another time, length or place for what is scheduled."""
    found = find(request, uuid)
    form = MoveForm(posted(request), appointment=found)
    if is_settled(found):
        return turn_back(request, found, Settled())
    if form.is_valid() and is_paced(request, form):
        try:
            moved = scheduling.reschedule(found, by=request.user, **form.asked())
        except Changed as no:
            return move_again(request, uuid, no)
        except Settled as no:
            return turn_back(request, found, no)
        except Refused as no:
            form.refuse(no)
        else:
            if moved.sequence != form.cleaned_data["sequence"]:
                say_moved(request, moved, is_new=moved.sequence != found.sequence)
                return redirect(page_of(found))
            form.add_error("starts", SAME)
    return show_move(request, found, form)


def move_again(request, uuid, no):
    """The form once more with all that was typed, on what stands now; or back to its page."""
    found = find(request, uuid)
    if is_settled(found):
        return turn_back(request, found, no)
    form = MoveForm(anew(request, found), appointment=found)
    form.is_valid()
    form.refuse(changed_to(found))
    return show_move(request, found, form)


def show_move(request, found, form):
    """The page of a move."""
    facts = time_facts(form, found.provider, found.client)
    context = {"appointment": found, "client": found.client, **facts}
    return render(request, "booking/move.html", context, status=form.status)


def anew(request, appointment):
    """What was sent from a page that went stale, for the appointment as it stands now."""
    data = request.POST.copy()
    data["sequence"] = appointment.sequence
    return data


def changed_to(appointment):
    """A Changed that says when it is now, for a form that stays."""
    no = Changed()
    now_on = both_times(appointment)
    no.message = (
        f"This appointment was changed meanwhile: it is now on {now_on} Nothing is saved yet."
    )
    return no


def say_moved(request, moved, *, is_new):
    """Say when and where it is now, or that this very page had moved it before."""
    if is_new:
        note(request, moved, "appointment moved")
        messages.success(request, f"It is now {both_times(moved)} We told both of you.")
    else:
        messages.info(request, f"It was moved already: {both_times(moved)}")


@provider_only
def cancel(request, uuid):
    """Call it off, for oneself or for the client, with the rule for late cancellations told."""
    found = find(request, uuid)
    form = cancel_form(posted(request), found)
    if is_settled(found):
        return turn_back(request, found, Settled())
    if form.is_valid():
        try:
            scheduling.cancel(found, by=request.user, **form.asked())
        except TooLate:
            return turn_back(request, found, Settled())
        except Changed as no:
            return cancel_again(request, uuid, no)
        note(request, found, "appointment canceled")
        messages.success(request, "It is canceled. We told both of you by email.")
        return redirect(page_of(found))
    return show_cancel(request, found, form)


def cancel_form(data, found):
    """The form of a cancellation; a late fee can be waived where there would be one."""
    may_waive = found.is_late_to_cancel(timezone.now())
    return ProviderCancelForm(data, appointment=found, may_waive=may_waive)


def cancel_again(request, uuid, no):
    """The form once more with all that was typed, on what stands now; or back to its page."""
    found = find(request, uuid)
    if is_settled(found):
        return turn_back(request, found, no)
    form = cancel_form(anew(request, found), found)
    form.is_valid()
    form.refuse(changed_to(found))
    return show_cancel(request, found, form)


def show_cancel(request, found, form):
    """The page of a cancellation."""
    context = {**about(found, form), "is_late": "waive_fee" in form.fields}
    return render(request, "booking/cancel_provider.html", context, status=form.status)


@provider_only
def waive_fee(request, uuid):
    """Forgive the client a late cancellation, after it was made."""
    found = find(request, uuid)
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    try:
        scheduling.waive_fee(found, by=request.user)
    except Settled as no:
        return turn_back(request, found, no)
    note(request, found, "late fee waived")
    name = found.client.first_name_shown
    messages.success(request, f"The late fee is waived. {name} sees it on their page.")
    return redirect(page_of(found))


@provider_only
def outcome(request, uuid):
    """How it went: asked here, on the appointment's page and on Today; then the way on."""
    found = find(request, uuid)
    form = OutcomeForm(posted(request), appointment=found)
    status = 400 if form.errors else 200
    if form.is_valid():
        word = form.cleaned_data["outcome"]
        try:
            found = scheduling.record_outcome(found, by=request.user, outcome=word)
        except Refused as no:
            form.add_error(None, no.message)
            status = no.status
            found = find(request, uuid)  # it may have changed meanwhile
        else:
            note(request, found, "outcome recorded")
            return redirect(way_on(request, found))
    context = {**about(found, form), **correction(found), "back": asked_back(request)}
    return render(request, "booking/outcome.html", context, status=status)


@provider_only
def link(request, uuid):
    """A link and instructions for one virtual session."""
    found = find(request, uuid)
    if not (found.is_active and found.is_virtual):
        return turn_back(request, found, Settled())
    form = LinkForm(posted(request), appointment=found)
    if form.is_valid() and not form.doubts:
        try:
            made = scheduling.set_link(found, by=request.user, **form.asked())
        except Settled as no:
            return turn_back(request, found, no)
        except Refused as no:
            form.refuse(no)
        else:
            say_link(request, found, made)
            return redirect(page_of(found))
    return render(request, "booking/link.html", about(found, form), status=form.status)


def say_link(request, was, made):
    """Say that the client sees it, or that nothing was changed."""
    if (was.join_link, was.join_instructions) == (made.join_link, made.join_instructions):
        messages.info(request, "That is what it was. Nothing was changed.")
        return
    note(request, made, "link changed")
    name = made.client.first_name_shown
    messages.success(request, f"Saved. {name} sees it on their page, and we tell them by email.")


def is_settled(appointment):
    """Whether it is too late to move or cancel it."""
    return not appointment.is_active or timezone.now() >= appointment.ends_at


def turn_back(request, appointment, no):
    """Lead to the appointment as it stands, with the reason of a refusal."""
    messages.error(request, no.message)
    return redirect(page_of(appointment))


def posted(request):
    """What was sent, if this is a POST; a form of None is not bound."""
    return request.POST if request.method == "POST" else None


def about(appointment, form):
    """What the pages of one appointment show beside their own."""
    return {
        "appointment": appointment,
        "provider": appointment.provider,
        "client": appointment.client,
        "form": form,
        "zone": appointment.provider.time_zone,
    }


def note(request, appointment, what):
    """Put a change on the access trail."""
    trail.record(request, subject=appointment.client, what=what, record=appointment.uuid)


def page_of(appointment):
    """The address of an appointment from the provider's side."""
    return reverse("booking:workspace_appointment", args=[appointment.uuid])


def wished(request, provider):
    """Initial values: a new uuid, and what the address asks for; what it garbles is left out."""
    usual = Place.VIRTUAL if provider.offers_virtual else Place.IN_PERSON
    asked = request.GET
    minute = asked_minute(asked.get("starts"))
    return {
        "uuid": uuid4(),
        "place": asked.get("place") if asked.get("place") in Place.values else usual,
        "date": asked_day(asked.get("date")),
        "starts": None if minute is None else time(*divmod(minute, 60)),
    }


def way_on(request, appointment):
    """Where an outcome leads: to plan the first session, to try again, or back."""
    call = Appointment.CallOutcome
    name = appointment.client.first_name_shown
    if appointment.call_outcome == call.CONTINUE:
        messages.success(request, f"Good. Plan the first session with {name} here.")
        return reverse("booking:schedule", args=[appointment.relationship.uuid])
    if appointment.call_outcome == call.NOT_REACHED:
        messages.success(request, f"Noted. If you like, schedule another call with {name} here.")
        address = reverse("booking:schedule", args=[appointment.relationship.uuid])
        return f"{address}?{urlencode({'place': Place.PHONE})}"
    if appointment.call_outcome == call.NOT_A_FIT:
        words = f"Noted. {name} finds kind words on their page, and the way to other providers."
    else:
        words = f"Noted. You can correct it until {correct_by(appointment)}."
    messages.success(request, words)
    back = asked_back(request)
    if back == TODAY:
        return reverse("booking:workspace")
    return f"{reverse('booking:calendar')}?day={back}" if back else page_of(appointment)


def correct_by(appointment):
    """Until when an outcome may be corrected, with the zone."""
    zone = appointment.provider.time_zone
    by = moment(correction(appointment)["correct_by"], zone)
    return f"{by}, {zones.label(zone)}"


def asked_back(request):
    """Where an outcome was pressed, as its form says: TODAY, a day of the calendar, or ""."""
    back = request.POST.get("back")
    if back == TODAY:
        return TODAY
    day = asked_day(back)
    return day.isoformat() if day else ""


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
        "theirs": moment(starts_at, zone) if starts_at and differs else "",
        "seen_day": day,
    }


def both_times(appointment):
    """ "Thursday, December 10, 5:00 PM, Pacific Time." and the client's, where it differs."""
    provider, client = appointment.provider, appointment.client
    words = f"{when(appointment, provider.time_zone)['full']}, {zones.label(provider.time_zone)}."
    if client.time_zone and client.time_zone != provider.time_zone:
        there = when(appointment, client.time_zone)
        words += f" For {client.first_name_shown} that is {there['full']}, {there['zone']}."
    return words


@provider_only
def appointment(request, uuid):
    """Who comes, what can be done, what happened so far; the look is put on the trail."""
    found = find(request, uuid)
    trail.record(request, subject=found.client, what="appointment viewed", record=str(found.uuid))
    provider, zone = found.provider, found.provider.time_zone
    context = {
        "appointment": found,
        "provider": provider,
        "client": found.client,
        "coverage": getattr(found.relationship, "coverage", None),
        "late_fee": found.late_fee(),
        "zone": zone,
        "result": history.result(found),
        "events": history.told(found.events.all(), history.Reader(history.Side.PROVIDER, zone)),
    }
    context |= correction(found)
    return render(request, "booking/workspace_appointment.html", context)


def correction(appointment):
    """Whether it is over, and until when its outcome can be corrected: the rule of the verb."""
    now, known_at = timezone.now(), appointment.outcome_known_at
    return {
        "is_over": now >= appointment.ends_at,
        "may_correct": bool(known_at and now <= known_at + CORRECTION),
        "correct_by": known_at and known_at + CORRECTION,
    }


@provider_only
def calendar_file(request, uuid):
    """The appointment for the provider's calendar."""
    found = find(request, uuid)
    page = reverse("booking:workspace_appointment", args=[found.uuid])
    response = HttpResponse(ics.appointment_file(found, path=page), content_type="text/calendar")
    response["Content-Disposition"] = 'attachment; filename="appointment.ics"'
    return response


def find(request, uuid):
    """An appointment with this provider; anybody else's is not there."""
    return get_object_or_404(
        Appointment.objects.for_provider(request.user).with_people(), uuid=uuid
    )
