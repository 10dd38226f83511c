"""The Messages portal: the list, one conversation, and what's new; the same for both."""

from itertools import chain

from django.http import HttpResponseNotAllowed, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone

from accounts import trail, unsent
from accounts.access import asked_by_page
from accounts.limits import DRAFTS_A_MINUTE, MESSAGES_A_MINUTE, MESSAGES_AN_HOUR, TooMany

from . import access, away, drafts, reading, threads, writing
from .forms import DraftForm, MessageForm
from .models import Conversation


def inbox(request):
    context = {**threads.listed(request), "current": None, "shown": "list"}
    return render(request, "messaging/inbox.html", context)


def conversation(request, uuid):
    """One conversation, to read and write in; looking at it moves the read mark."""
    pairs = access.for_user(request.user).select_related("provider__away_note")
    pair = get_object_or_404(pairs, uuid=uuid)
    other, is_client = writing.other_of(pair, request.user), request.user == pair.client
    kept, about = drafts.of(pair, request.user), request.GET.get("about")
    form = composer(request, pair, MessageForm, initial=drafts.shown(kept, about=about))
    replies = [] if is_client else list(pair.provider.saved_replies.all())
    if "saved_reply" in request.POST:
        insert(request.POST["saved_reply"], replies, form)
    elif form.is_valid() and (sent := send(request, pair, form)):
        return redirect(f"{request.path}#message-{sent.uuid}")
    if not is_client:
        trail.record(request, subject=pair.client, what="messages read", record=pair.uuid)
    context = {
        **reading.read(request, pair),  # before the list, which shows what is new
        "pair": pair,
        "other": other,
        "name_of_other": form.to,
        "is_client": is_client,
        "header_note": reading.header_note(pair, request.user),
        "closed": access.why_closed(pair, request.user),
        "form": form,
        "replies": replies,
        **beside_the_box(request, pair, kept),
        "next": pair.appointments.upcoming(timezone.now()).first(),
        **threads.listed(request, current=pair),
        "current": pair,
        "shown": "thread",
    }
    return render(request, "messaging/conversation.html", context, status=form.status)


def beside_the_box(request, pair, kept):
    """What's said around the box: the provider is away, and what the draft in it is."""
    note = away.shown_to_clients(pair.provider) if request.user == pair.client else None
    thread = getattr(pair, "conversation", None)
    return {
        "away": note,
        "away_words": note and away.in_words(note),
        "draft_from": reading.draft_from(kept, request, pair),
        "draft_is_from_elsewhere": reading.is_from_elsewhere(kept, thread),
    }


def composer(request, pair, kind, **more):
    """The form to write in, of this kind, for one of the two."""
    return kind(
        request.POST if request.method == "POST" else None,
        to=access.name_of_other(pair, request.user),
        by_client=request.user == pair.client,
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
    except (TooMany, access.CannotWrite, drafts.AlreadySent) as no:
        return JsonResponse({"message": no.message}, status=no.status)
    unsent.forget(request, reverse("messaging:conversation", args=[pair.uuid]))
    return JsonResponse({"version": saved.version})


@asked_by_page
def news(request, uuid=None):
    """Ids and counts, from indexes alone: every open page asks for them every few seconds."""
    found = Conversation.objects
    answer = {
        "unread": found.unread_by(request.user).count(),
        "newest": found.newest_for(request.user),
        "waiting": found.waiting_for(request.user, timezone.now()).count(),
    }
    if uuid:
        names = ("pk", "conversation__latest", "conversation__changes")
        pair, latest, changes = get_object_or_404(
            access.for_user(request.user).values_list(*names), uuid=uuid
        )
        answer["latest"] = latest or 0
        answer["changes"] = reading.changes(pair, changes)
    return JsonResponse(answer)


@asked_by_page
def parts(request, uuid=None):
    """The list for a page that's open, and with `after`, what's new in its conversation."""
    pair = get_object_or_404(access.for_user(request.user), uuid=uuid) if uuid else None
    thread, context = (
        getattr(pair, "conversation", None),
        {"pair": pair, "latest": None, "cards": []},
    )
    if thread and "after" in request.GET:
        context |= reading.arrived(request, pair, thread)
        context["name_of_other"] = access.name_of_other(pair, request.user)
        if context["has_messages"] and request.user != pair.client:
            trail.record(request, subject=pair.client, what="messages read", record=pair.uuid)
    context |= threads.listed(request, current=pair)
    return render(request, "messaging/parts.html", context)


def insert(key, replies, form):
    """Put the reply with that uuid in the form, for a browser that can't; nothing is sent."""
    body = next((each.body for each in replies if str(each.uuid) == key), None)
    if body is not None:
        return form.insert(body)
    return form.refuse("This saved reply was deleted. What you typed is still here.", status=404)


def send(request, pair, form):
    """The message from a valid form, or None, with the reason on the form, if it's refused."""
    try:
        charge(request.user)
        return writing.send(pair, by=request.user, **form.cleaned_data)
    except (TooMany, access.CannotWrite, writing.KeyTaken) as no:
        form.refuse(no.message, status=no.status)
        return None


def charge(user):
    """Count one more message, or raise TooMany."""
    MESSAGES_A_MINUTE.charge(user.pk)
    MESSAGES_AN_HOUR.charge(user.pk)
