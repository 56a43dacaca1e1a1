"""The days that no other day has surpassed."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from curtailment.definitions import Definition
from summaries.columns import column
from summaries.models import DailySummary
from summaries.timeframes import Timeframe


@dataclass(frozen=True)
class DayRecord:
    """A complete day that holds a record, and what it is of."""

    what: str
    timeframe: Timeframe
    curtailed_mwh: Decimal
    payment_gbp: Decimal


def read_records(definition: Definition) -> tuple[DayRecord, ...]:
    """The days with the most energy and the highest payment ever, in one query."""
    mwh, gbp = column(definition, "curtailed_mwh"), column(definition, "payment_gbp")
    days = DailySummary.objects.filter(is_complete=True, **{f"{mwh}__gt": 0})
    days = days.values_list("settlement_date", mwh, gbp)
    most, dearest = (days.order_by(f"-{name}", "settlement_date")[:1] for name in (mwh, gbp))
    rows: list[Any] = sorted(most.union(dearest, all=True))
    if not rows:
        return ()
    return tuple(
        DayRecord(what, Timeframe.day(row[0]), row[1], row[2])
        for what, row in (
            ("Most energy", max(rows, key=lambda row: row[1])),
            ("Highest payment", max(rows, key=lambda row: row[2])),
        )
    )
