"""Rankings of wind farms and of lead parties: sums over their BM Units."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal

from summaries.exact import add, divide
from summaries.reports.shapes import FarmTotals


@dataclass(frozen=True)
class GroupTotals:
    """A wind farm or a company, with the ids of its curtailed units."""

    name: str
    bmu_ids: tuple[str, ...]
    curtailed_mwh: Decimal
    payment_gbp: Decimal
    bitcoin_mined: Decimal | None

    @property
    def payment_gbp_per_mwh(self) -> Decimal | None:
        return divide(self.payment_gbp, self.curtailed_mwh)


def rank_farms(units: Iterable[FarmTotals]) -> tuple[GroupTotals, ...]:
    """The largest first. A unit that nobody has given a farm yet stands for itself."""
    return _rank(units, lambda unit: unit.farm_name or unit.name)


def rank_lead_parties(units: Iterable[FarmTotals]) -> tuple[GroupTotals, ...]:
    """The largest first."""
    return _rank(units, lambda unit: unit.lead_party or "not known")


def _rank(
    units: Iterable[FarmTotals], name_of: Callable[[FarmTotals], str]
) -> tuple[GroupTotals, ...]:
    groups: dict[str, list[FarmTotals]] = {}
    for unit in units:
        groups.setdefault(name_of(unit), []).append(unit)
    totals = [_total(name, members) for name, members in groups.items()]
    return tuple(sorted(totals, key=lambda group: (-group.curtailed_mwh, group.name)))


def _total(name: str, units: list[FarmTotals]) -> GroupTotals:
    return GroupTotals(
        name=name,
        bmu_ids=tuple(sorted(unit.bmu_id for unit in units)),
        curtailed_mwh=add(unit.curtailed_mwh for unit in units) or Decimal(0),
        payment_gbp=add(unit.payment_gbp for unit in units) or Decimal(0),
        bitcoin_mined=add(unit.bitcoin_mined for unit in units),
    )
