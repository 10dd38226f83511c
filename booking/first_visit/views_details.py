"""The details of a first visit: who's coming, how they'll pay, what brings them."""

import json
from datetime import timedelta
from urllib.parse import urlencode

from cryptography.fernet import InvalidToken
from django.contrib import messages
from django.http import HttpResponseBadRequest
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from accounts import zones
from accounts.fields import decrypt, encrypt
from accounts.text import national

from ..availability.calendar import is_free, load_calendars
from ..clock.formatting import describe_time, format_datetime
from ..models import Appointment, Hold, Place
from ..refusals import Refused, TimeTaken
from . import booking, rules
from .forms import BookForm, TimeForm
from .hold_text import describe_hold
from .refusals import Closed
from .views_choose import carried, closed, find_provider, held_with, more_time, onward, unseen
from .visitor import visitor_of

DRAFT = "draft"
TYPED = (
    *("full_name", "date_of_birth", "phone", "voicemail_ok", "client_state"),
    *("coverage", "plan", "member_id", "copay", "note"),
)


def details(request, link):
    """The form for the held time; a POST books."""
    provider = find_provider(link)
    try:
        if request.method == "POST":
            return book(request, provider)
        rules.check_open_to(provider, client=request.user)
    except Closed as no:
        return closed(request, provider, no)
    chosen = chosen_time(request, provider)
    if not chosen:
        return choose_first(request, provider)
    initial = known(request, chosen) | drafted(request, provider)
    form = BookForm(provider=provider, place=chosen.place, initial=initial)
    return page(request, provider, form, at=chosen.starts_at, place=chosen.place)


def chosen_time(request, provider):
    """The visitor's Hold; or one that isn't saved, for a free time in the address; or None.

    The address names the time if the visitor got no hold for it.
    """
    now, asked = timezone.now(), TimeForm(request.GET)
    held = held_with(provider, request, now)
    if not asked.is_valid():
        return held
    at, place = asked.cleaned_data["at"], asked.cleaned_data["place"]
    if held and (held.starts_at, held.place) == (at, place):
        return held
    if is_free(provider, at, place, now=now, visitor=visitor_of(request)):
        return Hold(provider=provider, starts_at=at, place=place)
    return None


def choose_first(request, provider):
    """Back to the week, which says it if the time in the address is gone."""
    asked = {name: request.GET[name] for name in ("at", "place") if name in request.GET}
    if not asked:
        messages.info(
            request, "Choose a time first. We hold a time for 10 minutes, and yours may be over."
        )
    return redirect(onward(request, provider.booking_url, **asked))


def known(request, chosen):
    """What we already know: the time, and what the client told us before."""
    user = request.user
    plan = request.GET.get("plan")
    return {
        "uuid": chosen.uuid,
        "at": int(chosen.starts_at.timestamp()),
        "place": chosen.place,
        "full_name": user.full_name,
        "date_of_birth": user.date_of_birth,
        "phone": national(user.phone),
        "client_state": user.state or request.GET.get("state"),
        "coverage": {None: None, "self": "self"}.get(plan, "plan"),
        "plan": plan,
    }


def keep_draft(request, provider):
    """Save what was typed while the client looks for another time: encrypted, on the server."""
    typed = {name: request.POST.get(name, "") for name in TYPED}
    request.session[DRAFT] = encrypt(json.dumps({"with": provider.pk, "typed": typed}))


def drafted(request, provider):
    """What was typed before; nothing if no key decrypts it anymore."""
    try:
        draft = json.loads(decrypt(request.session[DRAFT]))
    except (KeyError, InvalidToken):
        return {}
    return draft["typed"] if draft["with"] == provider.pk else {}


