"""What a reader can choose on a report."""

from dataclasses import dataclass

from curtailment.models import BMUnit
from mining.models import MinerModel
from summaries.queries.database import fetch_rows

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
    """Two queries, whatever the page."""
    units = list(
        BMUnit.objects.filter(is_wind=True).only("elexon_bmu_id", "name", "lead_party_name")
    )
    return Choices(
        miners=_read_miners(),
        units=tuple(UnitChoice(bmu_id=unit.pk, name=unit.name) for unit in units),
        lead_parties=tuple(sorted({unit.lead_party_name for unit in units} - {""})),
    )


def read_miner_choices() -> Choices:
    """One query, for pages that are of all units."""
    return Choices(miners=_read_miners(), units=(), lead_parties=())


def _read_miners() -> tuple[MinerChoice, ...]:
    miners = MinerModel.objects.filter(active=True).order_by("key")
    return tuple(MinerChoice(key=miner.key, name=miner.name) for miner in miners)


def read_past_choices(*, farm: str | None, lead_party: str | None) -> PastChoices:
    """Whether a unit and a company have slices, though the register may not say wind any more."""
    rows = fetch_rows(SQL_FOR_PAST_CHOICES, {"farm": farm, "lead_party": lead_party})
    return PastChoices(**rows[0])
