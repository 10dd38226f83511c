"""Help: articles, the contact form, and your own tickets."""

from functools import partial
from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import NON_FIELD_ERRORS
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts import limits, zones
from accounts.limits import TOO_MANY, TooMany
from booking.models import Relationship

from . import articles, codes, tickets
from .forms import CodeForm, ContactForm, ReplyForm
from .models import Article, Ticket


@login_not_required
@require_safe
def help_articles(request):
    return render(request, "support/help.html", {"articles": Article.objects.published()})


@login_not_required
@require_safe
def article(request, slug):
    article = get_object_or_404(Article.objects.published(), slug=slug)
    page = articles.render(article.body)
    return render(request, "support/article.html", {"article": article, "page": page})


@login_not_required
def contact(request):
    """Ask the support team. People who aren't logged in confirm their email next."""
    initial = _sent_before(request) or _waiting(request)
    form = ContactForm(request.POST or None, user=request.user, initial=initial)
    if form.is_valid():
        try:
            return _send(request, **form.cleaned_data)
        except TooMany as no:
            form.add_error(None, no.as_error())
    zone = zones.reader(request)
    context = {
        "form": form,
        "articles": Article.objects.published(),
        "questions": _questions_of(request.user),
        "zone": zones.label(zone),
    }
    with timezone.override(ZoneInfo(zone)):
        return render(request, "support/contact.html", context, status=status_of(form))


def _send(request, **asked):
    """Open the ticket and go on: for people who aren't signed in, to the code for their email."""
    if request.user.is_authenticated:
        limits.MAILED_BY_USER.charge(request.user.pk)
        email = request.user.email
        return redirect(tickets.open_ticket(user=request.user, **{**asked, "email": email}))
    limits.mail_to_stranger(request, asked["email"])
    codes.send_first(request, tickets.open_ticket(**asked))
    return redirect("support:confirm")


def _questions_of(user):
    """What they've asked, newest first, without the text."""
    return Ticket.objects.for_user(user).defer("body") if user.is_authenticated else []


def status_of(form):
    """200 for a form nobody sent yet, 400 for one to fix, 429 if trying again won't help."""
    if codes.TOO_MANY in form.errors.get("code", []) or form.has_error(NON_FIELD_ERRORS, TOO_MANY):
        return 429
    return 400 if form.errors else 200


def _sent_before(request):
    """Initial values for someone who went back to fix their email."""
    ticket = codes.ticket_of(request) if "again" in request.GET else None
    if ticket is None or ticket.confirmed_at:
        return None
    return {name: getattr(ticket, name) for name in ("topic", "name", "email", "body")}


def _waiting(request):
    """Initial values for a client whose provider doesn't answer: that they wait, not for what."""
    try:
        key = UUID(request.GET["waiting"])
    except (KeyError, ValueError):
        return None
    pairs = Relationship.objects.filter(client=request.user.pk).select_related("provider")
    pair = pairs.filter(uuid=key).first()
    if pair is None:
        return None
    name = pair.provider.name
    body = f"I’ve been waiting for an answer from my provider, {name}, for more than three days."
    return {"topic": Ticket.Topic.OTHER, "body": body}


@login_not_required
@never_cache
def confirm(request):
    """Enter the code we mailed; then the ticket gets its number."""
    ticket = codes.ticket_of(request)
    if ticket is None:
        return redirect("support:contact")
    if ticket.confirmed_at:
        return redirect("support:sent")
    form = CodeForm(request.POST or None, refusal=partial(codes.refusal, request))
    if form.is_valid():
        tickets.confirm(ticket)
        return redirect("support:sent")
    context = {"form": form, "ticket": ticket}
    return render(request, "support/confirm.html", context, status=status_of(form))


@login_not_required
@require_POST
def new_code(request):
    ticket = codes.ticket_of(request)
    if ticket is None or ticket.confirmed_at:
        return redirect("support:confirm")
    codes.send_again(request, ticket)
    messages.success(request, "We’re sending you a new code. The old one no longer works.")
    return redirect("support:confirm")


@login_not_required
@never_cache
def sent(request):
    """Thanks and the number; reading the answer takes a login."""
    ticket = codes.ticket_of(request)
    if ticket is None or not ticket.confirmed_at:
        return redirect("support:confirm")
    return render(request, "support/sent.html", {"ticket": ticket})


def ticket(request, uuid):
    """A question, the team's answers, and a form to write again."""
    ticket = get_object_or_404(Ticket.objects.for_user(request.user), uuid=uuid)
    form = ReplyForm(request.POST or None)
    if form.is_valid():
        limits.MAILED_BY_USER.charge(request.user.pk)
        tickets.reply(ticket, by=request.user, **form.cleaned_data)
        messages.success(request, "Sent. We’ll email you when there’s an answer.")
        return redirect(ticket)
    replies = ticket.replies.filter(internal=False)
    zone = zones.reader(request)
    context = {"ticket": ticket, "replies": replies, "form": form, "zone": zones.label(zone)}
    with timezone.override(ZoneInfo(zone)):
        return render(request, "support/ticket.html", context, status=status_of(form))
