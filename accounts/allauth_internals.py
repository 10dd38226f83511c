"""What we use of allauth though it doesn't promise to keep it: reread this when upgrading it."""

from allauth.account.internal.flows.email_verification import verify_email_indirectly
from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.internal.flows.login_by_code import LoginCodeVerificationProcess
from allauth.account.models import Login
from allauth.account.stages import LoginByCodeStage

from .limits import CODE_TRIES

__all__ = [
    "OpenWhileACodeIsPending",
    "SentCode",
    "record_authentication",
    "send_login_code",
    "sign_in",
]


def send_login_code(request, *, user, email):
    """Mail a code, and wait for it in this session; without a user (None) only seem to."""
    LoginCodeVerificationProcess.initiate(request=request, user=user, email=email)


class OpenWhileACodeIsPending:
    """Who waits for a code may still correct the email, or come in by another way."""

    def _redirect_to_pending_stage(self, request, stage):
        if stage.key == LoginByCodeStage.key:
            return None
        return super()._redirect_to_pending_stage(request, stage)


def sign_in(request, *, user, email, next_url):
    """Sign in someone who read their email; a second factor is still asked. The response."""
    record_authentication(request, user, method="code", email=email)
    verify_email_indirectly(request, user, email)
    return perform_login(request, Login(user=user, redirect_url=next_url, email=email))


class SentCode:
    """What a view that takes a code knows of it."""

    @property
    def sent_to(self):
        return self._process.state["email"]

    @property
    def wants_another(self):
        """Whether they pressed the button for a new code."""
        return self._action == "resend"

    def count_try(self):
        """Count a try of this very code, right or wrong: how many that makes."""
        state = self._process.state
        return CODE_TRIES.count(state["email"], state["at"], self._process.code)[0]

    def give_up(self):
        """The code works no longer."""
        self._process.abort()
