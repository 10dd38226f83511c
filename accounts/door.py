"""The one door: an email, then a code, the same for new and known."""

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.forms import RequestLoginCodeForm
from allauth.mfa.adapter import DefaultMFAAdapter


class Adapter(DefaultAccountAdapter):
    pass


class EmailForm(RequestLoginCodeForm):
    pass


class MFAAdapter(DefaultMFAAdapter):
    pass
