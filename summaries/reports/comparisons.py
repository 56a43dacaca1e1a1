"""Miner models side by side over a period, and BM Units."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from curtailment.settlement import settlement_date_at
from mining.models import MinerModel
from mining.queries import active_miners
from summaries.columns import pick
from summaries.exact import add, divide
from summaries.queries.choices import Choices
from summaries.queries.longer import read_all_months
from summaries.queries.slices import read_selected_bitcoin, read_selected_days
from summaries.queries.totals import read_bitcoin, read_summary
from summaries.queries.units import Unit, read_farms_by_month
from summaries.reports import tables
from summaries.reports.pages import Certainty, Page, read_certainty
from summaries.reports.shapes import Energy, MinerTotals
from summaries.reports.tables import CellKind, Column, Figure, Table, table_of
from summaries.reports.totals import energy_of, miners_of_days, miners_of_summary, totals_of_days
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


Yield = tuple[Energy, tuple[MinerTotals, ...]]
NOTHING: Yield = (Energy(None, None), ())


def build_miners_page(
    span: Span, timeframe: Timeframe, *, selection: Selection, choices: Choices, now: datetime
) -> Page:
    """Every active miner model on the same energy. The most efficient comes first."""
    certainty = read_certainty(span, now=now)
    energy, miners = _read(timeframe, selection, choices) if certainty.counts.stored else NOTHING
    headline = (
        Figure(tables.MWH, energy.curtailed_mwh),
        Figure(tables.PAYMENT, energy.payment_gbp),
        Figure(tables.PAYMENT_PER_MWH, energy.payment_gbp_per_mwh),
    )
    return Page(
        name="-".join(filter(None, ("miners", selection.farm))),
        title="Miners compared",
        subject=f"What each could have mined with the same energy: {span.label}",
        selection=selection,
        span=span,
        made_at=now,
        certainty=certainty,
        facts=(),
        headline=headline if certainty.counts.stored else (),
        tables=(table_of("miners", "By miner", MINER_COLUMNS, _miner_rows(energy, miners)),),
    )


def _read(timeframe: Timeframe, selection: Selection, choices: Choices) -> Yield:
    read = _read_selected if selection.is_filtered else _read_all
    return read(timeframe, selection, choices)


def _read_all(timeframe: Timeframe, selection: Selection, choices: Choices) -> Yield:
    """The summaries of all units. Two queries."""
    summary, definition = read_summary(timeframe), selection.definition
    energy = energy_of(summary, definition) if summary else Energy(None, None)
    bitcoin = read_bitcoin(timeframe)
    return energy, miners_of_summary(bitcoin, choices, definition, mwh=energy.curtailed_mwh)


def _read_selected(timeframe: Timeframe, selection: Selection, choices: Choices) -> Yield:
    """The slices of the selected units. Two queries."""
    first, last, definition = timeframe.first, timeframe.last, selection.definition
    days = read_selected_days(first, last, selection=selection).values()
    energy = totals_of_days(days, definition, farm_count=0).by_definition[definition]
    bitcoin = read_selected_bitcoin(first, last, selection=selection)
    return energy, miners_of_days(bitcoin, choices, definition, mwh=energy.curtailed_mwh)


def _miner_rows(energy: Energy, miners: Iterable[MinerTotals]) -> list[object]:
    """A row for every active model, though nothing may be known of it."""
    known = {miner.miner_model: miner for miner in miners}

    def row_of(model: MinerModel) -> MinerRow:
        miner = known.get(model.key)
        return MinerRow(
            miner_model=model.key,
            name=model.name,
            efficiency_j_per_th=divide(model.power_w, model.hashrate_th_s),
            bitcoin_mined=miner.bitcoin_mined if miner else None,
            value_gbp=miner.value_gbp if miner else None,
            average_difficulty=miner.average_difficulty if miner else None,
            curtailed_mwh=energy.curtailed_mwh,
            payment_gbp=energy.payment_gbp,
        )

    rows = [row_of(model) for model in active_miners()]
    return [*sorted(rows, key=lambda row: row.efficiency_j_per_th or 0)]


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
        name="-".join(("compare-farms", *ids)),
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
