"""Pages from the cache, and pages that the reader has, beside pages that are built: over HTTP."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPResponse
from time import perf_counter

from django.conf import settings

from config.serving import listen
from curtailment.operations import raise_revision
from summaries.timeframes import Kind, Timeframe
from tests.benchmarks.results import Finding
from tests.benchmarks.scale import LAST_DAY
from tests.benchmarks.timing import Measured, Timings, in_turns, middle_of

HEALTH = "/healthz"
PAGES = {kind: f"/reports/{kind}/{Timeframe.of(kind, LAST_DAY).text}/" for kind in Kind}
# What a browser sends.
ACCEPT = {"Accept-Encoding": "gzip"}


class Reader:
    """A reader whose connection is kept open."""

    def __init__(self, port: int) -> None:
        self.connection = HTTPConnection("127.0.0.1", port)

    def get(self, path: str, **headers: str) -> HTTPResponse:
        """An answer, read to its end."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.connection.request("GET", path, headers=ACCEPT | named)
        response = self.connection.getresponse()
        response.read()
        return response

    def asked(self, path: str, expected: int, *, anew: bool = False, **headers: str) -> Measured:
        """Seconds of an answer; `anew` as if the day had just changed."""

        def measure() -> float:
            if anew:
                raise_revision(LAST_DAY)
            began = perf_counter()
            response = self.get(path, **headers)
            seconds = perf_counter() - began
            assert response.status == expected, (path, response.status)
            return seconds

        return measure


def measure(*, repeats: int) -> list[Finding]:
    """From a web server like the product's, of one process: each has a cache of its own."""
    findings: list[Finding] = []
    with web_server() as reader:
        for kind in Kind:
            timings = in_turns(_things(reader, PAGES[kind]), repeats=repeats)
            findings += _findings(kind, timings)
    return findings


@contextmanager
def web_server() -> Iterator[Reader]:
    """A reader of a server that ends with the block."""
    with listen("127.0.0.1", 0) as listener:
        gunicorn = [sys.executable, "-m", "gunicorn", "--config", "config/gunicorn.py"]
        process = subprocess.Popen(
            [*gunicorn, "--workers", "1", "--bind", f"fd://{listener.fileno()}", "config.wsgi"],
            cwd=settings.BASE_DIR,
            env=os.environ | {"REPORTS_PUBLIC": "true", "CACHE_URL": "", "DEBUG": "false"},
            pass_fds=[listener.fileno()],
            # A line of log for each request.
            stderr=subprocess.DEVNULL,
        )
        try:
            # The socket listens already: the first answer comes when the server is there.
            yield Reader(listener.getsockname()[1])
        finally:
            process.terminate()
            process.wait()


def _things(reader: Reader, path: str) -> dict[str, Measured]:
    """The page built, then from the cache, then not sent; the health check beside them."""

    def not_modified() -> float:
        etag = reader.get(path).headers["ETag"]
        return middle_of(reader.asked(path, 304, If_None_Match=etag))()

    return {
        "health": middle_of(reader.asked(HEALTH, 200)),
        "uncached": reader.asked(path, 200, anew=True),
        "cached": middle_of(reader.asked(path, 200)),
        "304": not_modified,
    }


def _findings(kind: Kind, timings: Timings) -> Iterator[Finding]:
    yield Finding(f"The {kind} page, uncached", "", timings.of("uncached"), "s")
    for name, what in (("cached", "from the cache"), ("304", "that the reader has (304)")):
        page = f"The {kind} page {what}"
        yield Finding(page, "the page uncached", timings.ratio("uncached", name), least=10)
        yield Finding(page, "`/healthz`", timings.ratio(name, "health"), most=3)
