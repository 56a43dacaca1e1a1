"""Indicative cash flows (EBOCF) and volumes (DISPTAV) of a date's bids, by unit and period."""

from collections.abc import Iterable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Protocol, TypeVar

import msgspec

from curtailment.elexon.decoding import (
    check_id,
    check_number,
    convert,
    rows_of,
    whole_numbers_to_decimals,
)
from curtailment.elexon.faults import RefusedAnswer
from curtailment.elexon.stack import LARGEST_VOLUME_MWH
from curtailment.settlement import count_periods
from curtailment.sources import IndicativeCashFlow, IndicativeVolume

LARGEST_CASH_FLOW_GBP = 1_000_000_000
# As accepted. `Tagged` is what is left of it after steps that only the price of imbalance needs.
ORIGINAL = "Original"

_LONG_AGO = datetime.min.replace(tzinfo=UTC)


class _CashFlow(msgspec.Struct, rename="camel"):
    settlement_date: date
    settlement_period: int
    bm_unit: str | None
    total_cashflow: Decimal
    created_date_time: datetime | None = None

    @property
    def figure(self) -> Decimal:
        return self.total_cashflow


class _Volume(msgspec.Struct, rename="camel"):
    settlement_date: date
    settlement_period: int
    bm_unit: str | None
    data_type: str | None
    total_volume_accepted: Decimal | None
    created_date_time: datetime | None = None

    @property
    def figure(self) -> Decimal | None:
        return self.total_volume_accepted


class _CashFlows(msgspec.Struct):
    data: list[_CashFlow]


class _Volumes(msgspec.Struct):
    data: list[_Volume]


class _Row(Protocol):
    settlement_date: date
    settlement_period: int
    bm_unit: str | None
    created_date_time: datetime | None

    @property
    def figure(self) -> Decimal | None: ...


Row = TypeVar("Row", bound=_Row)


def cash_flows(payload: Any, settlement_date: date) -> list[IndicativeCashFlow]:
    """The cash flows of a date's accepted bids, each unit once a period. Raises RefusedAnswer."""
    _prepare(payload, "totalCashflow")
    rows = list(enumerate(convert(payload, _CashFlows).data))
    for position, row in rows:
        _check(row, settlement_date, f"data[{position}]")
        check_number(
            row.total_cashflow,
            place=f"data[{position}].totalCashflow",
            largest=LARGEST_CASH_FLOW_GBP,
            unit="GBP",
        )
    return [
        IndicativeCashFlow(
            settlement_period=row.settlement_period,
            bmu_id=row.bm_unit,
            cash_flow_gbp=row.total_cashflow,
        )
        for row in _newest(rows, "totalCashflow")
    ]


def volumes(payload: Any, settlement_date: date) -> list[IndicativeVolume]:
    """The volumes of a date's bids as accepted, each unit once a period. Raises RefusedAnswer."""
    _prepare(payload, "totalVolumeAccepted")
    rows = list(enumerate(convert(payload, _Volumes).data))
    for position, row in rows:
        _check(row, settlement_date, f"data[{position}]")
        check_number(
            row.total_volume_accepted,
            place=f"data[{position}].totalVolumeAccepted",
            largest=LARGEST_VOLUME_MWH,
            unit="MWh",
        )
    original = [(position, row) for position, row in rows if row.data_type == ORIGINAL]
    return [
        IndicativeVolume(
            settlement_period=row.settlement_period,
            bmu_id=row.bm_unit,
            volume_mwh=row.total_volume_accepted,
        )
        for row in _newest(original, "totalVolumeAccepted")
    ]


def _prepare(payload: Any, number: str) -> None:
    for row in rows_of(payload, "data"):
        whole_numbers_to_decimals(row, (number,))
        if type(row.get("bmUnit")) is int:
            row["bmUnit"] = str(row["bmUnit"])


def _check(row: _Row, settlement_date: date, place: str) -> None:
    if row.settlement_date != settlement_date:
        raise RefusedAnswer(
            f"{place}.settlementDate: expected {settlement_date}, got {row.settlement_date}"
        )
    count = count_periods(settlement_date)
    if not 1 <= row.settlement_period <= count:
        raise RefusedAnswer(
            f"{place}.settlementPeriod: expected 1 to {count}, got {row.settlement_period}"
        )
    check_id(row.bm_unit, place=f"{place}.bmUnit")


def _newest(rows: Iterable[tuple[int, Row]], field: str) -> list[Row]:
    """Of several rows of one unit and period the one of the newest run; rows of no unit all.

    Raises RefusedAnswer for rows of one run that contradict each other.
    """
    unnamed: list[Row] = []
    newest: dict[tuple[int, str], Row] = {}
    for position, row in rows:
        if row.bm_unit is None:
            unnamed.append(row)
            continue
        key = (row.settlement_period, row.bm_unit)
        known = newest.get(key, row)
        if _created_at(known) == _created_at(row) and known.figure != row.figure:
            raise RefusedAnswer(
                f"data[{position}].{field}: contradicts a row of the same unit, period and run"
            )
        newest[key] = max(known, row, key=_created_at)
    return [*newest.values(), *unnamed]


def _created_at(row: _Row) -> datetime:
    created = row.created_date_time
    if created is None:
        return _LONG_AGO
    return created if created.tzinfo else created.replace(tzinfo=UTC)
