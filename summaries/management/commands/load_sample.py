"""Fills the database with built-in sample data."""

from argparse import ArgumentParser
from typing import Any

from django.utils import timezone

from config.commands import BadInput, OperatorCommand, add_date_range, date_range
from curtailment.operations.register import sync_bmunits
from curtailment.sample import SAMPLE_FIRST_DATE, SAMPLE_LAST_DATE, SampleSource
from mining.operations import load_embedded_epochs, load_sample_prices
from summaries.management.days import run_backfill


class Command(OperatorCommand):
    help = (
        f"Loads sample data of {SAMPLE_FIRST_DATE} to {SAMPLE_LAST_DATE} through the same steps "
        "as real data, without a network. Days that have real data are left as they are."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_date_range(parser, required=False)
        parser.set_defaults(
            first_date=SAMPLE_FIRST_DATE.isoformat(), last_date=SAMPLE_LAST_DATE.isoformat()
        )

    def handle(self, *args: Any, **options: Any) -> None:
        first, last = date_range(options)
        if first < SAMPLE_FIRST_DATE or last > SAMPLE_LAST_DATE:
            raise BadInput(f"Sample data cover {SAMPLE_FIRST_DATE} to {SAMPLE_LAST_DATE} only.")
        now = timezone.now()
        source = SampleSource()
        sync_bmunits(source, now=now)
        load_embedded_epochs(now=now)
        load_sample_prices(now=now)
        run_backfill(first, last, source=source, stdout=self.stdout, jobs=1, force=False)
