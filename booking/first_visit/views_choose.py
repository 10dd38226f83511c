"""The booking link, where new clients choose a time, with or without an account."""

import re
from http import HTTPStatus
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponseBadRequest
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST
from django.views.decorators.vary import vary_on_headers

from accounts import zones
from accounts.access import address_block
from accounts.limits import HOLDS_BY_ADDRESS, HOLDS_BY_USER, TooMany
from providers import search
from providers.models import Provider

from ..availability.calendar import load_calendars
from ..clock.formatting import format_datetime
from ..models import Hold, Place
from ..refusals import Refused, TimeTaken
from . import holds, rules, week
from .forms import TimeForm
from .hold_text import describe_hold
from .refusals import AlreadyAClient, Closed, NotAccepting, TooManyHolds
from .visitor import visitor_of

SLUG = re.compile(r"[\w-]{1,100}")


def find_provider(link):
    """The published provider with this booking link; 404 for an old or made-up link."""
    return get_object_or_404(Provider.objects.published().select_related("user"), booking_link=link)


def carried(request):
    """The state, plan and zone of the search, kept in every address up to the booking."""
    asked = {name: request.GET.get(name, "") for name in ("state", "plan")}
    found = {name: value for name, value in asked.items() if SLUG.fullmatch(value)}
    if zones.known(request.GET.get("zone")):
        found["zone"] = request.GET["zone"]
    return found


def onward(request, url, **more):
    query = urlencode(carried(request) | more)
    return f"{url}?{query}" if query else url


def held_with(provider, request, now):
    """The visitor's current Hold with the provider, or None."""
    visitor = visitor_of(request)
    if not visitor.may_hold:
        return None
    return Hold.objects.current(now).filter(provider=provider).of(visitor).first()


def unseen(response):
    """Keep a response out of search engines and caches; it may show this visitor's hold."""
    response["X-Robots-Tag"] = "noindex, nofollow"
    response["Cache-Control"] = "no-store, private"
    if response.status_code == HTTPStatus.TOO_MANY_REQUESTS:
        response["Retry-After"] = "600"
    return response


@login_not_required
@vary_on_headers("HX-Request")
def choose(request, link):
    """The provider's free times by week; a POST holds one."""
    provider = find_provider(link)
    client = request.user if request.user.is_authenticated else None
    try:
        rules.check_open_to(provider, client=client)
        if request.method == "POST":
            return hold(request, provider)
    except Closed as no:
        return closed(request, provider, no)
    return choose_page(request, provider)


def hold(request, provider):
    """Hold the posted time and go on to the details; if it's gone, show others."""
    form = TimeForm(request.POST)
    if not form.is_valid():
        return HttpResponseBadRequest("Choose one of the times on the page.")
    at, place = form.cleaned_data["at"], form.cleaned_data["place"]
    visitor, unheld = visitor_of(request, make=True), {}
    try:
        if request.user.is_anonymous:
            HOLDS_BY_ADDRESS.charge(address_block(request))
        else:
            HOLDS_BY_USER.charge(request.user.pk)
        holds.hold(provider, visitor=visitor, starts_at=at, place=place)
    except Closed:
        raise
    except (TooMany, TooManyHolds):
        messages.warning(request, TooManyHolds().message)
        unheld = {"at": int(at.timestamp()), "place": place}
    except Refused as no:
        return choose_page(request, provider, refused=no, at=int(at.timestamp()), place=place)
    zones.keep(request)
    details = reverse("booking:details", args=[provider.booking_link])
    return redirect(onward(request, details, **unheld))


def closed(request, provider, no):
    """Say why this person can't book here: with 200 on a GET, as a refusal on a POST."""
    zone = zones.reader(request, otherwise=provider.time_zone)
    context = {"provider": provider, "refusal": no, "zone": zone}
    context |= {"next": None, "latest": None, "similar": [], "unbooked": None}
    if isinstance(no, AlreadyAClient):
        appointments = no.relationship.appointments
        context["next"] = appointments.upcoming(timezone.now()).first()
        context["latest"] = context["next"] or appointments.order_by("starts_at").last()
    elif isinstance(no, NotAccepting):
        context["similar"] = list(search.similar(provider))
    chosen = week.parse_start(request.POST.get("other_at") or request.POST.get("at"))
    if chosen and not (context["next"] and context["next"].starts_at.timestamp() == chosen):
        context["unbooked"] = format_datetime(chosen, zone)
    status = no.status if request.method == "POST" else 200
    return unseen(render(request, "booking/first_visit/closed.html", context, status=status))


def choose_page(request, provider, *, refused=None, at=None, place=None):
    """The week page, or only its times for htmx; after a refusal it says what happened."""
    now = timezone.now()
    calendar = load_calendars([provider], now=now, visitor=visitor_of(request))[provider.pk]
    part = bool(request.htmx) and request.method == "GET"
    context = {
        "provider": provider,
        "part": part,
        "refused": refused,
        "was_taken": type(refused) is TimeTaken,
        **times_of(request, calendar, held_with(provider, request, now), at, place, now),
    }
    status = refused.status if refused else 200
    template = "choose_times" if part else "choose"
    return unseen(render(request, f"booking/first_visit/{template}.html", context, status=status))


def times_of(request, calendar, held, at, place, now):
    """The week the address asks for: its zone, place and times, and the time that was chosen."""
    kept = carried(request)
    here = calendar.provider.time_zone
    zone = zones.reader(request, otherwise=here, state=request.GET.get("state"))
    place = week.parse_place(place or request.GET.get("place") or (held and held.place), calendar)
    chosen = at or week.parse_start(request.GET.get("at"))
    is_held = bool(held and held.starts_at.timestamp() == chosen and held.place == place)
    return {
        "places": [Place(each) for each in calendar.places()],
        "place": place,
        "place_label": Place(place).label if place else "",
        "chosen_is_held": is_held,
        "zone": zone,
        "carried": urlencode(kept),
        "kept": {name: value for name, value in kept.items() if name != "zone"},
        "held": describe_hold(held, zone, now) if held else None,
        **week.page(calendar, place, zone, asked=request.GET.get("week"), chosen=chosen, held=held),
        **week.chosen(calendar, place, zone, chosen),
    }


@require_POST
@login_not_required
def extend(request, link):
    provider = find_provider(link)
    more_time(request, provider)
    return redirect(onward(request, provider.booking_url))


@require_POST
@login_not_required
def release(request, link):
    provider = find_provider(link)
    holds.release(provider, visitor=visitor_of(request))
    messages.success(request, "You released the time. Others can book it now.")
    return redirect(onward(request, provider.booking_url))


def more_time(request, provider):
    """Extend the visitor's hold and say so, or say why not."""
    try:
        holds.extend(provider, visitor=visitor_of(request))
        messages.success(request, "We’ll hold the time for you for 10 more minutes.")
    except Refused as no:
        messages.warning(request, no.message)
