"""The directory and the profiles: public, and the same for everyone except for time zones."""

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from accounts import zones
from accounts.plain import number
from accounts.states import State

from .. import portraits, search
from ..forms import SELF_PAY, SearchForm
from ..models import Provider


@login_not_required
@require_safe
def directory(request):
    """Providers that match the filters in the address, 20 per page."""
    form = SearchForm(request.GET)
    filters = form.filters
    providers = search.search(filters)
    total = search.count(providers)
    page = page_of(request.GET.get("page"), total)
    shown = search.for_cards(providers)[(page - 1) * search.PAGE : page * search.PAGE]
    context = {
        "form": form,
        "title": title(form, filters, total),
        "total": total,
        "total_words": search.count_words(total),
        "providers": list(shown),
        "chips": chips(form, filters),
        "without": without(form, filters) if not total else [],
        "zone": zones.reader(request, state=filters.get("state")),
        "carried": as_address(filters)[1:],
        "pages": pages(request.GET, page, total),
    }
    return render(request, "providers/directory.html", context)


@login_not_required
@require_safe
def profile(request, slug):
    """One provider; unpublished ones get a 404."""
    providers = Provider.objects.published().select_related("user")
    provider = get_object_or_404(
        providers.prefetch_related("plans", "specialties", "methods", "languages", "client_groups"),
        slug=slug,
    )
    filters = SearchForm(request.GET).filters
    context = {
        "provider": provider,
        "searched": as_address(filters)[1:],
        "zone": zones.reader(request, state=filters.get("state"), otherwise=provider.time_zone),
        "carried": carried(filters),
        "similar": [] if provider.accepting_new_clients else list(search.similar(provider)),
    }
    return render(request, "providers/profile.html", context)


@login_not_required
@require_safe
def portrait(request, slug):
    """A provider's photo. If they aren't published, only they and staff can see it."""
    provider = get_object_or_404(Provider, slug=slug)
    may_see = (
        provider.published
        or provider.user_id == request.user.pk
        or request.user.has_perm("providers.view_provider")
    )
    if not provider.portrait or not may_see:
        raise Http404
    try:
        with provider.portrait.open() as photo:
            response = HttpResponse(photo.read(), content_type=portraits.CONTENT_TYPE)
    except FileNotFoundError:
        raise Http404 from None
    if provider.published:
        response["Cache-Control"] = "public, max-age=86400"  # a new photo has a new address
    return response


def page_of(text, total):
    """The page number if it exists, or else 1."""
    last = max(1, -(-min(total, search.COUNT_TO) // search.PAGE))
    return number(text, most=last) or 1


def pages(query, page, total):
    """Links to the previous and next pages, and which rows this one shows."""
    first, last = (page - 1) * search.PAGE + 1, min(page * search.PAGE, total)
    return {
        "first": first,
        "last": last,
        "before": page_address(query, page - 1) if page > 1 else "",
        "after": page_address(query, page + 1) if last < min(total, search.COUNT_TO) else "",
    }


def page_address(query, page):
    query = query.copy()
    query["page"] = page
    return "?" + query.urlencode()


def carried(filters):
    """The parts of a search that booking can use, as a query string: state, plan and a place."""
    query = QueryDict(mutable=True)
    query.update({name: filters[name] for name in ("state", "plan") if name in filters})
    if len(filters.get("place", [])) == 1:
        query["place"] = filters["place"][0]
    return query.urlencode()


def single_filters(filters):
    """Each filter, one at a time, as (name, value, the filters without it)."""
    for name, value in filters.items():
        others = {key: each for key, each in filters.items() if key != name}
        for each in value if isinstance(value, list) else [value]:
            rest = [other for other in value if other != each] if isinstance(value, list) else []
            yield name, each, others | ({name: rest} if rest else {})


def as_address(filters):
    query = QueryDict(mutable=True)
    for name, value in filters.items():
        query.setlist(name, value if isinstance(value, list) else [value])
    return "?" + query.urlencode()


def chips(form, filters):
    """Each chosen filter, with the address that drops it."""
    return [
        {"label": form.label_of(name, value), "address": as_address(left)}
        for name, value, left in single_filters(filters)
    ]


def without(form, filters):
    """Filters to drop, and how many providers each gives; the most first, without zeros."""
    options = [
        {
            "label": form.label_of(name, value),
            "address": as_address(left),
            "count": search.count(search.search(left)),
        }
        for name, value, left in single_filters(filters)
    ]
    return sorted((each for each in options if each["count"]), key=lambda each: -each["count"])


def title(form, filters, total):
    """The count as a sentence: "214 providers take Aetna in California"."""
    if not total:
        return "No providers match these filters"
    number = search.count_words(total)
    plan = filters.get("plan")
    where = f" in {State(filters['state']).label}" if "state" in filters else ""
    if plan and plan != SELF_PAY:
        name = form.label_of("plan", plan).removesuffix(", any plan")
        return f"{number} provider{'s take' if total > 1 else ' takes'} {name}{where}"
    return f"{number} provider{'s' if total > 1 else ''}{where}"
