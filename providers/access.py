"""Who may see a provider's workspace."""

from functools import wraps

from django.http import Http404


def provider_only(view):
    """Providers only; everyone else gets a 404."""

    @wraps(view)
    def wrapped(request, *args, **kwargs):
        if not request.user.is_provider:
            raise Http404
        return view(request, *args, **kwargs)

    return wrapped
