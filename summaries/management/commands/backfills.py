"""Lists backfills, and pauses, resumes and cancels them."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError
from django.utils import timezone

from config.commands import OperatorCommand, positive_integer
from curtailment.models import Backfill
from summaries.steering import NotSteerable, cancel, pause, resume

WAYS = {"pause": pause, "resume": resume, "cancel": cancel}
SHOWN = 20


class Command(OperatorCommand):
    help = (
        "Lists the newest backfills and how far they are, or pauses, resumes or cancels one. The "
        "days in hand are finished first. Resumed, the cluster goes on and tries failed days again."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        way = parser.add_mutually_exclusive_group()
        for name in WAYS:
            way.add_argument(f"--{name}", type=positive_integer, metavar="ID", help=f"{name} it")

    def handle(self, *args: Any, **options: Any) -> None:
        chosen = [(way, options[name]) for name, way in WAYS.items() if options[name]]
        try:
            shown = [way(backfill_id, now=timezone.now()) for way, backfill_id in chosen]
        except NotSteerable as error:
            raise CommandError(str(error)) from error
        for record in shown or Backfill.objects.order_by("-pk")[:SHOWN]:
            self.stdout.write(line_of(record))


def line_of(record: Backfill) -> str:
    """A backfill in a line."""
    failed = f", {record.days_failed} failed" if record.days_failed else ""
    where = "cluster" if record.in_background else "command"
    return (
        f"{record.pk:>6}  {record}; {record.days_done} of {record.days_total} days done{failed} "
        f"({where})"
    )
