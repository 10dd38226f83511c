"""The booking link: choosing a time and giving one's details. For new clients only."""

from datetime import timedelta
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponseBadRequest
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts import zones
from providers import search
from providers.models import Provider

from .. import availability, scheduling, times, week
from ..access import visitor_of
from ..forms import BookForm, TimeForm
from ..models import Hold, Place
from ..refusals import AlreadyAClient, NotAccepting, OwnPage, Refused, TimeTaken
from ..templatetags.booking_tags import describe_hold


def find_provider(link):
    """The published provider of a booking link; 404 for an old or a made-up one."""
    return get_object_or_404(
        Provider.objects.published().select_related("user").prefetch_related("licenses", "plans"),
        booking_link=link,
    )


def carried(request):
    """State, plan and zone of the search, to be kept in every address up to the booking."""
    return {name: request.GET[name] for name in ("state", "plan", "zone") if request.GET.get(name)}


def unseen(response):
    """Keep an answer out of search engines."""
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response


@login_not_required
def choose(request, link):
    """The provider's free times by week; a POST holds one."""
    provider = find_provider(link)
    try:
        scheduling.check_open_to(
            provider, client=request.user if request.user.is_authenticated else None
        )
        if request.method == "POST":
            return hold(request, provider)
    except (AlreadyAClient, OwnPage, NotAccepting) as no:
        return closed(request, provider, no)
    return choose_page(request, provider)


def hold(request, provider):
    """Hold the posted time and go on to the details; where it is gone, show others."""
    form = TimeForm(request.POST)
    if not form.is_valid():
        return HttpResponseBadRequest("Choose one of the times on the page.")
    at, place = form.cleaned_data["at"], form.cleaned_data["place"]
    try:
        scheduling.hold(provider, visitor=visitor_of(request, make=True), starts_at=at, place=place)
    except (AlreadyAClient, OwnPage, NotAccepting):
        raise
    except Refused as no:
        return choose_page(request, provider, refused=no, at=int(at.timestamp()), place=place)
    query = urlencode(carried(request))
    details_page = reverse("booking:details", args=[provider.booking_link])
    return redirect(f"{details_page}?{query}" if query else details_page)


def closed(request, provider, no):
    """Why this person can't book here, and the way on. Reading is fine; a post is refused."""
    context = {"provider": provider, "refusal": no}
    if isinstance(no, AlreadyAClient):
        appointments = no.relationship.appointments
        context["next"] = appointments.upcoming(timezone.now()).first()
        context["latest"] = context["next"] or appointments.order_by("starts_at").last()
    else:
        context["similar"] = list(search.similar(provider))
    status = no.status if request.method == "POST" else 200
    return unseen(render(request, "booking/closed.html", context, status=status))


def choose_page(request, provider, *, refused=None, at=None, place=None):
    """The week page; after a refusal it says what happened and shows the nearest times."""
    now = timezone.now()
    visitor = visitor_of(request)
    calendar = availability.load([provider], now=now, visitor=visitor)[provider.pk]
    zone = zones.reader(request, otherwise=provider.time_zone, state=request.GET.get("state"))
    held = Hold.objects.standing(now).filter(provider=provider).of(visitor).first()
    places = calendar.places()
    place = chosen_place(place or request.GET.get("place") or (held and held.place), places)
    chosen = at or asked_start(request.GET.get("at"))
    context = {
        "provider": provider,
        "places": [Place(each) for each in places],
        "place": place,
        "zone": zone,
        "zones": zones.choices(),
        "carried": urlencode(carried(request)),
        "kept": {name: value for name, value in carried(request).items() if name != "zone"},
        "held": describe_hold(held, zone, now) if held else None,
        "refused": refused,
        **week_context(request, calendar, place, zone, chosen),
        **chosen_context(calendar, place, zone, chosen, held, refused),
    }
    status = refused.status if refused else 200
    return unseen(render(request, "booking/choose.html", context, status=status))


def chosen_place(asked, places):
    """The place that was asked for where the provider offers it, else the first one."""
    return asked if asked in places else (places[0] if places else None)


def asked_start(text):
    """The epoch seconds of `?at=`, or None for anything that is no time."""
    return int(text) if text and text.isdecimal() and len(text) == 10 else None


def week_context(request, calendar, place, zone, chosen):
    """The days of the week to show, and the ways to the weeks around it."""
    first = next(iter(calendar.starts(place)), None) if place else None
    this_week = week.monday_of(week.day_in(calendar.now, zone))
    last_week = week.monday_of(week.day_in(calendar.horizon_end, zone))
    first_week = week.monday_of(week.day_in(first, zone)) if first else this_week
    monday = week.asked_monday(request.GET.get("week"), first=this_week, last=last_week)
    if monday is None and chosen and calendar.now <= chosen <= calendar.horizon_end:
        monday = week.monday_of(week.day_in(chosen, zone))
    monday = monday or first_week
    begins, ends = week.bounds(monday, zone)
    starts = calendar.starts(place, start=begins, end=ends) if place else ()
    long, short = week.title(monday)
    days = week.days(starts, monday=monday, zone=zone)
    return {
        "days": days,
        "week_has_times": any(day.count for day in days),
        "bands": [(key, name) for key, name, _ in week.BANDS],
        "monday": monday,
        "week_title": long,
        "week_title_short": short,
        "is_first_week": monday == first_week and bool(first),
        "first_free": times.long_time(times.local(first, times.zone(zone))) if first else "",
        "first_week": first_week,
        "before": monday - timedelta(days=7) if monday > this_week else None,
        "after": monday + timedelta(days=7) if monday < last_week else None,
    }


