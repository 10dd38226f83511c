"""Where a request comes from."""

from ipaddress import ip_network

from allauth.account.adapter import get_adapter


def client_address(request):
    """The visitor's IP address, as reported by the last TRUSTED_PROXIES hops."""
    return get_adapter().get_client_ip(request)


def address_block(request, *, ipv4=32, ipv6=64):
    """The block of addresses it comes from; by default the smallest that one home has."""
    address = client_address(request)
    return str(ip_network((address, ipv6 if ":" in address else ipv4), strict=False))
