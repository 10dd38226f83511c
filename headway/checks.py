"""What `check --deploy` says about settings that only show where the site runs."""

from django.conf import settings
from django.core.checks import Tags, Warning, register


@register(Tags.security, deploy=True)
def proxies_are_counted(app_configs, **kwargs):
    """Without the count nobody believes the proxy that it spoke TLS."""
    if settings.TRUSTED_PROXIES:
        return []
    return [
        Warning(
            "TRUSTED_PROXIES is 0: behind a proxy that speaks TLS each page redirects to itself.",
            hint="Set it to how many proxies of yours are in front of the site, usually 1.",
            id="headway.W001",
        )
    ]
