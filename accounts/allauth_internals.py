"""What we use of allauth though it doesn't promise to keep it: reread this when upgrading it."""

from allauth.account.internal.flows.login import record_authentication
from allauth.account.internal.flows.login_by_code import LoginCodeVerificationProcess
from allauth.account.stages import LoginByCodeStage

__all__ = ["OpenWhileACodeIsPending", "SentCode", "record_authentication", "send_login_code"]


def send_login_code(request, *, user, email):
    """Mail a code, and wait for it in this session; without a user (None) only seem to."""
    LoginCodeVerificationProcess.initiate(request=request, user=user, email=email)


class OpenWhileACodeIsPending:
    """Who waits for a code may still correct the email, or come in by another way."""

    def _redirect_to_pending_stage(self, request, stage):
        if stage.key == LoginByCodeStage.key:
            return None
        return super()._redirect_to_pending_stage(request, stage)


class SentCode:
    """What a view that takes a code knows of it."""

    @property
    def sent_to(self):
        return self._process.state["email"]

    @property
    def resent(self):
        """How often."""
        return self._process.state["resend_count"]

    def count_wrong_try(self):
        """Whether another one is left."""
        return self._process.record_invalid_attempt()
