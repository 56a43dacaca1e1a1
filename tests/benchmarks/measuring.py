"""All of the benchmark, in an order in which nothing disturbs what follows."""

import os
from collections.abc import Iterator

from tests.addresses import database_url
from tests.benchmarks import (
    backfilling,
    growth,
    history,
    mining,
    pages,
    reading,
    summing,
    writing,
    written_days,
)
from tests.benchmarks.database import Database, finished_databases, migrate
from tests.benchmarks.history import Say
from tests.benchmarks.results import Finding

MOST_PROCESSES = 4


def prepare(database: Database, *, is_filled: bool, say: Say) -> None:
    """This will make the database ready: filled once, and without what a former run wrote."""
    migrate(database)
    # Other processes of the benchmark use it too.
    os.environ["DATABASE_URL"] = database_url()
    if is_filled:
        written_days.clear()
        return
    say(f"Filling {database.name}: {database.scale.record_count:,} records.")
    history.fill(database.scale, processes=min(MOST_PROCESSES, os.cpu_count() or 1), say=say)
    database.finish()
    say(f"{database.name} has {database.size_bytes() / 1e9:.2f} GB.")


def measure_all(database: Database, *, repeats: int, days: int) -> Iterator[Finding]:
    """Every row of the table, each as soon as it is measured."""
    # First what reads whole months and years, which the days written later on are in.
    yield from reading.measure(repeats=repeats)
    yield from summing.measure(repeats=repeats)
    yield from pages.measure(repeats=4 * repeats)
    findings, written = writing.measure(written_days.free_days(), repeats=repeats)
    yield from findings
    yield from mining.measure(written, repeats=repeats)
    yield from backfilling.measure(days=days)
    compared = growth.comparable(database.scale.factor, finished_databases())
    yield from growth.measure(compared, repeats=3 * repeats)
    database.use()
    written_days.clear()
