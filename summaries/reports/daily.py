"""The report of a settlement date."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from curtailment.definitions import Definition
from curtailment.settlement import SettlementPeriod
from summaries.columns import pick
from summaries.exact import multiply
from summaries.queries.choices import Choices
from summaries.queries.periods import read_periods
from summaries.queries.verification import UnitDifference
from summaries.reports.basis import Basis, read_basis, report_of
from summaries.reports.network import Network, build_network
from summaries.reports.shapes import PeriodRow, Report
from summaries.selection import Selection
from summaries.timeframes import Timeframe

NOTHING = Decimal(0)


@dataclass(frozen=True)
class DailyReport(Report):
    """A day's report knows what its bitcoin was calculated with; null if nothing is stored.

    And in which units it differs from what Elexon publishes beside the stack, if it does.
    """

    network: Network | None = None
    differing_units: tuple[UnitDifference, ...] = ()

    @property
    def value_now_gbp(self) -> Decimal | None:
        """Of the selected miner model's bitcoin, at the newest price."""
        price = self.network.price_now if self.network else None
        return multiply(self.miner.bitcoin_mined, price.price_gbp) if self.miner and price else None


def build_daily_report(
    settlement_date: date, *, selection: Selection, choices: Choices, now: datetime
) -> DailyReport:
    """The report of a day, with its settlement periods."""
    basis = read_basis(
        Timeframe.day(settlement_date), selection=selection, choices=choices, now=now
    )
    report = report_of(basis, periods=_period_rows(basis, settlement_date))
    network = build_network(settlement_date) if report.coverage.is_ingested else None
    state = basis.states.get(settlement_date)
    units = state.verification.units if state else ()
    return DailyReport(**vars(report), network=network, differing_units=units)


def _period_rows(basis: Basis, settlement_date: date) -> tuple[PeriodRow, ...]:
    """The periods that were fetched, or are known otherwise; of a running day the first ones.

    Of an archived day there are none: its records are not here to be summed.
    """
    if basis.summary is None:
        return ()
    if basis.states[settlement_date].is_archived:
        return ()
    sums = read_periods(settlement_date, selection=basis.selection)
    fetched = range(1, basis.summary["periods_fetched"] + 1)
    return tuple(
        _period_row(SettlementPeriod(settlement_date, number), sums, basis.selection.definition)
        for number in sorted({*fetched, *sums})
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