def book(request, provider):
    """Book with what was posted; after a refusal, everything typed is still there."""
    place = request.POST.get("place")
    form = BookForm(request.POST, provider=provider, place=place)
    if any(name in form.errors for name in ("uuid", "at", "place", "other_at")):
        return HttpResponseBadRequest("This form is out of date. Please choose a time again.")
    at = form.cleaned_data["other_at"] or form.cleaned_data["at"]
    if "choose" in request.POST:
        keep_draft(request, provider)
        return redirect(onward(request, provider.booking_url))
    if "extend" in request.POST:
        more_time(request, provider)
        form = BookForm(provider=provider, place=place, initial=request.POST.dict())
    elif form.is_valid():
        try:
            made = write(request, provider, form, at=at, place=place)
            say_unbooked(request, made, at)
            return redirect(made)
        except Closed:
            raise
        except Refused as no:
            form.refuse(no, *no.others)
            return page(request, provider, form, at=at, place=place, refused=no)
    else:
        refuse_early(request, provider, form, at=at, place=place)
    return page(request, provider, form, at=at, place=place)


def say_unbooked(request, made, at):
    """After a repeat with another time, say that only the first one is booked."""
    if made.starts_at != at:
        when = format_datetime(at, zones.reader(request, otherwise=made.provider.time_zone))
        what = "phone call" if made.is_call else "session"
        messages.warning(request, f"{when} isn’t booked. You had already booked this {what}.")


def refuse_early(request, provider, form, *, at, place):
    """Along with a form's errors, show what would be refused once they're fixed."""
    details = form.details(time_zone=zones.reader(request, otherwise=provider.time_zone))
    now = timezone.now()
    form.refuse(*rules.problems(provider, place=place, details=details, starts_at=at, now=now))


def write(request, provider, form, *, at, place):
    zone = zones.reader(request, otherwise=provider.time_zone)
    request.session.pop(DRAFT, None)
    return booking.book_first_visit(
        provider,
        client=request.user,
        uuid=form.cleaned_data["uuid"],
        starts_at=at,
        place=place,
        details=form.details(time_zone=zone),
        visitor=visitor_of(request),
    )


def page(request, provider, form, *, at, place, refused=None):
    """The form next to what is being booked; after a refusal, with the reason and what to do."""
    now = timezone.now()
    zone = zones.reader(request, otherwise=provider.time_zone)
    held = held_with(provider, request, now)
    asked = draft(provider, at)
    words = describe_time(asked, zone, by_name=True)
    context = {
        "provider": provider,
        "form": form,
        "place": Place(place),
        "zone": zone,
        "label": words["full"],
        "day": words["day"],
        "span": words["span"],
        "held": describe_hold(held, zone, now) if held and held.starts_at == at else None,
        "is_late": asked.is_late_to_cancel(now),
        "refused": refused,
        "next_step": next_step(refused),
        "nearest": nearest(request, provider, at, place, zone) if was_taken(refused) else [],
        "carried": urlencode(carried(request)),
    }
    status = refused.status if refused else 400 if form.errors else 200
    return unseen(render(request, "booking/first_visit/details.html", context, status=status))


def draft(provider, at):
    """The appointment that would be booked, as far as its kind and its time go."""
    ends_at = at + timedelta(minutes=provider.first_visit_minutes)
    kind = provider.first_visit
    return Appointment(provider=provider, kind=kind, starts_at=at, ends_at=ends_at)


def was_taken(refused):
    """Whether another time would do."""
    return isinstance(refused, TimeTaken)


def nearest(request, provider, at, place, zone):
    """The free times closest to the one that was taken, as (epoch seconds, label) pairs."""
    visitor = visitor_of(request)
    calendar = load_calendars([provider], now=timezone.now(), visitor=visitor)[provider.pk]
    starts = calendar.nearest(int(at.timestamp()), place)
    return [(start, format_datetime(start, zone, by_name=True)) for start in starts]


def next_step(refused):
    """A directory search that fits what was refused, as (label, address), or None."""
    directory = reverse("providers:directory")
    if state := getattr(refused, "state", None):
        return "See providers in your state", f"{directory}?{urlencode({'state': state})}"
    if plan := getattr(refused, "plan", None):
        return f"See providers who take {plan}", f"{directory}?{urlencode({'plan': plan.slug})}"
    return None
