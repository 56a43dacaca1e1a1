"""Spreads the big tables over a Citus cluster, and brings them back."""

from argparse import ArgumentParser, ArgumentTypeError
from typing import Any

from django.core.management.base import CommandError

from config.commands import OperatorCommand, positive_integer
from summaries.distributing import (
    ClusterRefused,
    check_cluster,
    distribute,
    plan,
    plan_undoing,
    undo,
)
from summaries.distributing.operations import SHARDS, Step

# Each piece is a table for each year; Citus itself takes no more than 64,000.
MOST_SHARDS = 1_000


def number_of_shards(text: str) -> int:
    """A number from 1 to MOST_SHARDS. Raises ArgumentTypeError."""
    number = positive_integer(text)
    if number > MOST_SHARDS:
        raise ArgumentTypeError(f"{text} is too many. Give at most {MOST_SHARDS}.")
    return number


class Command(OperatorCommand):
    help = (
        "Distributes the records and the calculations over the Citus cluster whose coordinator "
        "DATABASE_URL names, by BM Unit, and with --undo brings them back. What is done already "
        "is left alone. Stop the background work first: whoever writes records waits."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--undo", action="store_true", help="bring the tables back")
        parser.add_argument(
            "--dry-run", action="store_true", help="say what would be done, and do nothing"
        )
        parser.add_argument(
            "--shards",
            type=number_of_shards,
            default=SHARDS,
            metavar="N",
            help=f"pieces of a table and year, at most {MOST_SHARDS} ({SHARDS})",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            cluster = check_cluster()
            self.stdout.write(f"{cluster}.")
            if options["dry_run"]:
                self._say(plan_undoing() if options["undo"] else plan(shards=options["shards"]))
            elif options["undo"]:
                undo(tell=self.stdout.write)
                self.stdout.write("The big tables are the coordinator's own.")
            else:
                distribute(shards=options["shards"], tell=self.stdout.write)
                self.stdout.write("The big tables are distributed by BM Unit, side by side.")
        except ClusterRefused as error:
            raise CommandError(str(error)) from error

    def _say(self, steps: list[Step]) -> None:
        for step in steps:
            self.stdout.write(f"Would {step.words}.")
        if not steps:
            self.stdout.write("Nothing to do.")
