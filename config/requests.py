"""What every request leaves behind: a number of its own, a log line, and its times."""

import logging
import re
import secrets
from collections.abc import Callable
from time import perf_counter

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from config.logs.context import bind
from config.metrics import count_request
from config.queries.timing import Totals, totaled_queries

logger = logging.getLogger(__name__)

REQUEST_ID = "X-Request-ID"
# Ids of a proxy in front of us are taken over; anything else could be anything.
VALID_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
# Asked every few seconds by machines: their lines are of interest only when something is wrong.
PROBES = ("/healthz", "/readyz", "/metrics")


def observe_requests(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware, the outermost. While DEBUG is on, browsers are told the times too."""

    def observed(request: HttpRequest) -> HttpResponse:
        request_id = _id_of(request)
        started = perf_counter()
        with bind(request_id=request_id), totaled_queries() as totals:
            response = get_response(request)
            seconds = perf_counter() - started
            response.headers[REQUEST_ID] = request_id
            if settings.DEBUG:
                response.headers["Server-Timing"] = _server_timing(seconds, totals)
            _log(request, response, seconds, totals)
        count_request(request, response.status_code, seconds, totals)
        return response

    return observed


def _id_of(request: HttpRequest) -> str:
    given = request.headers.get(REQUEST_ID, "")
    return given if VALID_ID.fullmatch(given) else secrets.token_hex(8)


def _server_timing(seconds: float, totals: Totals) -> str:
    """https://www.w3.org/TR/server-timing/"""
    return (
        f"total;dur={seconds * 1_000:.1f}, "
        f'db;dur={totals.seconds * 1_000:.1f};desc="{totals.count} queries"'
    )


def _log(request: HttpRequest, response: HttpResponse, seconds: float, totals: Totals) -> None:
    is_quiet = request.path in PROBES and response.status_code < 400
    logger.log(
        logging.DEBUG if is_quiet else logging.INFO,
        "%s %s %s",
        request.method,
        # Without the query, which may hold names.
        request.path,
        response.status_code,
        extra={
            "fields": {
                "method": request.method,
                "path": request.path,
                "status": response.status_code,
                "duration_ms": round(seconds * 1_000, 1),
                "queries": totals.count,
                "queries_ms": round(totals.seconds * 1_000, 1),
            }
        },
    )
