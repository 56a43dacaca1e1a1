"""Times pages through the real WSGI application, with its pool and middleware.

Run as a program with a number of turns; prints the seconds of each page in each turn, as JSON.
"""

import json
import logging
import sys
from collections.abc import Callable
from time import perf_counter
from typing import Any

from django.core.cache import caches
from django.test import RequestFactory

from config.cache import ALIAS
from config.wsgi import application
from tests.benchmarks.scale import LAST_DAY
from tests.benchmarks.timing import Measured, in_turns, middle_of

HEALTH = "/healthz"
PAGES = {
    "daily": f"/reports/daily/{LAST_DAY}/",
    "monthly": f"/reports/monthly/{LAST_DAY:%Y-%m}/",
    "yearly": f"/reports/yearly/{LAST_DAY:%Y}/",
}
# What a browser sends.
ACCEPT = {"HTTP_ACCEPT_ENCODING": "gzip", "HTTP_HOST": "127.0.0.1"}


def get(path: str, **headers: str) -> tuple[str, dict[str, str]]:
    """The status and the headers of an answer that was read to its end."""
    environ = RequestFactory().get(path, **ACCEPT, **headers).environ  # type: ignore[arg-type]
    told: list[Any] = []

    def start(status: str, headers: Any, exc_info: Any = None) -> Callable[[bytes], object]:
        told.extend([status[:3], dict(headers)])
        return len

    body = application(environ, start)
    list(body)
    body.close()
    return told[0], told[1]


def asked(path: str, expected: str, *, anew: bool = False, **headers: str) -> Measured:
    """Seconds of an answer; `anew` forgets what is cached before."""

    def measure() -> float:
        if anew:
            caches[ALIAS].clear()
        began = perf_counter()
        status, _ = get(path, **headers)
        seconds = perf_counter() - began
        assert status == expected, (path, status)
        return seconds

    return measure


def things() -> dict[str, Measured]:
    """Each page uncached, then cached, then known to the reader; the health check beside them."""
    found: dict[str, Measured] = {}
    for name, path in PAGES.items():
        etag = get(path)[1]["ETag"]
        found[HEALTH + f" {name}"] = middle_of(asked(HEALTH, "200"))
        found[f"{name} uncached"] = asked(path, "200", anew=True)
        found[f"{name} cached"] = middle_of(asked(path, "200"))
        found[f"{name} 304"] = middle_of(asked(path, "304", HTTP_IF_NONE_MATCH=etag))
    return found


def main(repeats: int) -> None:
    logging.disable()
    timings = in_turns(things(), repeats=repeats)
    sys.stdout.write(json.dumps(timings.seconds))


if __name__ == "__main__":
    main(int(sys.argv[1]))
