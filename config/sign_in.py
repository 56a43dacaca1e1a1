"""Whom a failed sign-in is counted against, and what those who failed too often are told.

django-axes counts, in the database, for all web processes together (docs/security.md).
"""

import ipaddress

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

# Of a request without an address, as over a Unix socket: all of these count as one.
UNKNOWN = "0.0.0.0"  # noqa: S104
# What one customer of a provider commonly has to choose from.
IPV6_PREFIX = 64
# No account has a longer name, and the table of failures takes none.
LONGEST_NAME = 150


def counted_name(request: HttpRequest, credentials: dict[str, str] | None) -> str:
    """The account that a sign-in was tried for, whether there is one or not."""
    given = credentials if credentials is not None else request.POST
    return (given.get("username") or "")[:LONGEST_NAME]


def client_address(request: HttpRequest) -> str:
    """The address that a request came from; of IPv6 that of its network of 64 bits.

    X-Forwarded-For is believed only as far as proxies of ours wrote it: PROXY_COUNT of them each
    added one address at its right end. Whatever stands left of those anybody can have sent.
    """
    forwarded = request.headers.get("X-Forwarded-For", "").split(",")
    hops = settings.PROXY_COUNT
    claimed = forwarded[-hops].strip() if 0 < hops <= len(forwarded) else ""
    return _network_of(claimed) or _network_of(request.META.get("REMOTE_ADDR", "")) or UNKNOWN


def _network_of(text: str) -> str | None:
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return None
    if address.version == 4:
        return str(address)
    if address.ipv4_mapped:
        return str(address.ipv4_mapped)
    return str(ipaddress.ip_network((address.packed, IPV6_PREFIX), strict=False).network_address)


def locked_out(
    request: HttpRequest, refused: HttpResponse, credentials: dict[str, object] | None
) -> HttpResponse:
    """The page for who failed too often, the same whether there is such an account or not."""
    wait = settings.AXES_COOLOFF_TIME
    response = render(
        request,
        "accounts/locked_out.html",
        {"minutes": int(wait.total_seconds()) // 60},
        status=429,
    )
    response.headers["Retry-After"] = str(int(wait.total_seconds()))
    response.headers["Cache-Control"] = "no-store"
    return response
