"""Creates the yearly partitions of the big tables."""

from argparse import ArgumentParser
from typing import Any

from django.utils import timezone

from config.commands import BadInput, OperatorCommand, natural_number
from curtailment.partitions import ensure_partitions, partitioned_tables, years_in_default
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
            "--ahead", type=natural_number, default=2, metavar="N", help="coming years (2)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["ahead"] > MOST_YEARS_AHEAD:
            raise BadInput(f"--ahead {options['ahead']} is more than {MOST_YEARS_AHEAD} years.")
        this_year = settlement_date_at(timezone.now()).year
        years = set(range(this_year, this_year + options["ahead"] + 1))
        for table in partitioned_tables():
            years.update(years_in_default(table))
        created = ensure_partitions(sorted(years))
        for name in created:
            self.stdout.write(f"Created {name}.")
        self.stdout.write(
            f"{len(partitioned_tables())} tables have the partitions of "
            f"{', '.join(map(str, sorted(years)))}; {len(created)} created."
        )
