"""`python -m tests.benchmarks --scale 1`: makes the data, measures, and writes what it found."""

import logging
import os
import sys
from argparse import ArgumentParser, Namespace
from datetime import UTC, datetime
from pathlib import Path

import django
from django.core.exceptions import ImproperlyConfigured
from django.db import OperationalError

from tests.benchmarks.refusals import CannotBegin

ROOT = Path(__file__).resolve().parents[2]
FAILED, REFUSED = 1, 2
# A whole year from 1 x on; below, enough to see whether something is wrong.
DAYS_BACKFILLED, DAYS_BACKFILLED_BELOW_ONE = 365, 14


def main() -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    try:
        django.setup()
        _run(_arguments())
    except CannotBegin as error:
        print(error, file=sys.stderr)  # noqa: T201
        return REFUSED
    except ImproperlyConfigured as error:
        print(error, file=sys.stderr)  # noqa: T201
        return FAILED
    except OperationalError as error:
        # Only now: it needs settings.
        from config.database.problems import sentence_of

        print(sentence_of(error), file=sys.stderr)  # noqa: T201
        return FAILED
    return 0


def _arguments() -> Namespace:
    parser = ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("--scale", default="0.1", help="1 is four years, two million records (0.1)")
    parser.add_argument("--database", metavar="NAME", help="bench_..., else one of the scale")
    parser.add_argument("--repeats", default="5", metavar="N", help="turns that count (5)")
    parser.add_argument("--days", metavar="N", help="days of the backfill (365; below 1 x 14)")
    parser.add_argument("--document", type=Path, default=ROOT / "docs" / "benchmarks.md")
    parser.add_argument("--results", type=Path, default=ROOT / "var" / "bench")
    return parser.parse_args()


def _run(arguments: Namespace) -> None:
    # Only now: they need settings.
    from tests.benchmarks import document, machine
    from tests.benchmarks.database import name_for, open_database
    from tests.benchmarks.measuring import measure_all, prepare
    from tests.benchmarks.results import Run
    from tests.benchmarks.scale import Scale

    scale = Scale.parse(arguments.scale)
    repeats = _number("repeats", arguments.repeats, most=7)
    usual = DAYS_BACKFILLED if scale.factor >= 1 else DAYS_BACKFILLED_BELOW_ONE
    days = _number("days", arguments.days or str(usual), most=DAYS_BACKFILLED)
    document.refuse_without_place(arguments.document)
    _refuse_unreadable(arguments.results)
    database, is_filled = open_database(arguments.database or name_for(scale), scale)

    # What is slow here is meant to be.
    logging.disable()
    prepare(database, is_filled=is_filled, say=_say)
    run = Run(scale.factor, machine.facts(began_at=datetime.now(UTC)))
    for finding in measure_all(database, repeats=repeats, days=days):
        run.findings.append(finding)
        _say(document.line_of(finding, scale.factor))
    document.store(run, arguments.results)
    runs = document.stored_runs(arguments.results)
    document.write(arguments.document, runs, records=Scale(1).record_count)
    _say(f"Written to {arguments.document}.")


def _refuse_unreadable(results: Path) -> None:
    """Before hours of measuring, not after. Raises CannotBegin."""
    from tests.benchmarks import document

    try:
        results.mkdir(parents=True, exist_ok=True)
        document.stored_runs(results)
    except (OSError, ValueError, KeyError, TypeError) as error:
        said = f"--results {results} cannot be used ({error!r}). Name an empty folder."
        raise CannotBegin(said) from error


def _number(name: str, text: str, *, most: int) -> int:
    """A whole number of an option. Raises CannotBegin."""
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= most:
        raise CannotBegin(f"--{name} is {text!r}. Give a whole number from 1 to {most}.")
    return int(text)


def _say(line: str) -> None:
    print(line, flush=True)  # noqa: T201


if __name__ == "__main__":
    sys.exit(main())
