"""What a reader can choose on a report."""

from dataclasses import dataclass

from mining.models import MinerModel
from summaries.queries.database import fetch_rows

# One query instead of two: every uncached page needs both.
SQL_FOR_CHOICES = """
SELECT key, name, NULL AS lead_party_name, false AS is_unit FROM miner_models WHERE active
UNION ALL
SELECT elexon_bmu_id, name, lead_party_name, true FROM bm_units WHERE is_wind
ORDER BY key
"""

SQL_FOR_PAST_CHOICES = """
SELECT EXISTS (SELECT FROM farm_daily_summaries WHERE bmu_id = %(farm)s) AS has_farm,
       EXISTS (SELECT FROM farm_daily_summaries WHERE lead_party_name = %(lead_party)s)
           AS has_lead_party
"""


@dataclass(frozen=True)
class MinerChoice:
    key: str
    name: str


@dataclass(frozen=True)
class UnitChoice:
    bmu_id: str
    name: str


@dataclass(frozen=True)
class Choices:
    """Active miner models, wind units and their lead parties, each in order."""

    miners: tuple[MinerChoice, ...]
    units: tuple[UnitChoice, ...]
    lead_parties: tuple[str, ...]

    @property
    def miner_keys(self) -> tuple[str, ...]:
        return tuple(miner.key for miner in self.miners)


@dataclass(frozen=True)
class PastChoices:
    """Whether a unit and a company once had curtailed energy."""

    has_farm: bool
    has_lead_party: bool


def read_choices() -> Choices:
    """One query, whatever the page."""
    rows = fetch_rows(SQL_FOR_CHOICES, {})
    miners = [row for row in rows if not row["is_unit"]]
    units = [row for row in rows if row["is_unit"]]
    return Choices(
        miners=tuple(MinerChoice(key=row["key"], name=row["name"]) for row in miners),
        units=tuple(UnitChoice(bmu_id=row["key"], name=row["name"]) for row in units),
        lead_parties=tuple(sorted({row["lead_party_name"] for row in units} - {""})),
    )


def read_miner_choices() -> Choices:
    """One query, for pages that are of all units."""
    miners = MinerModel.objects.filter(active=True).order_by("key")
    return Choices(
        miners=tuple(MinerChoice(key=miner.key, name=miner.name) for miner in miners),
        units=(),
        lead_parties=(),
    )


def read_past_choices(*, farm: str | None, lead_party: str | None) -> PastChoices:
    """Whether a unit and a company have slices, though the register may not say wind any more."""
    rows = fetch_rows(SQL_FOR_PAST_CHOICES, {"farm": farm, "lead_party": lead_party})
    return PastChoices(**rows[0])
