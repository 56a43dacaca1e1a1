"""A backfill as operators run it, against an Elexon that answers at once."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from http.client import HTTPConnection
from pathlib import Path
from time import perf_counter, sleep
from urllib.parse import urlsplit

from django.conf import settings

from curtailment.models import IngestionProgress
from tests.benchmarks import written_days
from tests.benchmarks.results import Finding
from tests.benchmarks.scale import BACKFILLED_FROM
from tests.benchmarks.timing import Spread

DAYS_OF_A_YEAR = 365
# 17,520 requests at 4,500 a minute.
LIMIT_SECONDS = 17_520 / 4_500 * 60
MOST_MEGABYTES = 300
REQUESTS_OF_BARE_CLIENT = 500
PEAK_MEMORY = "VmHWM:"


@dataclass(frozen=True)
class Ended:
    """What a backfill took; the memory is null where the system does not tell it."""

    seconds: float
    peak_megabytes: float | None


def measure(*, days: int) -> list[Finding]:
    """A quarter of the days, then all of them, each from nothing; at most a year."""
    short = max(1, days // 4)
    with fast_elexon() as url:
        bare = requests_per_second(url)
        few = run_backfill(short, url)
        written_days.clear()
        all_of_them = run_backfill(days, url)
    return list(_findings(days, short, bare, few, all_of_them))


@contextmanager
def fast_elexon() -> Iterator[str]:
    """The address of an Elexon in a process of its own, which ends with the block."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.benchmarks.elexon_process"],
        cwd=settings.BASE_DIR,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdin is not None and process.stdout is not None
    try:
        yield process.stdout.readline().strip()
    finally:
        process.stdin.close()
        process.wait()
        process.stdout.close()


def requests_per_second(url: str) -> float:
    """How fast the stub answers a client that does nothing with the answers."""
    client = HTTPConnection(urlsplit(url).netloc)
    began = perf_counter()
    for number in range(REQUESTS_OF_BARE_CLIENT):
        path = f"/balancing/settlement/stack/all/bid/{BACKFILLED_FROM}/{number % 48 + 1}"
        client.request("GET", path)
        client.getresponse().read()
    seconds = perf_counter() - began
    client.close()
    return REQUESTS_OF_BARE_CLIENT / seconds


def run_backfill(days: int, url: str) -> Ended:
    """`manage.py backfill` over the first days of the year that is kept free for it."""
    last = BACKFILLED_FROM + timedelta(days=days - 1)
    dates = ["--from", str(BACKFILLED_FROM), "--to", str(last)]
    limits = {"ELEXON_BASE_URL": url, "ELEXON_REQUESTS_PER_MINUTE": "1000000"}
    began = perf_counter()
    with subprocess.Popen(
        [sys.executable, "manage.py", "backfill", *dates],
        cwd=settings.BASE_DIR,
        env=os.environ | limits,
        stdout=subprocess.DEVNULL,
    ) as process:
        peak = _peak_until_the_end(process)
        assert process.wait() == 0
    seconds = perf_counter() - began
    _check(BACKFILLED_FROM, last, days)
    return Ended(seconds, peak)


def _peak_until_the_end(process: "subprocess.Popen[bytes]") -> float | None:
    """The highest resident memory in MB; the system keeps the mark, so that no peak is missed."""
    peak = None
    status = Path(f"/proc/{process.pid}/status")
    while process.poll() is None:
        try:
            lines = status.read_text().splitlines()
        except OSError:
            lines = []
        for line in lines:
            if line.startswith(PEAK_MEMORY):
                peak = int(line.split()[1]) / 1_024
        sleep(0.05)
    return peak


def _check(first: date, last: date, days: int) -> None:
    stored = IngestionProgress.objects.filter(
        settlement_date__range=(first, last), data_state="final", stale_since=None
    )
    assert stored.count() == days


def _findings(days: int, short: int, bare: float, few: Ended, ended: Ended) -> Iterator[Finding]:
    year = ended.seconds * DAYS_OF_A_YEAR / days
    note = "" if days == DAYS_OF_A_YEAR else f"extrapolated from {days} days"
    yield _one(
        "Backfill of a year", "the API's own limit", year, "s", most=LIMIT_SECONDS, note=note
    )
    yield _one("Days a second of it", "", days / ended.seconds, "days/s")
    yield _one("Requests a second, of a client that does nothing else", "", bare, "requests/s")
    if few.peak_megabytes is None or ended.peak_megabytes is None:
        return
    for which, count, run in (("the shorter", short, few), ("the longer", days, ended)):
        peak, note = run.peak_megabytes or 0, f"{count} days"
        yield _one(
            f"Peak memory of {which} backfill", "", peak, "MB", most=MOST_MEGABYTES, note=note
        )
    growth = ended.peak_megabytes / few.peak_megabytes
    yield _one("Peak memory of the longer backfill", "the shorter one", growth, "x")


def _one(
    what: str,
    compared_with: str,
    figure: float,
    unit: str,
    *,
    most: float | None = None,
    note: str = "",
) -> Finding:
    """A finding of something that was done once."""
    return Finding(what, compared_with, Spread.of([figure]), unit, most=most, note=note)
