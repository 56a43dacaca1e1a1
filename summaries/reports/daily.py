"""The report of a settlement date."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from curtailment.definitions import Definition
from curtailment.settlement import SettlementPeriod
from summaries.columns import pick
from summaries.queries.choices import Choices
from summaries.queries.periods import read_periods
from summaries.reports.basis import Basis, read_basis, report_of
from summaries.reports.shapes import PeriodRow, Report
from summaries.selection import Selection
from summaries.timeframes import Timeframe

NOTHING = Decimal(0)


def build_daily_report(
    settlement_date: date, *, selection: Selection, choices: Choices, now: datetime
) -> Report:
    """The report of a day, with its settlement periods."""
    basis = read_basis(
        Timeframe.day(settlement_date), selection=selection, choices=choices, now=now
    )
    return report_of(basis, periods=_period_rows(basis, settlement_date))


def _period_rows(basis: Basis, settlement_date: date) -> tuple[PeriodRow, ...]:
    """The periods that were fetched; of a running day the first ones."""
    if basis.summary is None:
        return ()
    sums = read_periods(settlement_date, selection=basis.selection)
    return tuple(
        _period_row(SettlementPeriod(settlement_date, number), sums, basis.selection.definition)
        for number in range(1, basis.summary["periods_fetched"] + 1)
    )


def _period_row(
    period: SettlementPeriod, sums: Mapping[int, Mapping[str, Any]], definition: Definition
) -> PeriodRow:
    def figure(name: str) -> Any:
        return pick(sums[period.number], definition, name) if period.number in sums else NOTHING

    return PeriodRow(
        settlement_period=period.number,
        starts_at=period.starts_at,
        curtailed_mwh=figure("curtailed_mwh"),
        payment_gbp=figure("payment_gbp"),
        bitcoin_mined=figure("bitcoin_mined"),
    )
