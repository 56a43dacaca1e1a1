"""Fifty readers for a minute, while ninety days are backfilled; and the same backfill alone.

Of less than a minute there are fewer days, and what is asked for in time is not judged.
"""

import os
import re
import shutil
import subprocess
import sys
from datetime import date, timedelta
from time import perf_counter

import requests
from django.utils import timezone

from curtailment.elexon import ElexonClient
from curtailment.operations.register import sync_bmunits
from curtailment.settlement import iter_dates
from mining.operations import load_embedded_epochs
from tests.config.conftest import ROOT
from tests.soak.found import Found
from tests.soak.served import served
from tests.stubs.elexon import StubElexon

SECONDS, DAYS = 60, 90
# Reports of 2024 compare it with 2023.
ALONE, BESIDE = date(2024, 1, 1), date(2022, 7, 1)
READERS_AN_ADDRESS = 5
PAUSE = ROOT / "tests" / "soak" / "pause.lua"
# Each process has a cache of its own, and which one answers is left to chance.
ROUNDS_BEFORE = 12
SLOWEST_P99_MS = 250
MOST_TIMES_SLOWER = 2
# The first ones are of days that do not change meanwhile, so that they come from the cache.
CACHED = (
    "reports/daily/2024-01-05/",
    "reports/daily/2024-01-03/?definition=all",
    "reports/monthly/2024-01/",
    "reports/monthly/2024-01/?format=json",
    "reports/yearly/2024/",
    "reports/daily/2024-01-04/?format=csv",
)
CHANGING = ("", "farms/", "status/", "lead-parties/?period=2024")
_P99 = re.compile(r"99%\s+([\d.]+)(us|ms|s|m)\b")
_COUNT = re.compile(r"(\d+) requests in")
_NOT_OK = re.compile(r"Non-2xx or 3xx responses: (\d+)")
_SOCKETS = re.compile(r"Socket errors: (.*)")
MS = {"us": 0.001, "ms": 1, "s": 1_000, "m": 60_000}


def read_for(seconds: int, address: str) -> "dict[str, subprocess.Popen[str]]":
    """Readers of every address at once, as many as there are connections."""
    return {
        path: subprocess.Popen(
            ["wrk", "-t1", f"-c{READERS_AN_ADDRESS}", f"-d{seconds}s", "--timeout", "30s"]
            + ["--script", str(PAUSE)]
            # As every browser does.
            + ["--header", "Accept-Encoding: gzip", "--latency", address + path],
            stdout=subprocess.PIPE,
            text=True,
        )
        for path in (*CACHED, *CHANGING)
    }


def days_for(seconds: int) -> int:
    """How many days are backfilled while there are readers for so long."""
    return max(8, DAYS * min(seconds, SECONDS) // SECONDS)


def backfill_seconds(first: date, days: int) -> float:
    """How long the command takes for some days from `first`."""
    last = first + timedelta(days=days - 1)
    command = [sys.executable, "manage.py", "backfill", "--from", str(first), "--to", str(last)]
    started = perf_counter()
    subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    return perf_counter() - started


def judge(found: Found, path: str, said: str) -> tuple[int, float]:
    """How often an address was read, and the 99th percentile in ms."""
    count, latency = _COUNT.search(said), _P99.search(said)
    assert count and latency, said
    not_ok = _NOT_OK.search(said)
    found.check(not_ok is None, f"/{path}: {not_ok[1] if not_ok else 0} answers were not 200")
    sockets = _SOCKETS.search(said)
    found.check(sockets is None, f"/{path}: {sockets[1] if sockets else ''}")
    return int(count[1]), float(latency[1]) * MS[latency[2]]


def run(count: int, seed: int) -> Found:
    """This will have readers read for `count` seconds; it takes wrk."""
    found = Found()
    if shutil.which("wrk") is None:
        found.count("not tried, which takes wrk")
        return found
    with StubElexon() as elexon:
        os.environ |= {"ELEXON_BASE_URL": elexon.url, "ELEXON_REQUESTS_PER_MINUTE": "1000000"}
        os.environ["REPORTS_PUBLIC"] = "true"
        for first in (ALONE, BESIDE):
            for day in iter_dates(first, first + timedelta(days=days_for(count) - 1)):
                elexon.add_day(day)
        with ElexonClient(base_url=elexon.url, requests_per_minute=1_000_000) as client:
            sync_bmunits(client, now=timezone.now())
        load_embedded_epochs(now=timezone.now())
        measure(found, count)
    return found


def measure(found: Found, seconds: int) -> None:
    days = days_for(seconds)
    alone_s = backfill_seconds(ALONE, days)
    with served() as processes:
        for path in (*CACHED, *CHANGING) * ROUNDS_BEFORE:
            status = requests.get(processes.address + path, timeout=60).status_code
            found.check(status == 200, f"/{path}: {status} before the load")
        readers = read_for(seconds, processes.address)
        beside_s = backfill_seconds(BESIDE, days)
        outputs = {path: process.communicate()[0] for path, process in readers.items()}
    read = {path: judge(found, path, said) for path, said in outputs.items()}
    found.tried = sum(count for count, _ in read.values())
    p99_ms = {path: p99_ms for path, (_, p99_ms) in read.items() if path in CACHED}
    times = beside_s / alone_s
    if seconds >= SECONDS:
        judge_times(found, p99_ms, times)
    found.figures = (
        f"{found.tried / seconds:.0f} pages a second, "
        f"p99 of cached pages {max(p99_ms.values()):.0f} ms, "
        f"backfill {alone_s:.0f} s alone and {beside_s:.0f} s beside it ({times:.1f} x)"
    )


def judge_times(found: Found, p99_ms: dict[str, float], times: float) -> None:
    """Whether pages came in time, and the backfill was not held up."""
    for path, ms in p99_ms.items():
        found.check(ms < SLOWEST_P99_MS, f"/{path}: p99 {ms:.0f} ms")
    found.check(times <= MOST_TIMES_SLOWER, f"the backfill took {times:.1f} times as long")
