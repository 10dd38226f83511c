"""Whether this session passed the second factor, and where to go if it didn't."""

from allauth.account.authentication import get_authentication_records
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added
from django.conf import settings
from django.dispatch import receiver
from django.urls import reverse

from .allauth_internals import record_authentication
from .passwords import FACTORS

METHOD = "mfa"


def is_demanded(user):
    """For providers and staff, except in the demo."""
    return not settings.DEMO and user.is_authenticated and (user.is_staff or user.is_provider)


def passed(request):
    """Whether a second factor was given in this session, by this user."""
    records = get_authentication_records(request, request.user)
    return any(record.get("method") == METHOD for record in records)


def next_url(user):
    """The address of the page that asks for it, or of the one to set it up."""
    types = set(Authenticator.objects.filter(user=user).values_list("type", flat=True))
    if Authenticator.Type.TOTP in types:
        return reverse("mfa_reauthenticate")
    if Authenticator.Type.WEBAUTHN in types:
        return reverse("mfa_reauthenticate_webauthn")
    return reverse("mfa_index")


@receiver(authenticator_added)
def count_as_passed(request, user, authenticator, **kwargs):
    """Setting one up shows that they have it, so don't ask again in this session."""
    if authenticator.type in FACTORS:
        record_authentication(
            request,
            user,
            METHOD,
            id=authenticator.pk,
            type=authenticator.type,
            reauthenticated=True,
        )
