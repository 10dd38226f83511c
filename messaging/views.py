"""The Messages portal: your conversations, and one of them; the same pages for both people."""

from itertools import chain

from django.http import HttpResponseNotAllowed, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone

from accounts import trail, unsent
from accounts.limits import DRAFTS_A_MINUTE, MESSAGES_A_MINUTE, MESSAGES_AN_HOUR, TooMany

from . import access, drafts, reading, threads, writing
from .forms import DraftForm, MessageForm


def inbox(request):
    context = {**threads.listed(request), "current": None, "shown": "list"}
    return render(request, "messaging/inbox.html", context)


def conversation(request, uuid):
    """One conversation, to read and write in; looking at it moves the read mark."""
    pair = get_object_or_404(access.for_user(request.user), uuid=uuid)
    other, is_client = writing.other_of(pair, request.user), request.user == pair.client
    kept, about = drafts.of(pair, request.user), request.GET.get("about")
    form = composer(request, pair, MessageForm, initial=drafts.shown(kept, about=about))
    if form.is_valid() and (sent := send(request, pair, form)):
        return redirect(f"{request.path}#message-{sent.uuid}")
    if not is_client:
        trail.record(request, subject=pair.client, what="messages read", record=pair.uuid)
    context = {
        **reading.read(request, pair),  # before the list, which shows what is new
        "pair": pair,
        "other": other,
        "name_of_other": form.to,
        "is_client": is_client,
        "form": form,
        "draft_from": reading.draft_from(kept, request, pair),
        "next": pair.appointments.upcoming(timezone.now()).first(),
        **threads.listed(request, current=pair),
        "current": pair,
        "shown": "thread",
    }
    return render(request, "messaging/conversation.html", context, status=form.status)


def composer(request, pair, kind, **more):
    """The form to write in, of this kind, for one of the two."""
    other, is_client = writing.other_of(pair, request.user), request.user == pair.client
    return kind(
        request.POST if request.method == "POST" else None,
        to=pair.provider.first_name if is_client else other.first_name_shown,
        by_client=is_client,
        appointments=reading.to_write_about(pair),
        zone=reading.reader(request, otherwise=pair.provider.time_zone),
        **more,
    )


def draft(request, uuid):
    """Keep what someone is typing; draft.js sends it, and reads the answer."""
    pair = get_object_or_404(access.for_user(request.user), uuid=uuid)
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    form = composer(request, pair, DraftForm)
    try:
        DRAFTS_A_MINUTE.charge(request.user.pk)
        if not form.is_valid():
            return JsonResponse({"message": " ".join(chain(*form.errors.values()))}, status=400)
        saved = drafts.save(pair, by=request.user, **form.cleaned_data)
    except drafts.Differs as no:
        theirs = {"body": no.draft.body, "version": no.draft.version}
        return JsonResponse({"message": no.message, **theirs}, status=no.status)
    except (TooMany, drafts.AlreadySent) as no:
        return JsonResponse({"message": no.message}, status=no.status)
    unsent.forget(request, reverse("messaging:conversation", args=[pair.uuid]))
    return JsonResponse({"version": saved.version})


def send(request, pair, form):
    """The message from a valid form, or None, with the reason on the form, if it's refused."""
    try:
        MESSAGES_A_MINUTE.charge(request.user.pk)
        MESSAGES_AN_HOUR.charge(request.user.pk)
        return writing.send(pair, by=request.user, **form.cleaned_data)
    except (TooMany, writing.KeyTaken) as no:
        form.refuse(no.message, status=no.status)
        return None
