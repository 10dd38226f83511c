"""What every page can show: whether this is the demo."""

from django.conf import settings


def site(request):
    """Template variable `demo`."""
    return {"demo": settings.DEMO}
