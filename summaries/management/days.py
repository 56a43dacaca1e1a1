"""Running a command over days: progress, a summary at the end, and the exit status."""

from datetime import date
from typing import Any

from django.core.management.base import CommandError
from django.utils import timezone

from config.progress import progress
from curtailment.sources import SettlementSource
from summaries.backfill import BackfillResult, backfill
from summaries.pipeline import DayResult, Status


def run_backfill(
    first: date, last: date, *, source: SettlementSource, stdout: Any, jobs: int, force: bool
) -> None:
    """This will backfill a range of days and say what came of it.

    Raises CommandError, for exit status 1, unless all was done.
    """
    with progress((last - first).days + 1, stdout=stdout, unit="day") as report:
        result = backfill(
            first,
            last,
            source=source,
            clock=timezone.now,
            jobs=jobs,
            force=force,
            on_day=lambda day: report(str(day), important=not day.is_ok),
        )
    stdout.write(summary_line(result))
    fail_on(result.troubled)
    not_begun = (last - first).days + 1 - len(result.results)
    if not_begun:
        raise CommandError(f"Paused or canceled: {days(not_begun)} not begun.")


def summary_line(result: BackfillResult) -> str:
    """How many days ended how, in one line."""
    counts = ", ".join(
        f"{result.count(status)} {status}" for status in Status if result.count(status)
    )
    return f"{days(len(result.results))}: {counts}."


def days(count: int) -> str:
    """A number of days, in words."""
    return "1 day" if count == 1 else f"{count} days"


def fail_on(troubled: list[DayResult]) -> None:
    """Raises CommandError that lists the days of which not all was done."""
    if troubled:
        lines = "\n".join(f"  {day}" for day in troubled)
        raise CommandError(f"{days(len(troubled))} not done:\n{lines}")
