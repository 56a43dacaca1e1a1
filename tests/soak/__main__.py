"""`python -m tests.soak`: what must hold under load and faults, tried at length.

Everything happens on loopback, on a PostgreSQL of its own in a temporary folder (`soak_*`), which
is removed in the end. Exit status 1 if anything does not hold.
"""

import argparse
import logging
import os
import sys
import tempfile
from pathlib import Path
from time import perf_counter

import django

ROOT = Path(__file__).resolve().parents[2]


def main() -> int:
    """This will run the rows that were chosen, and print what was found."""
    with tempfile.TemporaryDirectory(prefix="soak_", ignore_cleanup_errors=True) as folder:
        # Read by the settings when they are imported; an empty one hides that of .env.
        os.environ |= {
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "DATABASE_URL": "",
            "CACHE_URL": "",
            "REDIS_URL": "",
            "EMBEDDED_POSTGRES_DIR": str(Path(folder) / "postgres"),
            "SECRET_KEY": "only-for-the-soak",
        }
        os.chdir(ROOT)
        django.setup()
        logging.disable(logging.CRITICAL)
        _keep_processes_quiet(Path(folder) / "processes.log")
        return _run()


def _keep_processes_quiet(log: Path) -> None:
    """Sends to a file what processes that we start say about being killed; not what we say."""
    sys.stdout = os.fdopen(os.dup(1), "w", buffering=1)
    sys.stderr = os.fdopen(os.dup(2), "w", buffering=1)
    with log.open("w") as file:
        for stream in (1, 2):
            os.dup2(file.fileno(), stream)


def _run() -> int:
    # Models can be imported only now.
    from config.database import embedded
    from tests.soak.rows import ROWS
    from tests.soak.world import empty_database, prepare_database

    arguments = _parser(sorted(ROWS)).parse_args()
    is_whole = True
    try:
        prepare_database()
        for name in arguments.only or ROWS:
            empty_database()
            count = getattr(arguments, name) or ROWS[name].count
            is_whole &= _run_row(name, count, arguments.seed)
    finally:
        embedded.stop()
    return 0 if is_whole else 1


def _parser(names: list[str]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description=__doc__)
    parser.add_argument("--only", nargs="+", choices=names, help="rows to run (default: all)")
    parser.add_argument("--seed", type=int, default=1, help="the same seed tries the same")
    for name in names:
        parser.add_argument(f"--{name}", type=int, metavar="N", help=f"how many {name}")
    return parser


def _run_row(name: str, count: int, seed: int) -> bool:
    """Whether a row holds; prints its line of the table, and the first things that do not."""
    from tests.soak.found import MOST_SHOWN
    from tests.soak.rows import ROWS

    row, started = ROWS[name], perf_counter()
    found = row.run(count, seed)
    verdict = "holds" if not found.broken else f"BROKEN {len(found.broken)} times"
    seconds = perf_counter() - started
    line = (row.what, f"{found.tried:,}", row.must_hold, f"{verdict}: {found}", f"{seconds:.0f} s")
    sys.stdout.write(f"| {' | '.join(line)} |\n")
    for sentence in found.broken[:MOST_SHOWN]:
        sys.stdout.write(f"    {sentence}\n")
    sys.stdout.flush()
    return not found.broken


if __name__ == "__main__":
    sys.exit(main())
