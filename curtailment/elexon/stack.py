"""The settlement stack of a period (ISPSTACK)."""

from datetime import UTC
from typing import Any

import msgspec

from curtailment.elexon.decoding import (
    check_id,
    check_number,
    convert,
    rows_of,
    whole_numbers_to_decimals,
)
from curtailment.elexon.faults import RefusedAnswer
from curtailment.settlement import SettlementPeriod
from curtailment.sources import StackLine

# Far beyond anything real, so that only an answer in the wrong unit or a garbled one is refused.
LARGEST_VOLUME_MWH = 100_000
LARGEST_PRICE_GBP_PER_MWH = 1_000_000
LARGEST_LOSS_MULTIPLIER = 10

_NUMBERS = ("volume", "originalPrice", "finalPrice", "transmissionLossMultiplier")


class _Answer(msgspec.Struct):
    data: list[StackLine]


def stack_lines(payload: Any, period: SettlementPeriod) -> list[StackLine]:
    """The lines of a period's stack, in the order of the answer. Raises RefusedAnswer.

    Nulls stay null, equal lines stay several, and a number for an id becomes its text. A null
    `data` is refused: only an empty list says that nothing was accepted.
    """
    for row in rows_of(payload, "data"):
        whole_numbers_to_decimals(row, _NUMBERS)
        if type(row.get("id")) is int:
            row["id"] = str(row["id"])
    lines = convert(payload, _Answer).data
    for position, line in enumerate(lines):
        _check(line, period, f"data[{position}]")
    return [_in_utc(line) for line in lines]


def _check(line: StackLine, period: SettlementPeriod, place: str) -> None:
    _check_period(line, period, place)
    check_id(line.id, place=f"{place}.id")
    check_number(line.volume, place=f"{place}.volume", largest=LARGEST_VOLUME_MWH, unit="MWh")
    for name, price in (("originalPrice", line.original_price), ("finalPrice", line.final_price)):
        check_number(
            price, place=f"{place}.{name}", largest=LARGEST_PRICE_GBP_PER_MWH, unit="GBP/MWh"
        )
    _check_loss_multiplier(line, f"{place}.transmissionLossMultiplier")


def _check_period(line: StackLine, period: SettlementPeriod, place: str) -> None:
    if line.settlement_date != period.settlement_date:
        raise RefusedAnswer(
            f"{place}.settlementDate: expected {period.settlement_date}, got {line.settlement_date}"
        )
    if line.settlement_period != period.number:
        raise RefusedAnswer(
            f"{place}.settlementPeriod: expected {period.number}, got {line.settlement_period}"
        )


def _check_loss_multiplier(line: StackLine, place: str) -> None:
    value = line.transmission_loss_multiplier
    if value is None:
        return
    if not 0 < value < LARGEST_LOSS_MULTIPLIER:
        raise RefusedAnswer(
            f"{place}: expected between 0 and {LARGEST_LOSS_MULTIPLIER}, got {value}"
        )
    check_number(value, place=place, largest=LARGEST_LOSS_MULTIPLIER, unit="")


def _in_utc(line: StackLine) -> StackLine:
    """The line with its createdDateTime in UTC; one without a zone is in UTC already."""
    created = line.created_date_time
    if created is None or created.tzinfo is UTC:
        return line
    aware = created.replace(tzinfo=UTC) if created.tzinfo is None else created.astimezone(UTC)
    return msgspec.structs.replace(line, created_date_time=aware)
