"""Calendar files of single appointments, and a person's feed: its page, and the feed itself."""

import hashlib
import uuid

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from accounts.refusals import Stale
from accounts.views import after_a_fresh_code

from ..models import CalendarFeed
from . import feeds, ics
from .forms import FeedForm


def download(appointment, *, path=None):
    """The file of one appointment, to add to a calendar; `path` as in ics.appointment_file."""
    file = ics.appointment_file(appointment, path=path)
    response = HttpResponse(file, content_type="text/calendar")
    response["Content-Disposition"] = 'attachment; filename="appointment.ics"'
    return response


@after_a_fresh_code
@reauthentication_required
def feed(request):
    """Make a feed, replace it, or turn it off. Only the answer that made it shows its address."""
    if request.method != "POST":
        return show_feed(request)
    if "turn_off" in request.POST:
        feeds.turn_off(request.user)
        messages.success(request, "Your calendar feed is off. Its address no longer works.")
        return redirect("booking:feed")
    form = FeedForm(request.POST)
    if not form.is_valid():
        return show_feed(request, status=400)
    try:
        secret = feeds.renew(request.user, **form.cleaned_data)
    except Stale as no:
        messages.error(request, no.message)
        return redirect("booking:feed")
    path = reverse("booking:feed_file", args=[secret])
    return show_feed(request, address=request.build_absolute_uri(path))


def show_feed(request, *, address="", status=200):
    """The page of the feed; with its address where it was just made."""
    kept = CalendarFeed.objects.filter(user=request.user).first()
    context = {
        "feed": kept,
        "address": address,
        "form": FeedForm(initial={"uuid": uuid.uuid4(), "version": kept.version if kept else 0}),
        "way_back": "booking:workspace" if request.user.is_provider else "booking:appointments",
    }
    return render(request, "booking/calendars/feed.html", context, status=status)


@login_not_required
@csrf_exempt  # it changes nothing, and a wrong method should get its own error
@require_safe
def feed_file(request, secret):
    """A feed, for whoever has its secret: a calendar that asks again and again."""
    user = feeds.owner(secret)
    if not user:
        raise Http404
    content = feeds.contents(user, now=timezone.now())
    etag = f'"{hashlib.sha256(content).hexdigest()}"'
    response = HttpResponse(content, content_type="text/calendar; charset=utf-8")
    response["ETag"] = etag
    response["Cache-Control"] = "private, no-cache"  # kept, but asked for before each use
    return get_conditional_response(request, etag=etag, response=response)
