"""Pages from the cache, and pages that the reader has, beside pages that are built."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator

from django.conf import settings

from tests.benchmarks.results import Finding
from tests.benchmarks.timing import Timings

KINDS = ("daily", "monthly", "yearly")


def measure(*, repeats: int) -> list[Finding]:
    """In a process of its own, as only the web process has a pool of connections."""
    process = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.pages_process", str(repeats)],
        cwd=settings.BASE_DIR,
        env=os.environ | {"REPORTS_PUBLIC": "true", "CACHE_URL": "", "DEBUG": "false"},
        stdout=subprocess.PIPE,
        check=True,
        text=True,
    )
    timings = Timings(json.loads(process.stdout))
    return [finding for kind in KINDS for finding in _findings(kind, timings)]


def _findings(kind: str, timings: Timings) -> Iterator[Finding]:
    uncached, health = f"{kind} uncached", f"/healthz {kind}"
    yield Finding(f"The {kind} page, uncached", "", timings.of(uncached), "s")
    for name, what in (("cached", "from the cache"), ("304", "that the reader has (304)")):
        page = f"{kind} {name}"
        what = f"The {kind} page {what}"
        yield Finding(what, "the page uncached", timings.ratio(uncached, page), least=10)
        yield Finding(what, "`/healthz`", timings.ratio(page, health), most=3)
