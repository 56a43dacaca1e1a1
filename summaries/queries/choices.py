"""What a reader can choose on a report."""

from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q

from curtailment.models import BMUnit
from mining.models import MinerModel
from summaries.models import FarmDailySummary


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


def is_known_unit(bmu_id: str) -> bool:
    """Whether it is a wind unit, or was one for as long as its slices last."""
    slices = FarmDailySummary.objects.filter(bmu=OuterRef("pk"))
    units = BMUnit.objects.filter(pk=bmu_id)
    return units.filter(Q(is_wind=True) | Q(Exists(slices))).exists()


def is_known_lead_party(name: str) -> bool:
    """Whether a company was the lead party of any slice."""
    return FarmDailySummary.objects.filter(lead_party_name=name).exists()
