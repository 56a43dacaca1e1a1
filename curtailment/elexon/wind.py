"""Actual wind output (AGWS): by settlement period, in MW as published, in MWh as answered."""

from collections.abc import Iterable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import msgspec

from curtailment.elexon.decoding import (
    check_number,
    convert,
    rows_of,
    whole_numbers_to_decimals,
)
from curtailment.elexon.faults import RefusedAnswer
from curtailment.settlement import HOURS_PER_PERIOD, count_periods
from curtailment.sources import WindOutput

LARGEST_OUTPUT_MW = 1_000_000
ONSHORE, OFFSHORE = "Wind Onshore", "Wind Offshore"

_HOURS = Decimal(str(HOURS_PER_PERIOD))
_LONG_AGO = datetime.min.replace(tzinfo=UTC)


class _Row(msgspec.Struct, rename="camel"):
    settlement_date: date
    settlement_period: int
    psr_type: str | None
    quantity: Decimal
    publish_time: datetime | None = None


class _Answer(msgspec.Struct):
    data: list[_Row]


def wind_outputs(payload: Any, settlement_date: date) -> list[WindOutput]:
    """Wind output of the periods of a date, in order, as far as published. Raises RefusedAnswer.

    Of contradictory rows of one period and type the one published last counts.
    """
    for row in rows_of(payload, "data"):
        whole_numbers_to_decimals(row, ("quantity",))
    quantities = _quantities_mw(enumerate(convert(payload, _Answer).data), settlement_date)
    return [
        WindOutput(
            settlement_date=settlement_date,
            settlement_period=number,
            onshore_mwh=_mwh(quantities.get((number, ONSHORE))),
            offshore_mwh=_mwh(quantities.get((number, OFFSHORE))),
        )
        for number in sorted({number for number, _ in quantities})
    ]


def _quantities_mw(
    rows: Iterable[tuple[int, _Row]], settlement_date: date
) -> dict[tuple[int, str], Decimal]:
    newest: dict[tuple[int, str], _Row] = {}
    for position, row in rows:
        if row.settlement_date != settlement_date or row.psr_type not in (ONSHORE, OFFSHORE):
            continue
        _check(row, f"data[{position}]")
        key = (row.settlement_period, row.psr_type)
        newest[key] = _newer(newest.get(key, row), row, f"data[{position}]")
    return {key: row.quantity for key, row in newest.items()}


def _check(row: _Row, place: str) -> None:
    count = count_periods(row.settlement_date)
    if not 1 <= row.settlement_period <= count:
        raise RefusedAnswer(
            f"{place}.settlementPeriod: expected 1 to {count}, got {row.settlement_period}"
        )
    check_number(row.quantity, place=f"{place}.quantity", largest=LARGEST_OUTPUT_MW, unit="MW")


def _newer(one: _Row, other: _Row, place: str) -> _Row:
    if _published_at(one) == _published_at(other) and one.quantity != other.quantity:
        raise RefusedAnswer(
            f"{place}.quantity: contradicts a row of the same period, type and publishTime"
        )
    return max(one, other, key=_published_at)


def _published_at(row: _Row) -> datetime:
    if row.publish_time is None:
        return _LONG_AGO
    return row.publish_time if row.publish_time.tzinfo else row.publish_time.replace(tzinfo=UTC)


def _mwh(quantity_mw: Decimal | None) -> Decimal | None:
    return None if quantity_mw is None else quantity_mw * _HOURS
