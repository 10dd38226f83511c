"""A provider's own page of their profile."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils import timezone

from .. import editing, portraits
from ..access import provider_only
from ..forms_profile import PortraitForm, ProfileForm
from ..models import Provider
from ..rooms import consumer_room

SOON = 60  # days: how long before its end a license is marked


@provider_only
def edit(request):
    """The public profile, to be changed."""
    provider = mine(request)
    form = ProfileForm(request.POST if request.method == "POST" else None, provider=provider)
    if form.is_valid():
        editing.save_profile(provider, **form.cleaned_data)
        messages.success(request, "Your profile is saved.")
        return redirect("providers:edit")
    return page(request, provider, form=form)


@provider_only
def portrait(request):
    """Take a photo, or take it away; a GET leads to the page."""
    provider = mine(request)
    if request.method != "POST":
        return redirect("providers:edit")
    if "remove" in request.POST:
        portraits.replace(provider, photo=None)
        messages.success(request, "Your photo is removed. Your initials stand in its place.")
        return redirect("providers:edit")
    form = PortraitForm(request.POST, request.FILES)
    if form.is_valid():
        portraits.replace(provider, photo=form.cleaned_data["photo"])
        messages.success(request, "Your photo is on your profile.")
        return redirect("providers:edit")
    return page(request, provider, portrait_form=form)


@provider_only
def renew_link(request):
    """Make a new booking link; a GET leads to the page."""
    if request.method == "POST":
        editing.renew_booking_link(mine(request), link=request.POST.get("link", ""))
        messages.success(request, "You have a new booking link. The old one no longer works.")
    return redirect("providers:edit")


def mine(request):
    """The provider that this user is."""
    return Provider.objects.select_related("user").get(user=request.user)


def page(request, provider, *, form=None, portrait_form=None):
    """The page, with the errors of the form that was sent."""
    form = form or ProfileForm(provider=provider)
    portrait_form = portrait_form or PortraitForm()
    today = timezone.now().astimezone(provider.zone).date()
    context = {
        "provider": provider,
        "form": form,
        "portrait_form": portrait_form,
        "licenses": [(each, standing(each, today)) for each in provider.licenses.all()],
        "booking_link": request.build_absolute_uri(provider.booking_url),
        "warning": consumer_room(form["telehealth_link"].value() or ""),
    }
    status = 400 if form.errors or portrait_form.errors else 200
    return render(request, "providers/edit.html", context, status=status)


def standing(license, today):
    """Whether a license is "expired", "soon" to expire, or neither (""), on a date."""
    left = (license.expires - today).days
    return "expired" if left < 0 else "soon" if left < SOON else ""
