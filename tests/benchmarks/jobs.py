"""`python -m tests.benchmarks.jobs`: threads of one backfill against two backfills at once.

Over the smallest database of the benchmark, which `make bench SCALE=0.001` fills. What it prints
is in decision 49.
"""

import os
import subprocess
import sys
from datetime import date, timedelta
from time import perf_counter

import django
from django.conf import settings

REPEATS, DAYS = 3, 24


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    # Only now: they need settings.
    from tests.addresses import database_url
    from tests.benchmarks import written_days
    from tests.benchmarks.backfilling import fast_elexon
    from tests.benchmarks.database import migrate, name_for, open_database
    from tests.benchmarks.scale import SMALLEST, Scale
    from tests.benchmarks.timing import in_turns

    database, is_filled = open_database(name_for(Scale(SMALLEST)), Scale(SMALLEST))
    if not is_filled:
        sys.exit(f"{database.name} is not there: make bench SCALE={SMALLEST} fills it.")
    migrate(database)
    os.environ["DATABASE_URL"] = database_url()
    with fast_elexon() as url:

        def measured(processes: int, jobs: int, days: int = DAYS) -> float:
            written_days.clear()
            return run(url, processes, jobs, days)

        timings = in_turns(
            {
                "1 process, 1 job": lambda: measured(1, 1),
                "1 process, 2 jobs": lambda: measured(1, 2),
                "1 process, 4 jobs": lambda: measured(1, 4),
                "2 processes, 1 job each": lambda: measured(2, 1),
                "starting, 1 day": lambda: measured(1, 1, 1),
            },
            repeats=REPEATS,
            warm_ups=0,
        )
    for name, seconds in timings.seconds.items():
        ratio = timings.ratio(name, "1 process, 2 jobs")
        print(name, seconds, f"{ratio.median:.2f} ({ratio.low:.2f} to {ratio.high:.2f})")  # noqa: T201
    database.use()
    written_days.clear()


def run(url: str, processes: int, jobs: int, days: int) -> float:
    """The seconds until all of these backfills, each of its share of the days, have ended."""
    from tests.benchmarks.scale import BACKFILLED_FROM

    share = days // processes
    began = perf_counter()
    backfills = [
        start(url, jobs, BACKFILLED_FROM + timedelta(days=number * share), share)
        for number in range(processes)
    ]
    assert [process.wait() for process in backfills] == [0] * processes
    return perf_counter() - began


def start(url: str, jobs: int, first: date, days: int) -> "subprocess.Popen[bytes]":
    limits = {"ELEXON_BASE_URL": url, "ELEXON_REQUESTS_PER_MINUTE": "1000000"}
    dates = ["--from", str(first), "--to", str(first + timedelta(days=days - 1))]
    return subprocess.Popen(
        [sys.executable, "manage.py", "backfill", *dates, "--jobs", str(jobs)],
        cwd=settings.BASE_DIR,
        env=os.environ | limits,
        stdout=subprocess.DEVNULL,
    )


if __name__ == "__main__":
    main()
