"""The wind units that the project knows for a fact: see `data/README.md` for sources."""

import csv
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path

WIND_UNITS_FILE = Path(__file__).parent / "data" / "wind_units.csv"


@dataclass(frozen=True, kw_only=True)
class KnownWindUnit:
    """A wind unit, the farm that it is part of, and how much it was curtailed of late."""

    elexon_bmu_id: str
    national_grid_bmu_id: str
    name: str
    farm_name: str
    lead_party_name: str
    capacity_mw: Decimal
    area: str
    mean_mwh_per_day_with_bids: Decimal
    mean_payment_gbp_per_mwh: Decimal
    days_with_bids: int


@cache
def known_wind_units() -> tuple[KnownWindUnit, ...]:
    """The known wind units, the most curtailed first."""
    with WIND_UNITS_FILE.open(encoding="utf-8", newline="") as file:
        return tuple(_wind_unit(row) for row in csv.DictReader(file))


@cache
def farm_names() -> dict[str, str]:
    """The farm of each known wind unit, by Elexon id."""
    return {unit.elexon_bmu_id: unit.farm_name for unit in known_wind_units()}


def _wind_unit(row: dict[str, str]) -> KnownWindUnit:
    return KnownWindUnit(
        elexon_bmu_id=row["elexon_bmu_id"],
        national_grid_bmu_id=row["national_grid_bmu_id"],
        name=row["name"],
        farm_name=row["farm_name"],
        lead_party_name=row["lead_party_name"],
        capacity_mw=Decimal(row["capacity_mw"]),
        area=row["area"],
        mean_mwh_per_day_with_bids=Decimal(row["mean_mwh_per_day_with_bids"]),
        mean_payment_gbp_per_mwh=Decimal(row["mean_payment_gbp_per_mwh"]),
        days_with_bids=int(row["days_with_bids"]),
    )
