"""The pages of a change request: a client asks or withdraws; the provider answers."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponseBadRequest, HttpResponseNotAllowed
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from accounts.limits import SCHEDULING, TooMany
from accounts.refusals import Stale
from booking.appointments import free_times
from booking.appointments.refusals import NeedsConfirmation
from booking.appointments.views_change import say_moved
from booking.appointments.views_provider import note
from booking.clock.labels import local
from booking.fields import InstantField
from booking.refusals import Refused
from providers.access import provider_only

from . import access, cards, reading, requests
from .models import ChangeRequest
from .panes import card_url, in_pane, turned_back
from .request_forms import AskForm, DeclineForm
from .views import charge

LISTED = 20


def ask(request, uuid):
    """Ask to move or cancel an appointment: the one in the address, else the next one."""
    pair = get_object_or_404(access.for_user(request.user).filter(client=request.user), uuid=uuid)
    if back := turned_back(request, pair):
        return back
    now, zone = timezone.now(), reading.reader(request, otherwise=pair.provider.time_zone)
    ahead = list(changeable(pair, now))
    asked = request.GET.get("appointment", "")
    appointment = next((each for each in ahead if str(each.uuid) == asked), None)
    if appointment is None and ahead and not asked:
        appointment = next((each for each in ahead if not each.open_requests), ahead[0])
    form = appointment and ask_form(request, pair, appointment, zone, now)
    if form and form.is_valid() and (made := send(request, pair, appointment, form)):
        messages.success(request, f"Sent. {pair.provider.first_name} can answer with one press.")
        return redirect(card_url(made))
    context = {
        "pair": pair,
        "first_name": pair.provider.first_name,
        "appointments": ahead,
        "appointment": appointment,
        "form": form,
        "zone": zone,
        "is_late": appointment and appointment.is_late_to_cancel(now),
        "may_swap": appointment and appointment.client_may_swap(now),
    }
    status = form.status if form else 200
    return in_pane(request, "messaging/ask.html", pair, context, status=status)


def changeable(pair, now):
    """The appointments that a client can ask to change, each with its open requests."""
    ahead = pair.appointments.upcoming(now).filter(starts_at__gt=now).with_people()[:LISTED]
    open_now = ChangeRequest.objects.open(now).filter(appointment__in=[each.pk for each in ahead])
    by_appointment = {}
    for each in open_now.select_related("message"):
        by_appointment[each.appointment_id] = each
    for each in ahead:
        each.open_requests = by_appointment.get(each.pk)
        yield each


def ask_form(request, pair, appointment, zone, now):
    starts = free_times.free_starts(
        pair.provider,
        pair.client,
        place=appointment.place,
        minutes=appointment.minutes,
        now=now,
        moved=appointment,
    )
    own = int(appointment.starts_at.timestamp())
    return AskForm(
        request.POST if request.method == "POST" else None,
        days=free_times.by_day([each for each in starts if each != own], zone),
        may_cancel=appointment.client_may_cancel(now),
        name=pair.provider.first_name,
        initial={"version": appointment.sequence},
    )


def send(request, pair, appointment, form):
    """The request from a valid form, or None, with the reason on the form, if it's refused."""
    try:
        charge(request.user)
        return requests.ask(pair, by=request.user, appointment=appointment, **form.for_verb())
    except Stale as no:
        form.catch_up()
        form.refuse(no)
    except Refused as no:
        form.refuse(no)
    return None


def withdraw(request, uuid):
    """The client takes the request back."""
    asked = find(request, uuid, message__author=request.user)
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    try:
        requests.withdraw(asked, by=request.user)
    except requests.NotWaiting as no:
        messages.info(request, no.message)
    else:
        messages.success(request, "You withdrew your request. Nothing about it has changed.")
    return redirect(card_url(asked))


@provider_only
def move(request, uuid):
    """The provider moves the appointment to the wish that was pressed."""
    asked = find_as_provider(request, uuid)
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    try:
        starts_at = InstantField().clean(request.POST.get("at"))
    except ValidationError:
        return HttpResponseBadRequest()
    try:
        SCHEDULING.charge(request.user.pk)
        moved = requests.move(asked, by=request.user, starts_at=starts_at)
    except NeedsConfirmation as no:
        messages.warning(request, f"{no.message} To use this time anyway, press Move below.")
        return redirect(move_page(asked, starts_at))
    except Refused as no:
        messages.error(request, no.message)
    else:
        say_moved(request, moved, is_new=True)
    return redirect(card_url(asked))


def move_page(asked, starts_at):
    """The page to move it by hand, with this time filled in."""
    moment = local(starts_at, asked.appointment.provider.zone)
    when = {"date": moment.date(), "starts": f"{moment:%H:%M}", "requested_by": "client"}
    return f"{reverse('booking:move', args=[asked.appointment.uuid])}?{urlencode(when)}"


@provider_only
def cancel(request, uuid):
    """The provider cancels the appointment, as the client asked."""
    asked = find_as_provider(request, uuid)
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    try:
        requests.cancel(asked, by=request.user, waive_fee="waive_fee" in request.POST)
    except Refused as no:
        messages.error(request, no.message)
    else:
        note(request, asked.appointment, "appointment canceled")
        messages.success(request, "It’s canceled. We’re emailing both of you.")
    return redirect(card_url(asked))


@provider_only
def decline(request, uuid):
    """The provider says no, with a sentence that says why."""
    asked = find_as_provider(request, uuid)
    pair, name = requests.pair_of(asked), asked.appointment.client.first_name_shown
    form = DeclineForm(request.POST if request.method == "POST" else None, name=name)
    if form.is_valid():
        try:
            charge(request.user)
            requests.decline(asked, by=request.user, **form.cleaned_data)
        except TooMany as no:
            form.add_error(None, no.as_error())
        except Refused as no:
            messages.error(request, no.message)
            return redirect(card_url(asked))
        else:
            messages.success(request, f"You declined the request. {name} can read why.")
            return redirect(card_url(asked))
    zone = reading.reader(request)
    card = cards.cards_of([asked.message], request.user, zone)[asked.message_id]
    context = {"asked": asked, "card": card, "form": form, "first_name": name, "zone": zone}
    status = 400 if form.errors else 200
    return in_pane(request, "messaging/decline.html", pair, context, status=status)


def find_as_provider(request, uuid):
    return find(request, uuid, message__conversation__provider=request.user.provider)


def find(request, uuid, **whose):
    """A request in their own conversation; 404 for anyone else's."""
    mine = ChangeRequest.objects.for_user(request.user).filter(**whose)
    people = [
        f"message__conversation__relationship__{each}" for each in ("client", "provider__user")
    ]
    people += ["appointment__client", "appointment__provider__user"]
    return get_object_or_404(mine.select_related(*people), message__uuid=uuid)
