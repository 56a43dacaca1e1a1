"""One password tried on many accounts: failures of an address count together too.

Whoever shares the address with somebody who does that, as behind one office's, still gets in with
a browser in which the same account signed in before: it keeps a cookie that says so.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from axes.handlers.database import AxesDatabaseHandler
from axes.models import AccessAttempt
from django.conf import settings
from django.core.signing import Signer
from django.db.models import Sum
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare

from config.sign_in import counted_name

_signer = Signer(salt="config.spraying")
KNOWN_FOR_SECONDS = 180 * 24 * 60 * 60


class CountingAddresses(AxesDatabaseHandler):
    """django-axes' own counting by account and address, and by address alone beside it."""

    def get_failures(self, request: Any, credentials: dict[str, Any] | None = None) -> int:
        """Failures of the account; the limit at least, where those of the address are too many."""
        failures: int = super().get_failures(request, credentials)
        limit: int = settings.AXES_FAILURE_LIMIT
        if failures >= limit or is_known(request, counted_name(request, credentials)):
            return failures
        since = request.axes_attempt_time - settings.AXES_COOLOFF_TIME
        of_address = count_failures(request.axes_ip_address, since=since)
        return limit if of_address >= settings.FAILURE_LIMIT_OF_AN_ADDRESS else failures

    def user_logged_in(self, sender: Any, request: Any, user: Any, **kwargs: Any) -> None:
        super().user_logged_in(sender, request, user, **kwargs)
        request.signed_in_name = user.get_username()


def count_failures(ip_address: str, *, since: datetime) -> int:
    """Failed sign-ins from an address, of all accounts."""
    attempts = AccessAttempt.objects.filter(ip_address=ip_address, attempt_time__gt=since)
    return attempts.aggregate(sum=Sum("failures_since_start"))["sum"] or 0


def remember_browser(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware that gives a browser in which somebody has just signed in its cookie."""

    def remembering(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        name = getattr(request, "signed_in_name", None)
        if name is not None:
            response.set_cookie(
                settings.KNOWN_BROWSER_COOKIE_NAME,
                _signer.signature(name),
                max_age=KNOWN_FOR_SECONDS,
                secure=settings.SESSION_COOKIE_SECURE,
                httponly=True,
                samesite="Lax",
            )
        return response

    return remembering


def is_known(request: HttpRequest, name: str) -> bool:
    """Whether this account signed in before in the browser that asks."""
    given = request.COOKIES.get(settings.KNOWN_BROWSER_COOKIE_NAME, "")
    return constant_time_compare(given, _signer.signature(name))
