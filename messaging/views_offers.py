"""The pages of an offer: a provider picks times to offer or to take; the client answers."""

from django.contrib import messages
from django.http import HttpResponseNotAllowed
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone

from accounts.limits import SCHEDULING
from accounts.plain import number
from accounts.refusals import Stale
from booking.appointments import free_times, scheduling
from booking.appointments.views_change import say_moved, say_scheduled
from booking.clock.formatting import format_datetime
from booking.fields import LATEST
from booking.models import Appointment, AppointmentEvent, Place
from booking.refusals import Refused
from providers.access import provider_only

from . import access, offers, reading
from .models import Proposal
from .offer_forms import NOW, KindForm, OfferForm, RefuseForm
from .panes import card_url, in_pane, turned_back
from .views import charge


@provider_only
def suggest(request, uuid):
    """Offer times to the client, or take one of them at once: new, or instead of an appointment."""
    pair = get_object_or_404(
        access.for_user(request.user).filter(provider=request.user.provider), uuid=uuid
    )
    if back := turned_back(request, pair):
        return back
    now, asked = timezone.now(), request.GET.get("instead_of", "")
    ahead = pair.appointments.upcoming(now).with_people()
    instead = next((each for each in ahead if str(each.uuid) == asked), None)
    if asked and instead is None:
        messages.error(request, "This appointment can’t be changed anymore.")
        return redirect("messaging:conversation", pair.uuid)
    kind = None if instead else kind_form(request, pair)
    form = offer_form(request, pair, instead, kind, now)
    if form and form.is_bound:
        is_valid, answer = form.is_valid(), made_before(pair, form)
        if answer or (is_valid and (answer := act(request, pair, instead, form))):
            return answer
    context = {
        "first_name": pair.client.first_name_shown,
        "instead": instead,
        "kind": kind,
        "form": form,
        "zone": pair.provider.time_zone,
        "client_zone": pair.client.time_zone,
    }
    return in_pane(
        request, "messaging/suggest.html", pair, context, status=form.status if form else 400
    )


def kind_form(request, pair):
    """The place and length to look for: those in the address, else like the last time."""
    last = pair.appointments.filter(kind=Appointment.Kind.SESSION).order_by("starts_at").last()
    provider = pair.provider
    usual = {
        "place": last.place
        if last
        else Place.VIRTUAL
        if provider.offers_virtual
        else Place.IN_PERSON,
        "minutes": last.minutes if last else provider.session_minutes,
    }
    asked = {name: request.GET[name] for name in usual if name in request.GET}
    return KindForm(usual | asked, provider=provider)


def offer_form(request, pair, instead, kind, now):
    """The form with the free times; None where what to look for isn't clear."""
    if instead:
        what = {"place": instead.place, "minutes": instead.minutes}
    elif kind.is_valid():
        what = kind.cleaned_data
    else:
        return None
    starts = free_times.free_starts(pair.provider, pair.client, now=now, moved=instead, **what)
    own = instead and int(instead.starts_at.timestamp())
    others = [each for each in starts if each != own]
    wished = instead.change_requests.open(now).first() if instead else None
    return OfferForm(
        request.POST if request.method == "POST" else None,
        days=free_times.by_day(others, pair.provider.time_zone),
        starts=starts,
        name=pair.client.first_name_shown,
        initial={
            "version": instead.sequence if instead else None,
            "times": sorted(set(others) & set(wished.wishes)) if wished else [],
        },
        **what,
    )


def made_before(pair, form):
    """The answer to a repeat of a form that made something: its times are taken by that."""
    key = form.cleaned_data.get("uuid")
    if made := Proposal.objects.filter(message__uuid=key, message__conversation=pair.pk).first():
        return redirect(card_url(made))
    if pair.appointments.filter(uuid=key).exists():
        return redirect("messaging:conversation", pair.uuid)
    return None


def act(request, pair, instead, form):
    """Offer the times, or take the one at once; None, with the reason on the form, if refused."""
    try:
        SCHEDULING.charge(request.user.pk)
        if form.cleaned_data["act"] == NOW:
            return take(request, pair, instead, form)
        charge(request.user)
        made = offers.offer(
            pair,
            by=request.user,
            starts=form.starts,
            place=form.place,
            minutes=form.minutes,
            instead_of=instead,
            sequence=form.cleaned_data["version"] if instead else None,
            anyway=form.is_confirmed,
            **{name: form.cleaned_data[name] for name in ("uuid", "hours", "words")},
        )
    except Stale as no:
        form.catch_up()
        form.refuse(no)
    except Refused as no:
        form.refuse(no)
    else:
        messages.success(
            request, f"Offered. {pair.client.first_name_shown} can choose with one press."
        )
        return redirect(card_url(made))
    return None


def take(request, pair, instead, form):
    """Move it to the chosen time, or schedule it then."""
    chosen = {
        "by": request.user,
        "starts_at": form.starts[0],
        "place": form.place,
        "minutes": form.minutes,
        "anyway": form.is_confirmed,
    }
    if instead:
        asked = instead.change_requests.open(timezone.now()).exists()
        side = AppointmentEvent.Side
        made = scheduling.reschedule(
            instead,
            sequence=form.cleaned_data["version"],
            requested_by=side.CLIENT if asked else side.PROVIDER,
            **chosen,
        )
        say_moved(request, made, is_new=made.sequence != instead.sequence)
    else:
        key, kind = form.cleaned_data["uuid"], Appointment.Kind.at(form.place)
        made = scheduling.schedule(pair.provider, client=pair.client, kind=kind, uuid=key, **chosen)
        say_scheduled(request, made, chosen)
    return redirect("messaging:conversation", pair.uuid)


def accept(request, uuid):
    """The client takes the time that was pressed."""
    offer = find(request, uuid, message__conversation__client=request.user)
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    start = number(request.POST.get("at", ""), most=LATEST)
    try:
        made = offers.accept(offer, by=request.user, start=start or 0)
    except Refused as no:
        messages.error(request, no.message)
    else:
        zone = reading.reader(request, otherwise=made.provider.time_zone)
        when = format_datetime(made.starts_at, zone)
        messages.success(request, f"It’s settled: {when}. We’re emailing you both.")
    return redirect(card_url(offer))


def refuse(request, uuid):
    """The client says that none of the times work, and what would."""
    offer = find(request, uuid, message__conversation__client=request.user)
    form = RefuseForm(request.POST if request.method == "POST" else None)
    name = offers.pair_of(offer).provider.first_name
    if form.is_valid():
        try:
            charge(request.user)
            offers.refuse(offer, by=request.user, **form.cleaned_data)
        except Refused as no:
            messages.error(request, no.message)
        else:
            messages.success(request, f"Sent. {name} will see that none of these times work.")
        return redirect(card_url(offer))
    context = {"offer": offer, "form": form, "first_name": name}
    status = 400 if form.errors else 200
    return in_pane(request, "messaging/refuse.html", offers.pair_of(offer), context, status=status)


@provider_only
def take_back(request, uuid):
    """The provider takes the offer back."""
    offer = find(request, uuid, message__conversation__provider=request.user.provider)
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    try:
        offers.take_back(offer, by=request.user)
    except Refused as no:
        messages.info(request, no.message)
    else:
        messages.success(request, "You took the offer back. Its times are free again.")
    return redirect(card_url(offer))


def find(request, uuid, **whose):
    """An offer in their own conversation; 404 for anyone else's."""
    mine = Proposal.objects.for_user(request.user).filter(**whose).select_related(*offers.PEOPLE)
    return get_object_or_404(mine, message__uuid=uuid)
