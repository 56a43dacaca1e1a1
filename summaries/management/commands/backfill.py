"""Brings days from Elexon to the summaries."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError
from django.utils import timezone

from config.commands import OperatorCommand, add_date_range, date_range, positive_integer
from curtailment.elexon.configured import client_from_settings
from curtailment.queries import has_wind_units_for
from summaries.long_backfills import start_backfill
from summaries.management.days import run_backfill


class Command(OperatorCommand):
    help = (
        "Fetches settlement dates from Elexon, replaces their records, and rebuilds bitcoin and "
        "summaries. Complete final days are skipped unless --force; interrupted, it goes on "
        "where it was when started again. Exit status 1 if a day failed."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_date_range(parser)
        parser.add_argument(
            "--jobs", type=positive_integer, default=2, metavar="N", help="days at a time (2)"
        )
        parser.add_argument("--force", action="store_true", help="fetch complete days again too")
        parser.add_argument(
            "--background",
            action="store_true",
            help="hand it to the cluster and end; `backfills` shows how far it is",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        first, last = date_range(options)
        if options["background"]:
            record = start_backfill(first, last, force=options["force"], now=timezone.now())
            self.stdout.write(f"Backfill {record.pk} was handed to the cluster.")
            return
        with client_from_settings() as client:
            if not has_wind_units_for(client):
                raise CommandError(
                    "The register has no wind unit of Elexon's: run sync_bmunits first."
                )
            run_backfill(
                first,
                last,
                source=client,
                stdout=self.stdout,
                jobs=options["jobs"],
                force=options["force"],
            )
