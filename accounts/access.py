"""Where a request comes from."""

from allauth.account.adapter import get_adapter


def client_address(request):
    """The visitor's IP address, as reported by the last TRUSTED_PROXIES hops."""
    return get_adapter().get_client_ip(request)
