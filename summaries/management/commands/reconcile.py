"""Compares what is stored with everything that it follows from."""

from argparse import ArgumentParser
from itertools import groupby
from operator import attrgetter
from typing import Any

from django.core.management.base import CommandError
from django.utils import timezone

from config.commands import OperatorCommand, add_date_range, date_range
from config.progress import progress
from curtailment.elexon.configured import client_from_settings
from summaries.reconciling import CheckedDay, reconcile, sources_with

ROW = "{:<10}  {:<15}  {}"


class Command(OperatorCommand):
    help = (
        "Compares settlement dates with the calendar, their evidence, a fresh answer of their "
        "source, and bitcoin and totals with what they are made of. Every difference is listed, "
        "and so is a check that could not be done. Exit status 1 while any remains."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_date_range(parser)
        parser.add_argument(
            "--fix",
            action="store_true",
            help="mend what differs by fetching or recalculating its day, and check again",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        first, last = date_range(options)
        self.stdout.write(ROW.format("day", "check", "difference"))
        total = (last - first).days + 1
        with (
            client_from_settings() as client,
            progress(total, stdout=self.stdout, unit="day", only_important=True) as report,
        ):
            result = reconcile(
                first,
                last,
                sources=sources_with(client),
                clock=timezone.now,
                fix=options["fix"],
                on_day=lambda day: report(table_rows(day), important=not day.is_ok),
            )
        self.stdout.write(str(result))
        if not result.is_clean:
            raise CommandError(f"Differences remain: {len(result.remaining)}.")


def table_rows(day: CheckedDay) -> str:
    """A row for each thing that differs, and one a date for what was mended."""
    rows = [(each.settlement_date, each.check, each.sentence) for each in day.remaining]
    for settlement_date, mended in groupby(day.mended, key=attrgetter("settlement_date")):
        rows.append((settlement_date, "mended", ", ".join(each.check for each in mended)))
    rows = rows or [(day.settlement_date, "ok", "")]
    return "\n".join(ROW.format(str(settlement_date), *row) for settlement_date, *row in rows)
