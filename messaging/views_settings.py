"""What a provider sets up for their messages: an away note and saved replies."""

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.shortcuts import get_object_or_404, redirect, render

from booking.refusals import Refused
from providers.access import provider_only

from . import away, replies
from .forms_settings import AwayForm, ReplyForm
from .models import SavedReply


@provider_only
def settings(request):
    """The away note, and the list of saved replies with a form to add one."""
    do = request.POST.get("do")
    if request.method == "POST" and do not in ("away", "back", "add"):
        raise BadRequest("The form doesn’t say what to do.")
    if do == "back":
        return end_away(request)
    away_form, reply_form = away_form_of(request, do), ReplyForm(data_for("add", request, do))
    if do == "away" and away_form.is_valid():
        away.save(request.user.provider, **away_form.cleaned_data)
        messages.success(request, "Your away note is saved.")
        return redirect("messaging:settings")
    if do == "add" and save(reply_form, replies.add, request.user.provider):
        messages.success(request, "Your reply is saved.")
        return redirect("messaging:settings")
    return show(request, away_form, reply_form)


def end_away(request):
    away.end(request.user.provider)
    messages.success(request, "Clients don’t see an away note anymore.")
    return redirect("messaging:settings")


def show(request, away_form, reply_form):
    note, saved = (
        away.note_of(request.user.provider),
        list(request.user.provider.saved_replies.all()),
    )
    context = {
        "note": note,
        "is_on": note and note.first_day <= request.user.provider.today(),
        "away": note and away.in_words(note),
        "away_form": away_form,
        "replies": saved,
        "most": replies.MOST,
        "reply_form": reply_form,
    }
    status = reply_form.status if reply_form.is_bound else 400 if away_form.errors else 200
    return render(request, "messaging/settings.html", context, status=status)


def away_form_of(request, do):
    """The form of the away note, with the days and the text of the one that's there."""
    provider = request.user.provider
    note = away.note_of(provider)
    names = ("first_day", "last_day", "text")
    initial = {name: getattr(note, name) for name in names} if note else None
    return AwayForm(data_for("away", request, do), provider=provider, initial=initial)


def data_for(form, request, do):
    """What was sent, if it was sent from this form."""
    return request.POST if do == form else None


def save(form, verb, *what):
    """Whether a verb could save what's in the form; if not, the form says why."""
    if not form.is_valid():
        return False
    try:
        verb(*what, **form.cleaned_data)
    except Refused as no:
        form.refuse(no)
        return False
    return True


@provider_only
def reply(request, uuid):
    """Change a saved reply, or delete it."""
    found = get_object_or_404(SavedReply, provider=request.user.provider, uuid=uuid)
    if request.POST.get("do") == "delete":
        found.delete()
        messages.success(request, f"“{found.name}” is deleted.")
        return redirect("messaging:settings")
    form = ReplyForm(request.POST or None, initial={"name": found.name, "body": found.body})
    if save(form, replies.change, found):
        messages.success(request, "Your reply is saved.")
        return redirect("messaging:settings")
    context = {"reply": found, "form": form}
    return render(request, "messaging/saved_reply.html", context, status=form.status)
