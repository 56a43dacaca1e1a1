"""Creates the yearly partitions of the big tables."""

from argparse import ArgumentParser
from typing import Any

from django.utils import timezone

from config.commands import BadInput, OperatorCommand, natural_number
from curtailment.partitions import YEARS_AHEAD, ensure_partitions_ahead, partitioned_tables
from curtailment.settlement import settlement_date_at

# More is a slip of the finger: every partition slows every query a little.
MOST_YEARS_AHEAD = 50


class Command(OperatorCommand):
    help = (
        "Creates the partitions of this year and of N coming years, and of every year of which "
        "the default partitions hold rows; those rows are moved."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--ahead",
            type=natural_number,
            default=YEARS_AHEAD,
            metavar="N",
            help="coming years (2)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["ahead"] > MOST_YEARS_AHEAD:
            raise BadInput(f"--ahead {options['ahead']} is more than {MOST_YEARS_AHEAD} years.")
        this_year = settlement_date_at(timezone.now()).year
        years, created = ensure_partitions_ahead(this_year, ahead=options["ahead"])
        for name in created:
            self.stdout.write(f"Created {name}.")
        self.stdout.write(
            f"{len(partitioned_tables())} tables have the partitions of "
            f"{', '.join(map(str, years))}; {len(created)} created."
        )
