"""Rebuilds bitcoin and summaries from the records that are stored."""

from argparse import ArgumentParser
from typing import Any

from django.utils import timezone

from config.commands import BadInput, OperatorCommand, add_date_range, date_range
from config.progress import progress
from curtailment.models import IngestionProgress
from mining.models import MinerModel
from summaries.management.days import fail_on
from summaries.pipeline import finish_day


class Command(OperatorCommand):
    help = (
        "Recalculates bitcoin and summaries of the days that have records. Nothing is fetched. "
        "Exit status 1 if a difficulty is not known."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_date_range(parser)
        parser.add_argument("--miner", metavar="KEY", help="only this miner model's bitcoin")

    def handle(self, *args: Any, **options: Any) -> None:
        first, last = date_range(options)
        miner_keys = _active_miner_keys(options["miner"])
        stored = IngestionProgress.objects.exclude(data_state="none")
        days = stored.filter(settlement_date__range=(first, last)).order_by("settlement_date")
        results = []
        with progress(days.count(), stdout=self.stdout, unit="day") as report:
            for day in days.values_list("settlement_date", flat=True):
                result = finish_day(day, now=timezone.now(), miner_keys=miner_keys)
                results.append(result)
                report(str(result), important=not result.is_ok)
        without = (last - first).days + 1 - len(results)
        done = sum(result.is_ok for result in results)
        self.stdout.write(f"{done} days recalculated, {without} without data.")
        fail_on([result for result in results if not result.is_ok])


def _active_miner_keys(key: str | None) -> list[str] | None:
    """The miner model to calculate; None for all. Raises BadInput for an unknown one."""
    if key is None:
        return None
    active = list(MinerModel.objects.filter(active=True).values_list("key", flat=True))
    if key not in active:
        raise BadInput(f"{key!r} is no active miner model. There are: {', '.join(active)}.")
    return [key]