def chosen_context(calendar, place, zone, chosen, held, refused):
    """The time that a link brought along, while it is free, and the nearest where it is not."""
    if not (chosen and place):
        return {}
    tz = times.zone(zone)
    label = times.long_time(times.local(chosen, tz))
    if calendar.is_free(chosen, place):
        same = held and int(held.starts_at.timestamp()) == chosen
        return {} if same or refused else {"chosen": chosen, "chosen_label": label}
    nearest = calendar.nearest(chosen, place)
    return {
        "gone_label": label,
        "nearest": [
            (start, f"{times.short_day(moment)}, {times.clock(moment)}")
            for start in nearest
            for moment in [times.local(start, tz)]
        ],
    }


@require_POST
@login_not_required
def extend(request, link):
    """Keep the held time for ten more minutes, once."""
    provider = find_provider(link)
    try:
        scheduling.extend(provider, visitor=visitor_of(request))
        messages.success(request, "We keep the time for you for ten more minutes.")
    except Refused as no:
        messages.warning(request, no.message)
    query = urlencode(carried(request))
    return redirect(provider.booking_url + (f"?{query}" if query else ""))


def details(request, link):
    """Who is coming, how they pay, what brings them; a POST books."""
    provider = find_provider(link)
    try:
        if request.method == "POST":
            return book(request, provider)
        scheduling.check_open_to(provider, client=request.user)
    except (AlreadyAClient, OwnPage, NotAccepting) as no:
        return closed(request, provider, no)
    visitor = visitor_of(request)
    held = Hold.objects.standing(timezone.now()).filter(provider=provider).of(visitor).first()
    if not held:
        messages.info(request, "Choose a time first. If you had one, it was kept for ten minutes.")
        query = urlencode(carried(request))
        return redirect(provider.booking_url + (f"?{query}" if query else ""))
    form = BookForm(provider=provider, place=held.place, initial=known(request, held))
    return details_page(request, provider, form, held.starts_at, held.place, held=held)


def known(request, held):
    """What we know already: the time, and what the client told us before."""
    user = request.user
    coverage = request.GET.get("plan")
    return {
        "uuid": held.uuid,
        "at": int(held.starts_at.timestamp()),
        "place": held.place,
        "full_name": user.full_name,
        "date_of_birth": user.date_of_birth,
        "phone": user.phone,
        "client_state": user.state or request.GET.get("state"),
        "coverage": {None: None, "self": "self"}.get(coverage, "plan"),
        "plan": coverage,
    }


def book(request, provider):
    """Book with the posted details; after a refusal everything typed is still there."""
    place = request.POST.get("place")
    form = BookForm(request.POST, provider=provider, place=place)
    hidden = [name for name in ("uuid", "at", "place", "other_at") if name in form.errors]
    if hidden:
        return HttpResponseBadRequest("This form is not ours any more. Please choose a time again.")
    at = form.cleaned_data["other_at"] or form.cleaned_data["at"]
    if "extend" in request.POST:
        return more_time(request, provider, at, place)
    if not form.is_valid():
        return details_page(request, provider, form, at, place)
    zone = zones.reader(request, otherwise=provider.time_zone)
    try:
        appointment = scheduling.book_first_visit(
            provider,
            client=request.user,
            uuid=form.cleaned_data["uuid"],
            starts_at=at,
            place=place,
            details=form.details(time_zone=zone),
            visitor=visitor_of(request),
        )
    except (AlreadyAClient, OwnPage, NotAccepting):
        raise
    except Refused as no:
        if no.field:
            form.add_error(no.field, no.message)
        return details_page(request, provider, form, at, place, refused=no)
    return redirect(appointment)


def more_time(request, provider, at, place):
    """Hold the time for longer, and show the form again with all that was typed so far."""
    try:
        scheduling.extend(provider, visitor=visitor_of(request))
        messages.success(request, "We keep the time for you for ten more minutes.")
    except Refused as no:
        messages.warning(request, no.message)
    form = BookForm(provider=provider, place=place, initial=request.POST.dict())
    return details_page(request, provider, form, at, place)


def details_page(request, provider, form, at, place, *, held=None, refused=None):
    """The form with the booking it is for; after a refusal with the reason and the way on."""
    now = timezone.now()
    zone = zones.reader(request, otherwise=provider.time_zone)
    tz = times.zone(zone)
    visitor = visitor_of(request)
    held = held or Hold.objects.standing(now).filter(provider=provider).of(visitor).first()
    moment = times.local(at, tz)
    ends = moment + timedelta(minutes=provider.first_visit_minutes)
    nearest = []
    if isinstance(refused, TimeTaken):
        calendar = availability.load([provider], now=now, visitor=visitor)[provider.pk]
        nearest = calendar.nearest(int(at.timestamp()), place)
    context = {
        "provider": provider,
        "form": form,
        "place": Place(place),
        "zone": zone,
        "label": times.long_time(moment),
        "day": times.long_day(moment),
        "span": times.span(moment, ends),
        "held": describe_hold(held, zone, now) if held and held.starts_at == at else None,
        "refused": refused,
        "way_on": way_on(provider, refused),
        "nearest": [(start, times.long_time(times.local(start, tz))) for start in nearest],
        "carried": urlencode(carried(request)),
    }
    status = refused.status if refused else 400 if form.errors else 200
    return unseen(render(request, "booking/details.html", context, status=status))


def way_on(provider, refused):
    """Where to go after a refusal: a directory that fits what was refused, as (words, address)."""
    directory = reverse("providers:directory")
    if state := getattr(refused, "state", None):
        return "See providers in your state", f"{directory}?{urlencode({'state': state})}"
    if plan := getattr(refused, "plan", None):
        return f"See providers who take {plan}", f"{directory}?{urlencode({'plan': plan.slug})}"
    return None
