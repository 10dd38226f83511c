"""The few pages that span several apps: start, home, legal pages, health."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.db import connection
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts import unsent, zones
from accounts.access import page_before
from providers import search
from providers.forms import SearchForm


@login_not_required
@require_safe
def start(request):
    """What you'd like help with, where you live, how you pay; and who has time next."""
    if "signed-out" in request.GET and not request.user.is_authenticated:
        messages.success(request, "You’re signed out.")
    state = getattr(request.user, "state", "")
    filters = {"state": state} if state else {}
    found = search.search(filters).filter(next_opening_at__lt=timezone.now() + search.SOON)
    form = SearchForm(initial=filters)
    context = {
        "form": form,
        "providers": list(search.for_cards(found)[:3]),
        "state": form.label_of("state", state) if state else "",
        "zone": zones.reader(request, state=state),
    }
    return render(request, "start.html", context)


def home(request):
    """To your own things: today's work, the admin, or your appointments."""
    if request.user.is_provider:
        return redirect("booking:workspace")
    return redirect("admin:index" if request.user.is_staff else "booking:appointments")


@login_not_required
@require_safe
def page(request, name):
    return render(request, f"legal/{name}.html")


def form_expired(request, reason=""):
    """CSRF_FAILURE_VIEW. Shows what they typed, to copy; we don't store it."""
    context = {
        "has_cookies": bool(request.COOKIES),
        "page": page_before(request),
        "typed": list(unsent.to_copy(request)),
    }
    return render(request, "403_csrf.html", context, status=403)


@login_not_required
@require_safe
def robots(request):
    """What search engines should leave alone."""
    lines = ["User-agent: *", "Disallow: /accounts/", "Disallow: /admin/", ""]
    return HttpResponse("\n".join(lines), content_type="text/plain")


@login_not_required
@require_safe
def live(request):
    """The process answers."""
    return HttpResponse("live", content_type="text/plain")


@login_not_required
@require_safe
def ready(request):
    """The process can reach its database."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("ready", content_type="text/plain")
