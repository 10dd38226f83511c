"""The preview by itself: what a new client would see, with what is typed on a page of the hours."""

from copy import copy

from django.http import Http404
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_POST

from ..hours import week_form
from ..hours.forms import RulesForm
from ..hours.views import rules_preview, week_preview
from ..hours.views_spans import KINDS, spans_preview
from .provider import provider_only


@provider_only
@require_POST
def part(request, part):
    """The preview of what is typed on a page, for htmx."""
    provider, now = request.user.provider, timezone.now()
    if part == "week":
        blocks = week_form.blocks_of(week_form.posted_rows(request.POST))
        shown = week_preview(provider, blocks, now=now)
    elif part == "rules":
        form = RulesForm(request.POST, instance=copy(provider))
        shown = rules_preview(form, provider, now=now)
    elif part in KINDS:
        form = KINDS[part].form(request.POST, provider=provider)
        shown = spans_preview(provider, KINDS[part], form, now=now)
    else:
        raise Http404
    return render(request, "booking/availability_preview.html", {"preview": shown})
