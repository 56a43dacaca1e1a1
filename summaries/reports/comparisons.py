"""Miner models side by side over a period, and BM Units."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from curtailment.settlement import settlement_date_at
from mining.models import MinerModel
from mining.queries import active_miners
from summaries.columns import pick
from summaries.exact import add, divide
from summaries.queries.longer import read_all_months
from summaries.queries.totals import read_bitcoin, read_summary
from summaries.queries.units import Unit, read_farms_by_month
from summaries.reports import tables
from summaries.reports.pages import Certainty, Page, read_certainty
from summaries.reports.tables import CellKind, Column, Figure, Table, table_of
from summaries.reports.units import FIGURES, UnitRow
from summaries.selection import Selection
from summaries.spans import Span
from summaries.timeframes import Timeframe

MINER_COLUMNS = (
    Column("miner_model", "Miner key"),
    Column("name", "Miner"),
    Column("efficiency_j_per_th", "Efficiency (J/TH)", CellKind.RATIO),
    tables.BITCOIN,
    Column("bitcoin_per_mwh", "BTC/MWh", CellKind.BTC),
    tables.VALUE,
    Column("value_per_payment", "Value / payment", CellKind.RATIO),
    tables.AVERAGE_DIFFICULTY,
)
MONTH = Column("month", "Month", CellKind.TIMEFRAME)


@dataclass(frozen=True)
class MinerRow:
    """A miner model's yield; the ratio is of GBP mined to GBP paid."""

    miner_model: str
    name: str
    efficiency_j_per_th: Decimal | None
    bitcoin_mined: Decimal | None
    value_gbp: Decimal | None
    average_difficulty: Decimal | None
    curtailed_mwh: Decimal | None
    payment_gbp: Decimal | None

    @property
    def bitcoin_per_mwh(self) -> Decimal | None:
        return divide(self.bitcoin_mined, self.curtailed_mwh)

    @property
    def value_per_payment(self) -> Decimal | None:
        return divide(self.value_gbp, self.payment_gbp)


def build_miners_page(
    span: Span, timeframe: Timeframe, *, selection: Selection, now: datetime
) -> Page:
    """Every active miner model on the same energy. The most efficient comes first."""
    summary, bitcoin = read_summary(timeframe), read_bitcoin(timeframe)
    definition = selection.definition
    mwh = pick(summary, definition, "curtailed_mwh") if summary else None
    payment = pick(summary, definition, "payment_gbp") if summary else None

    def row_of(miner: MinerModel) -> MinerRow:
        row = bitcoin.get(miner.key)
        weighted = pick(row, definition, "difficulty_mwh") if row else None
        return MinerRow(
            miner_model=miner.key,
            name=miner.name,
            efficiency_j_per_th=divide(miner.power_w, miner.hashrate_th_s),
            bitcoin_mined=pick(row, definition, "bitcoin_mined") if row else None,
            value_gbp=pick(row, definition, "value_gbp") if row else None,
            average_difficulty=divide(weighted, mwh),
            curtailed_mwh=mwh,
            payment_gbp=payment,
        )

    rows = sorted(map(row_of, active_miners()), key=lambda row: row.efficiency_j_per_th or 0)
    headline = (
        Figure(tables.MWH, mwh),
        Figure(tables.PAYMENT, payment),
        Figure(tables.PAYMENT_PER_MWH, divide(payment, mwh)),
    )
    return Page(
        name="miners",
        title="Miners compared",
        subject=f"What each could have mined with the same energy: {span.label}",
        selection=selection,
        span=span,
        made_at=now,
        certainty=read_certainty(span, now=now),
        facts=(),
        headline=headline if summary else (),
        tables=(table_of("miners", "By miner", MINER_COLUMNS, list(rows)),),
    )


def build_farm_comparison(
    units: Sequence[Unit], span: Span, *, selection: Selection, now: datetime
) -> Page:
    """Units side by side: what each adds up to, and its energy and payment by month."""
    certainty = read_certainty(span, now=now)
    all_months = read_all_months(span.first.replace(day=1), span.last)
    stored = {row["month"]: row for row in all_months}
    ids = [unit.bmu_id for unit in units]
    cells = {
        (row["month"], row["bmu_id"]): row
        for row in read_farms_by_month(ids, span.first, span.last, selection=selection)
    }
    months = _months(span, certainty, settlement_date_at(now)) if units else []
    total_mwh = _total(
        [pick(row, selection.definition, "curtailed_mwh") for row in stored.values()]
    )
    totals = [_unit_total(unit, cells, stored, total_mwh) for unit in units]
    columns = (tables.FARM, tables.NAME, tables.FARM_NAME, tables.LEAD_PARTY, *FIGURES)
    return Page(
        name="compare-farms",
        title="BM Units compared",
        subject=f"Side by side: {span.label}",
        selection=selection,
        span=span,
        made_at=now,
        certainty=certainty,
        facts=(),
        headline=(),
        tables=(
            table_of("farms", "In total", columns, list(totals)),
            _by_month("months", tables.MWH, ids, months, cells, stored),
            _by_month("payments", tables.PAYMENT, ids, months, cells, stored),
        ),
    )


def _total(figures: list[Decimal | None]) -> Decimal | None:
    return add(figures) if figures else None


def _months(span: Span, certainty: Certainty, today: date) -> list[date]:
    """Its months that have begun; of all days those from the first to the last stored one."""
    first, last = span.first, min(span.last, today)
    if span.timeframe is None:
        if certainty.counts.first_date is None or certainty.counts.last_date is None:
            return []
        first, last = certainty.counts.first_date, certainty.counts.last_date
    months = [first.replace(day=1)]
    while (following := (months[-1] + timedelta(days=31)).replace(day=1)) <= last:
        months.append(following)
    return months


def _unit_total(
    unit: Unit, cells: dict[Any, Any], stored: dict[date, Any], total_mwh: Decimal | None
) -> UnitRow:
    rows = [row for (_, bmu_id), row in cells.items() if bmu_id == unit.bmu_id]

    def total(name: str) -> Decimal | None:
        return add(row[name] for row in rows) if stored else None

    return UnitRow(
        farm=unit.bmu_id,
        name=unit.name,
        farm_name=unit.farm_name or unit.name,
        lead_party=unit.lead_party,
        curtailed_mwh=total("curtailed_mwh"),
        payment_gbp=total("payment_gbp"),
        bitcoin_mined=total("bitcoin_mined"),
        total_mwh=total_mwh,
    )


def _by_month(
    key: str,
    column: Column,
    ids: list[str],
    months: list[date],
    cells: dict[Any, Any],
    stored: dict[date, Any],
) -> Table:
    """A column a unit. A month without a slice is a zero only if the month itself has data."""

    def figure(month: date, bmu_id: str) -> Decimal | None:
        if (month, bmu_id) in cells:
            return cells[month, bmu_id][column.key]
        return Decimal(0) if month in stored else None

    columns = [Column(bmu_id, f"{bmu_id} ({_unit_of(column)})", column.kind) for bmu_id in ids]
    rows = [(Timeframe.month(m), *(figure(m, bmu_id) for bmu_id in ids)) for m in months]
    return Table(key, f"{column.title} by month", (MONTH, *columns), tuple(rows))


def _unit_of(column: Column) -> str:
    return "MWh" if column is tables.MWH else "GBP"
