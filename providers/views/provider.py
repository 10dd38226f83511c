"""Where a provider edits their own profile."""

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.shortcuts import redirect, render

from accounts.refusals import Stale

from .. import editing, portraits
from ..access import provider_only
from ..forms_profile import NO_PHOTO, ProfileForm
from ..models import Provider
from ..video_links import consumer_video_warning

PHOTO_SAVED = "Your photo is on your profile."
PHOTO_WAITS = "The photo you chose isn’t saved yet. Choose it again before you save."
SOON = 60  # days: how long before its end a license is marked


@provider_only
def edit(request):
    """Edit the public profile, and preview it before saving."""
    provider = mine(request)
    if request.method != "POST":
        return page(request, provider, ProfileForm(provider=provider))
    form = ProfileForm(request.POST, request.FILES, provider=provider)
    do = request.POST.get("do", "save")
    if do == "save":
        return save(request, provider, form)
    if do == "preview":
        return preview(request, provider, form)
    if do in OTHERS:
        return OTHERS[do](request, provider, form)
    raise BadRequest("The page has no such button.")


def save(request, provider, form):
    """Save everything, or say what's wrong. A good photo is saved either way, since no page can
    send it again. With a bad photo, nothing is saved.
    """
    if photo := form.new_photo:
        provider = portraits.replace(provider, photo=photo)
    if form.is_valid():
        try:
            editing.save_profile(provider, **form.profile_data)
        except Stale as no:
            messages.warning(request, no.message)
            provider = mine(request)
            form = ProfileForm(request.POST, provider=provider)
            form.show_newer()
            return page(request, provider, form, status=no.status)
        messages.success(request, "Your profile is saved.")
        return redirect("providers:edit")
    if photo:
        messages.success(request, f"{PHOTO_SAVED} The rest isn’t saved yet.")
    return page(request, provider, form)


def preview(request, provider, form):
    """The profile as it would look, with everything typed and a button back to the form."""
    if form.new_photo:
        messages.warning(request, PHOTO_WAITS)
    if not form.is_valid():
        return page(request, provider, form)
    typed = {name: value for name, value in form.profile_data.items() if name != "version"}
    for field in form.fields.values():
        field.widget = field.hidden_widget()
    context = {
        "provider": editing.draft(provider, **typed),
        "form": form,
        "zone": provider.time_zone,
        "searched": "",
        "carried": "",
        "similar": [],
    }
    return render(request, "providers/preview.html", context)


def edit_on(request, provider, form):
    form.keep_errors()
    return page(request, provider, form)


def take_photo(request, provider, form):
    """Save just the photo; the page keeps whatever else they typed."""
    form.keep_errors("photo")
    if photo := form.new_photo:
        portraits.replace(provider, photo=photo)
        messages.success(request, PHOTO_SAVED)
        return back(request, form)
    if not form.errors:
        form.add_error("photo", NO_PHOTO)
    return page(request, provider, form)


def remove_photo(request, provider, form):
    """Remove the photo; the page keeps whatever else they typed."""
    form.keep_errors()
    portraits.replace(provider, photo=None)
    messages.success(request, "We removed your photo. Your profile shows your initials instead.")
    return back(request, form)


def renew_link(request, provider, form):
    """Make a new booking link; the page keeps whatever else they typed."""
    form.keep_errors()
    if form.new_photo:
        messages.warning(request, PHOTO_WAITS)
    editing.renew_booking_link(provider, link=request.POST.get("link", ""))
    messages.success(request, "You have a new booking link. The old one no longer works.")
    return back(request, form)


OTHERS = {  # the page's other buttons, all at its own address so that Reload works
    "edit": edit_on,
    "photo": take_photo,
    "no-photo": remove_photo,
    "renew-link": renew_link,
}


def back(request, form):
    """Back to the page, which keeps what they typed and haven't saved."""
    if not form.is_unsaved:
        return redirect("providers:edit")
    messages.warning(request, "Your changes below aren’t saved yet.")
    return page(request, mine(request), form)


def mine(request):
    return (
        Provider.objects.select_related("user")
        .prefetch_related(*editing.TERMS)
        .get(user=request.user)
    )


def page(request, provider, form, status=None):
    today = provider.today()
    context = {
        "provider": provider,
        "form": form,
        "licenses": [(each, license_status(each, today)) for each in provider.licenses.all()],
        "booking_link": request.build_absolute_uri(provider.booking_url),
        "warning": consumer_video_warning(form["telehealth_link"].value() or ""),
    }
    status = status or (400 if form.errors else 200)
    return render(request, "providers/edit.html", context, status=status)


def license_status(license, today):
    """Whether a license is "expired", "soon" to expire, or neither (""), on a date."""
    left = (license.expires - today).days
    return "expired" if left < 0 else "soon" if left < SOON else ""
