"""The second factor: who needs one, whether this session passed it, and what if it's lost."""

from datetime import timedelta

from allauth.account.authentication import get_authentication_records
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added, authenticator_used
from cryptography.fernet import InvalidToken
from django.conf import settings
from django.db import transaction
from django.dispatch import receiver
from django.urls import reverse
from django.utils import timezone

from . import outbox
from .allauth_internals import record_authentication
from .fields import decrypt
from .models import AccessEvent, User
from .passwords import FACTORS

METHOD = "mfa"
WAIT = timedelta(hours=24)
SECRETS = {  # what is encrypted in an Authenticator's data, by its type
    Authenticator.Type.TOTP: "secret",
    Authenticator.Type.RECOVERY_CODES: "seed",
}


def is_demanded(user):
    """For providers and staff, except in the demo."""
    return not settings.DEMO and user.is_authenticated and (user.is_staff or user.is_provider)


def is_last(authenticator):
    """Whether the user needs a second factor, and this is the only one."""
    user = authenticator.user
    factors = Authenticator.objects.filter(user=user, type__in=FACTORS)
    return is_demanded(user) and not factors.exclude(pk=authenticator.pk).exists()


def is_lost(authenticator):
    """Whether no key decrypts the secret of an app or of recovery codes."""
    try:
        decrypt(authenticator.data[SECRETS[authenticator.type]])
    except InvalidToken:
        return True
    return False


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


def release(user):
    """Have a lost second factor removed after WAIT, in which the owner hears of it and can object.

    Until support can, `manage.py release_second_factor` does this.
    """
    with transaction.atomic():
        user.second_factor_release_at = timezone.now() + WAIT
        user.save(update_fields=["second_factor_release_at"])
        _note(user, "second step: removal planned")
        outbox.enqueue("accounts.second_factor_release", event=_event(user), to=user)


def finish_releases(now):
    """Remove the second factors whose time has come."""
    for user in User.objects.filter(second_factor_release_at__lte=now):
        with transaction.atomic():
            if not _end_release(user):
                continue
            Authenticator.objects.filter(user=user).delete()
            _note(user, "second step: removed")
            outbox.enqueue("accounts.second_factor_released", event=_event(user), to=user)


@receiver(authenticator_used)
def keep_what_works(user, **kwargs):
    """It isn't lost, so whoever asked for its removal isn't the owner, or found it again."""
    if user.second_factor_release_at and _end_release(user):
        _note(user, "second step: removal canceled")


def _end_release(user):
    planned = User.objects.filter(pk=user.pk, second_factor_release_at__isnull=False)
    return planned.update(second_factor_release_at=None)


def _event(user):
    return f"{user.pk} {user.second_factor_release_at.isoformat()}"


def _note(user, what):
    AccessEvent.objects.create(subject=user, what=what, record="second step")
