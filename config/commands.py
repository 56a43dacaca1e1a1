"""What the management commands of Windfall have in common."""

import sys
from argparse import ArgumentParser, ArgumentTypeError
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import Error
from django.utils import timezone

from config.interruption import interrupt_on_signals, was_interrupted
from curtailment.settlement import (
    InvalidSettlementDate,
    parse_settlement_date,
    settlement_date_at,
)


class BadInput(CommandError):
    """What the operator typed cannot be done; exit status 2, nothing was changed."""

    def __init__(self, message: str) -> None:
        super().__init__(message, returncode=2)


class OperatorCommand(BaseCommand):
    """A command whose errors, on the command line, are their sentence and nothing before it."""

    # Django sets it; its stubs do not know it.
    _called_from_command_line: bool

    def execute(self, *args: Any, **options: Any) -> str | None:
        if self._called_from_command_line:
            interrupt_on_signals()
        try:
            return super().execute(*args, **options)
        except Error:
            if was_interrupted():
                # In the middle of a statement: the connection is of no use any more.
                raise KeyboardInterrupt from None
            raise
        except CommandError as error:
            if not self._called_from_command_line or options["traceback"]:
                raise
            self.stderr.write(str(error))
            sys.exit(error.returncode)


def add_date_range(parser: ArgumentParser, *, required: bool = True) -> None:
    """Adds --from and --to, both included."""
    for name, what in (("from", "first"), ("to", "last")):
        parser.add_argument(
            f"--{name}",
            dest=f"{what}_date",
            metavar="YYYY-MM-DD",
            required=required,
            help=f"{what} settlement date (London)",
        )


def date_range(options: dict[str, Any]) -> tuple[date, date]:
    """The first and last date of --from and --to. Raises BadInput."""
    today = settlement_date_at(timezone.now())
    try:
        first = parse_settlement_date(options["first_date"], today=today)
        last = parse_settlement_date(options["last_date"], today=today)
    except InvalidSettlementDate as error:
        raise BadInput(str(error)) from error
    if first > last:
        raise BadInput(f"--from {first} is after --to {last}. Swap them.")
    return first, last


def positive_integer(text: str) -> int:
    """An argument that is a whole number above zero."""
    if not text.isascii() or not text.isdigit() or int(text) < 1:
        raise ArgumentTypeError(f"{text!r} is not a whole number above zero.")
    return int(text)


def natural_number(text: str) -> int:
    """An argument that is a whole number, zero included."""
    if not text.isascii() or not text.isdigit():
        raise ArgumentTypeError(f"{text!r} is not a whole number.")
    return int(text)
