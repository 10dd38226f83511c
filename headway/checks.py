"""What `check --deploy` says about settings that only matter on a real host."""

from django.conf import settings
from django.core.checks import Tags, Warning, register


@register(Tags.security, deploy=True)
def proxies_are_counted(app_configs, **kwargs):
    """Without the count, nothing trusts the proxy when it says it used TLS."""
    if settings.TRUSTED_PROXIES:
        return []
    return [
        Warning(
            "TRUSTED_PROXIES is 0: behind a TLS proxy, each page redirects to itself.",
            hint="Set it to the number of your proxies in front of the site, usually 1.",
            id="headway.W001",
        )
    ]
