"""Takes over the records of the platform before."""

from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import CommandError
from django.utils import timezone

from config.commands import BadInput, OperatorCommand, add_date_range, date_range
from config.progress import progress
from curtailment.checks import NO_WIND_UNITS
from curtailment.legacy import LegacyTable, LegacyUnreachable, NotTheLegacyTable, open_table
from curtailment.models import IngestionProgress
from curtailment.queries import has_wind_units
from curtailment.settlement import FIRST_SETTLEMENT_DATE, settlement_date_at
from summaries.importing import ImportResult, import_legacy
from summaries.management.days import fail_on


class Command(OperatorCommand):
    help = (
        "Imports `curtailment_records` of the platform before from its own database, which is "
        "only read. Duplicates are added up and payments computed anew. Days that Elexon's "
        "answer is stored of are left alone, and a later backfill replaces what was imported. "
        "Every row that was not taken is listed; exit status 1 if there is any."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--database-url",
            required=True,
            metavar="URL",
            help="postgresql://user:password@host/name of the old database",
        )
        add_date_range(parser, required=False)

    def handle(self, *args: Any, **options: Any) -> None:
        first, last = _range(options)
        if not has_wind_units(IngestionProgress.Source.ELEXON):
            raise BadInput(f"Nothing was imported: {NO_WIND_UNITS}.")
        try:
            with open_table(options["database_url"]) as table:
                result = self._import(table, first, last)
        except NotTheLegacyTable as error:
            raise BadInput(str(error)) from error
        except LegacyUnreachable as error:
            raise CommandError(str(error)) from error
        self.stdout.write(str(result))
        fail_on(result.problems)
        if result.refused:
            raise CommandError(f"Rows not taken: {result.refused:,}. Each is listed above.")

    def _import(self, table: LegacyTable, first: date, last: date) -> ImportResult:
        total = table.count_dates(first, last)
        with progress(total, stdout=self.stdout, unit="day") as report:
            return import_legacy(
                table,
                first,
                last,
                clock=timezone.now,
                on_day=lambda day: report(str(day), important=not day.is_ok),
            )


def _range(options: dict[str, Any]) -> tuple[date, date]:
    """The range asked for. Where an end is not named there is none, so that a row with an
    impossible date is told too.
    """
    today = settlement_date_at(timezone.now())
    named = {
        "first_date": options["first_date"] or FIRST_SETTLEMENT_DATE.isoformat(),
        "last_date": options["last_date"] or today.isoformat(),
    }
    first, last = date_range(named)
    return (
        first if options["first_date"] else date.min,
        last if options["last_date"] else date.max,
    )
