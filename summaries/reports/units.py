"""The pages of all farms and of all lead parties over a period."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from itertools import groupby

from summaries.exact import add, divide
from summaries.queries.slices import read_farms
from summaries.queries.units import read_lead_parties
from summaries.reports import tables
from summaries.reports.pages import Page, read_certainty, share_percent
from summaries.reports.shapes import FarmTotals
from summaries.reports.tables import CellKind, Column, Figure, Table, table_of
from summaries.reports.totals import farms_of
from summaries.selection import Selection
from summaries.spans import Span

FIGURES = (
    tables.MWH,
    tables.PAYMENT,
    tables.PAYMENT_PER_MWH,
    tables.BITCOIN,
    tables.SHARE,
)
FARM_COUNT = Column("farm_count", "BM Units", CellKind.COUNT)
UNIT_COLUMNS = (tables.FARM, tables.NAME, tables.FARM_NAME, tables.LEAD_PARTY, *FIGURES)
GROUP_COLUMNS = (tables.FARM_NAME, FARM_COUNT, *FIGURES)
PARTY_COLUMNS = (tables.LEAD_PARTY, FARM_COUNT, *FIGURES)


@dataclass(frozen=True)
class UnitRow:
    """What a unit, a farm or a company adds up to; names that it lacks are empty."""

    curtailed_mwh: Decimal | None
    payment_gbp: Decimal | None
    bitcoin_mined: Decimal | None
    total_mwh: Decimal | None
    farm: str = ""
    name: str = ""
    farm_name: str = ""
    lead_party: str = ""
    farm_count: int = 1

    @property
    def payment_gbp_per_mwh(self) -> Decimal | None:
        return divide(self.payment_gbp, self.curtailed_mwh)

    @property
    def share_percent(self) -> Decimal | None:
        return share_percent(self.curtailed_mwh, self.total_mwh)


def build_farms_page(span: Span, *, selection: Selection, now: datetime) -> Page:
    """Units with curtailed energy, those of one farm together, and what each farm adds up to."""
    certainty = read_certainty(span, now=now)
    farms = farms_of(read_farms(span.first, span.last, selection=selection), selection)
    total_mwh = add(farm.curtailed_mwh for farm in farms)
    units = [unit_row(farm, total_mwh) for farm in farms]
    groups = grouped(units)
    order = {group.farm_name: number for number, group in enumerate(groups)}
    units.sort(key=lambda unit: order[unit.farm_name])
    return Page(
        name="farms",
        title="Wind farms",
        subject=f"BM Units with curtailed energy, by wind farm: {span.label}",
        selection=selection,
        span=span,
        made_at=now,
        certainty=certainty,
        facts=(),
        headline=_headline(units, is_known=certainty.counts.stored > 0),
        tables=(
            table_of("farms", "By BM Unit", UNIT_COLUMNS, list(units)),
            table_of("wind_farms", "By wind farm", GROUP_COLUMNS, list(groups)),
        ),
    )


def build_lead_parties_page(span: Span, *, selection: Selection, now: datetime) -> Page:
    """Companies with curtailed energy, each as the lead party of the day had it."""
    certainty = read_certainty(span, now=now)
    rows = read_lead_parties(span.first, span.last, selection=selection)
    total_mwh = add(row["curtailed_mwh"] for row in rows)
    parties = [UnitRow(**row, total_mwh=total_mwh) for row in rows]
    return Page(
        name="lead-parties",
        title="Lead parties",
        subject=f"Companies whose BM Units had curtailed energy: {span.label}",
        selection=selection,
        span=span,
        made_at=now,
        certainty=certainty,
        facts=(),
        headline=_headline(parties, is_known=certainty.counts.stored > 0),
        tables=(_parties_table(parties),),
    )


def unit_row(farm: FarmTotals, total_mwh: Decimal | None) -> UnitRow:
    """A unit without a farm name is a farm of its own."""
    return UnitRow(
        farm=farm.bmu_id,
        name=farm.name,
        farm_name=farm.farm_name or farm.name,
        lead_party=farm.lead_party,
        curtailed_mwh=farm.curtailed_mwh,
        payment_gbp=farm.payment_gbp,
        bitcoin_mined=farm.bitcoin_mined,
        total_mwh=total_mwh,
    )


def grouped(units: Iterable[UnitRow]) -> list[UnitRow]:
    """What farms add up to, the largest first."""
    by_name = sorted(units, key=lambda unit: unit.farm_name)
    groups = [
        _group(name, list(members)) for name, members in groupby(by_name, lambda u: u.farm_name)
    ]
    return sorted(groups, key=lambda group: group.curtailed_mwh or 0, reverse=True)


def _group(name: str, units: list[UnitRow]) -> UnitRow:
    return UnitRow(
        farm_name=name,
        farm_count=len(units),
        curtailed_mwh=add(unit.curtailed_mwh for unit in units),
        payment_gbp=add(unit.payment_gbp for unit in units),
        bitcoin_mined=add(unit.bitcoin_mined for unit in units),
        total_mwh=units[0].total_mwh,
    )


def _headline(rows: list[UnitRow], *, is_known: bool) -> tuple[Figure, ...]:
    """Totals of all rows; nothing is known of a period without any stored day."""
    if not is_known:
        return ()
    mwh = add(row.curtailed_mwh for row in rows)
    payment = add(row.payment_gbp for row in rows)
    return (
        Figure(tables.MWH, mwh),
        Figure(tables.PAYMENT, payment),
        Figure(tables.PAYMENT_PER_MWH, divide(payment, mwh)),
        Figure(tables.BITCOIN, add(row.bitcoin_mined for row in rows)),
    )


def _parties_table(parties: list[UnitRow]) -> Table:
    return table_of("lead_parties", "By lead party", PARTY_COLUMNS, list(parties))
