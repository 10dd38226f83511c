"""The Messages portal: your conversations, and one of them; the same pages for both people."""

from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from accounts import trail
from accounts.limits import MESSAGES_A_MINUTE, MESSAGES_AN_HOUR, TooMany

from . import access, reading, threads, writing
from .forms import MessageForm


def inbox(request):
    context = {**threads.listed(request), "current": None, "shown": "list"}
    return render(request, "messaging/inbox.html", context)


def conversation(request, uuid):
    """One conversation, to read and write in; looking at it moves the read mark."""
    pair = get_object_or_404(access.for_user(request.user), uuid=uuid)
    other, is_client = writing.other_of(pair, request.user), request.user == pair.client
    data = request.POST if request.method == "POST" else None
    name = pair.provider.first_name if is_client else other.first_name_shown
    form = MessageForm(
        data,
        to=name,
        by_client=is_client,
        appointments=reading.to_write_about(pair),
        zone=reading.reader(request, otherwise=pair.provider.time_zone),
        initial={"appointment": request.GET.get("about")},
    )
    if form.is_valid() and (sent := send(request, pair, form)):
        return redirect(f"{request.path}#message-{sent.uuid}")
    if not is_client:
        trail.record(request, subject=pair.client, what="messages read", record=pair.uuid)
    context = {
        **reading.read(request, pair),  # before the list, which shows what is new
        "pair": pair,
        "other": other,
        "name_of_other": name,
        "is_client": is_client,
        "form": form,
        "next": pair.appointments.upcoming(timezone.now()).first(),
        **threads.listed(request, current=pair),
        "current": pair,
        "shown": "thread",
    }
    return render(request, "messaging/conversation.html", context, status=form.status)


def send(request, pair, form):
    """The message from a valid form, or None, with the reason on the form, if it's refused."""
    try:
        MESSAGES_A_MINUTE.charge(request.user.pk)
        MESSAGES_AN_HOUR.charge(request.user.pk)
        return writing.send(pair, by=request.user, **form.cleaned_data)
    except (TooMany, writing.KeyTaken) as no:
        form.refuse(no.message, status=no.status)
        return None
