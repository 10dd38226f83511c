"""Template tags about time, for every app's pages: free times, the first step, a held time."""

from functools import lru_cache
from zoneinfo import ZoneInfo

from django import template
from django.http import QueryDict
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import mark_safe

from accounts import zones
from accounts.templatetags.form_tags import options_of
from accounts.text import national
from booking.availability.calendar import load_calendars
from booking.clock import formatting, labels
from booking.first_visit.hold_text import describe_hold
from booking.first_visit.holds import HOLD
from booking.first_visit.rules import ADULT
from booking.first_visit.visitor import visitor_of
from booking.models import Appointment, Hold, Place, Relationship

register = template.Library()


@register.simple_tag
def openings_for(providers, zone, carried="", limit=3):
    """(provider, next free times) pairs for a whole page at once, in two queries."""
    now = timezone.now()
    calendars = load_calendars(providers, now=now)
    return [
        (provider, list(_openings(calendars[provider.pk], ZoneInfo(zone), carried, limit, now)))
        for provider in providers
    ]


def _openings(calendar, zone, carried, limit, now):
    if not calendar.provider.accepting_new_clients:
        return
    query = QueryDict(carried, mutable=True)
    several = len(calendar.places()) > 1
    for start, place in calendar.soonest(limit, preferred=query.get("place")):
        moment = labels.local(start, zone)
        query["place"], query["at"] = place, start
        yield {
            "day": labels.near_day(moment, now=now) or labels.short_day(moment),
            "time": labels.clock(moment),
            "place": Place(place).label.lower() if several else "",
            "url": f"{calendar.provider.booking_url}?{query.urlencode()}",
        }


@register.simple_tag(takes_context=True)
def first_step(context, provider):
    """What the reader can do on a profile: {"state": "open", "own", "bound" or "closed", …}."""
    user = context["request"].user
    if user.is_authenticated:
        if provider.user_id == user.pk:
            return {"state": "own"}
        if bound := Relationship.objects.binding(provider, user):
            upcoming = bound.appointments.upcoming(timezone.now()).first()
            return {
                "state": "bound",
                "relationship": bound,
                "next": upcoming,
                "latest": upcoming or bound.appointments.order_by("starts_at").last(),
            }
    return {"state": "open" if provider.accepting_new_clients else "closed"}


@register.inclusion_tag("booking/appointments/how_to_move.html", takes_context=True)
def how_to_move(context, appointment, is_here=False):
    """How a client moves it: by swapping or by asking. `is_here` means on its own page."""
    request, now, provider = context["request"], timezone.now(), appointment.provider
    return {
        "appointment": appointment,
        "provider": provider,
        "zone": zones.reader(request, otherwise=provider.time_zone),
        "is_here": is_here,
        "is_late": appointment.client_may_cancel(now) and appointment.is_late_to_cancel(now),
        "may_swap": appointment.client_may_swap(now),
    }


@register.simple_tag(takes_context=True)
def current_hold(context):
    """The time the visitor is holding, for the login pages, or None."""
    request = context.get("request")
    if not request:
        return None
    now = timezone.now()
    holds = Hold.objects.current(now).of(visitor_of(request)).select_related("provider")
    kept = holds.order_by("-created_at").first()
    if not kept:
        return None
    return describe_hold(kept, zones.reader(request, otherwise=kept.provider.time_zone), now)


@register.simple_tag
def hold_minutes():
    """How long a time is held, and how much longer for those who ask."""
    return int(HOLD.total_seconds() // 60)


@register.simple_tag
def adult_age():
    """From what age on people can book."""
    return ADULT


@register.simple_tag
def slot_buttons(slots, day):
    """The buttons for a band's free times; in Python, since a week may have hundreds."""
    return mark_safe(  # noqa: S308 - digits and our own labels
        "".join(
            render_to_string(
                "booking/first_visit/slot_held.html", {"start": start, "label": label, "day": day}
            )
            if mine
            else f'<li><button class="slot" name="at" value="{start}">'
            f'<span class="hush">{day}, </span>{label}</button></li>'
            for start, label, mine in slots
        )
    )


@register.simple_tag
@lru_cache(maxsize=64)
def zone_options(chosen):
    """The options of the zone select: hundreds, the same every time except for the chosen one."""
    groups = [
        (
            group,
            [
                {"value": name, "label": label, "selected": name == chosen}
                for name, label in zones_in
            ],
            None,
        )
        for group, zones_in in zones.choices()
    ]
    return options_of({"optgroups": groups})


register.filter("zone_label", zones.label)
register.filter("phone", national)
register.filter("together", labels.together)
register.simple_tag(formatting.format_day)


@register.simple_tag
def format_datetime(instant, zone):
    """A time in the reader's zone, inside a sentence: "until tomorrow, December 1, 10:30 AM"."""
    text = formatting.format_datetime(instant, zone, by_name=True)
    return text[0].lower() + text[1:] if text.startswith(labels.NEAR) else text


@register.simple_tag
def describe_time(appointment, zone, is_readers=True):
    """An appointment's time in a zone; `is_readers` says whether that's the zone of who reads."""
    return formatting.describe_time(appointment, zone, by_name=is_readers)


@register.filter
def kind_words(appointment):
    """ "Phone call" or "Session, virtual"."""
    if appointment.kind == Appointment.Kind.CALL:
        return "Phone call"
    return f"Session, {appointment.get_place_display().lower()}"


@register.filter
def in_a_list(thing):
    """One thing as a list, for tags that take many."""
    return [thing]


@register.simple_tag
def missing_link_ahead(provider):
    """How many of a provider's coming virtual sessions have no link of their own."""
    ahead = provider.appointments.upcoming(timezone.now())
    return ahead.filter(place=Place.VIRTUAL, join_link="").count()
