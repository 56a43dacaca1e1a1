"""What the management commands of Windfall have in common."""

from argparse import ArgumentParser, ArgumentTypeError
from datetime import date
from typing import Any

from django.core.management.base import CommandError
from django.utils import timezone

from curtailment.settlement import (
    InvalidSettlementDate,
    parse_settlement_date,
    settlement_date_at,
)


class BadInput(CommandError):
    """What the operator typed cannot be done; exit status 2, nothing was changed."""

    def __init__(self, message: str) -> None:
        super().__init__(message, returncode=2)


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
    return 0 if text == "0" else positive_integer(text)
