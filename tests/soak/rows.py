"""The rows of the table: what is tried, how often, and what must hold."""

from collections.abc import Callable
from dataclasses import dataclass

from tests.soak import cuts, faults, kills, load, payloads, races, requested
from tests.soak.found import Found


@dataclass(frozen=True)
class Row:
    """A row; `run` takes how many, and the number of the seed."""

    what: str
    count: int
    must_hold: str
    run: Callable[[int, int], Found]


ROWS = {
    "payloads": Row(
        "spoiled answers of Elexon and a node",
        5_000,
        "stored exactly, or refused with the field named; never a partial day",
        payloads.run,
    ),
    "requests": Row("fuzzed requests to every address", 20_000, "no 5xx", requested.run),
    "races": Row(
        "two backfills, an ingest and a correction of a day at once",
        200,
        "exact; no correction lost or twice; no deadlock left unretried; reconcile is clean",
        races.run,
    ),
    "kills": Row(
        "SIGKILL of web, cluster and PostgreSQL processes",
        200,
        "after restart and scheduled tasks: exact; no correction lost or twice; reconcile is clean",
        kills.run,
    ),
    "faults": Row(
        "read-only, locked, no connection left, disk full, also under the log, clock set back",
        1,
        "503, one sentence, exit status 1; nothing by halves; recovery without a hand",
        faults.run,
    ),
    "cuts": Row(
        "a machine of three cut off, web and cluster (seconds)",
        60,
        "the others answer all along; exact; no day twice; its locks free in 25 s; never stale",
        cuts.run,
    ),
    "load": Row(
        "50 readers of mixed pages while 90 days are backfilled (seconds)",
        60,
        "no 5xx, p99 of cached pages < 250 ms, the backfill at most 2 x slower",
        load.run,
    ),
}
