"""Creates the yearly partitions of the big tables, archives them, and puts them back."""

from argparse import ArgumentParser
from datetime import MAXYEAR
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError
from django.utils import timezone

from config.commands import BadInput, OperatorCommand, natural_number, positive_integer
from curtailment.archive import ArchiveRefused, attach_file, detach_year
from curtailment.models import ArchivedYear
from curtailment.partitions import YEARS_AHEAD, ensure_partitions_ahead, partitioned_tables
from curtailment.settlement import FIRST_SETTLEMENT_DATE, settlement_date_at

# More is a slip of the finger: every partition slows every query a little.
MOST_YEARS_AHEAD = 50
ARCHIVES_DIR = settings.VAR_DIR / "archives"


class Command(OperatorCommand):
    help = (
        "Creates the partitions of this year and of N coming years, and of every year of which "
        "the default partitions hold rows; those rows are moved. With --detach a year's records "
        "and calculations are moved into a file, whose --attach puts them back."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        what = parser.add_mutually_exclusive_group()
        what.add_argument(
            "--ahead",
            type=natural_number,
            default=YEARS_AHEAD,
            metavar="N",
            help="coming years (2)",
        )
        what.add_argument(
            "--detach", type=positive_integer, metavar="YEAR", help="archive the rows of a year"
        )
        what.add_argument("--attach", type=Path, metavar="FILE", help="put an archived year back")
        parser.add_argument(
            "--folder",
            type=Path,
            default=ARCHIVES_DIR,
            metavar="FOLDER",
            help="where --detach writes windfall-YEAR.zip (var/archives)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            if options["detach"] is not None:
                self.detach(options["detach"], options["folder"])
            elif options["attach"] is not None:
                self.attach(options["attach"])
            else:
                self.create(options["ahead"])
        except ArchiveRefused as error:
            raise CommandError(str(error)) from error

    def detach(self, year: int, folder: Path) -> None:
        if not FIRST_SETTLEMENT_DATE.year <= year <= MAXYEAR - 1:
            raise BadInput(f"--detach {year} is no year of settlement.")
        archived = detach_year(year, folder, now=timezone.now())
        self.stdout.write(
            f"Archived {year} in {folder / archived.file_name}: {rows_of(archived)}. Keep the "
            "file: it is the only copy."
        )

    def attach(self, path: Path) -> None:
        archived = attach_file(path)
        self.stdout.write(f"Attached {archived.year}: {rows_of(archived)}.")

    def create(self, ahead: int) -> None:
        if ahead > MOST_YEARS_AHEAD:
            raise BadInput(f"--ahead {ahead} is more than {MOST_YEARS_AHEAD} years.")
        this_year = settlement_date_at(timezone.now()).year
        years, created = ensure_partitions_ahead(this_year, ahead=ahead)
        for name in created:
            self.stdout.write(f"Created {name}.")
        self.stdout.write(
            f"{len(partitioned_tables())} tables have the partitions of "
            f"{', '.join(map(str, years))}; {len(created)} created."
        )


def rows_of(archived: ArchivedYear) -> str:
    """How many rows of which table."""
    return ", ".join(f"{count:,} of {table}" for table, count in archived.row_counts.items())
