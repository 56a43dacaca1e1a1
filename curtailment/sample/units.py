"""The units of the sample: real ones, by their real ids, as far as the project knows them."""

from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from curtailment.sample.weather import Region
from curtailment.sources import RegisterEntry
from curtailment.wind_units import KnownWindUnit, known_wind_units

# Farms that first produced after the sample dates, or are not known to have produced before.
NOT_YET_BUILT = {
    "Benbrack",
    "Broken Cross",
    "Cumberhead",
    "Greengairs East",
    "Limekiln",
    "Moray West",
    "Neart na Gaoithe",
    "North Kyle",
    "Viking",
}
# Ids that a supplier or trader gives to one farm now and to another one later.
PASSED_ON_PREFIXES = ("2__", "C__")

OFFSHORE = {
    "Seagreen": Region.SCOTTISH_SEA,
    "Moray East": Region.SCOTTISH_SEA,
    "Hornsea Two": Region.ENGLAND,
}
SOUTH_OF_THE_HIGHLANDS = {
    "Aikengall IIa",
    "Crystal Rig II",
    "Dersalloch",
    "Douglas West",
    "Fallago Rig",
    "Kennoxhead",
    "Kilgallioch",
    "Kype Muir",
    "Kype Muir Extension",
    "Sandy Knowe",
    "South Kyle",
    "Twentyshilling",
    "Whitelee",
    "Windy Rig",
    "Windy Standard II",
}

# Seagreen's units are registered for 1,773 MW; its turbines have 1,075 MW.
SHARE_BUILT = {"Seagreen": 0.6}

NON_WIND_FUEL_TYPES = {
    "T_CNQPS-1": "CCGT",
    "T_CRUA-1": "PS",
    "T_CRUA-2": "PS",
    "T_DIDCB5": "CCGT",
    "T_DINO-1": "PS",
    "T_DINO-2": "PS",
    "T_DRAXX-1": "BIOMASS",
    "T_DRAXX-2": "BIOMASS",
    "T_FOYE-1": "NPSHYD",
    "T_GRAI-6": "CCGT",
    "T_MRWD-1": "CCGT",
    "T_PEHE-1": "CCGT",
    "T_PEMB-11": "CCGT",
    "T_PEMB-21": "CCGT",
    "T_STAY-1": "CCGT",
}


# Each exists once, so that identity is equality; it makes them fast keys.
@dataclass(frozen=True, kw_only=True, eq=False)
class SampleUnit:
    """A wind unit: where it stands, what it can produce and what it usually asks for."""

    bmu_id: str
    region: Region
    is_offshore: bool
    turbines_mw: float
    usual_bid_pence_per_mwh: int


@cache
def sample_units() -> tuple[SampleUnit, ...]:
    """The wind units that the sample curtails."""
    return tuple(_sample_unit(unit) for unit in _wind_units_of_that_spring())


def register() -> list[RegisterEntry]:
    """The register of the sample: its wind units, and the others that its stacks have."""
    wind = [_wind_entry(unit) for unit in _wind_units_of_that_spring()]
    others = [
        RegisterEntry(
            elexon_bmu_id=bmu_id,
            national_grid_bmu_id=bmu_id.removeprefix("T_"),
            fuel_type=fuel_type,
            bm_unit_type="T",
        )
        for bmu_id, fuel_type in NON_WIND_FUEL_TYPES.items()
    ]
    return wind + others


def _wind_units_of_that_spring() -> list[KnownWindUnit]:
    return [
        unit
        for unit in known_wind_units()
        if unit.farm_name not in NOT_YET_BUILT
        and not unit.elexon_bmu_id.startswith(PASSED_ON_PREFIXES)
    ]


def _sample_unit(unit: KnownWindUnit) -> SampleUnit:
    south = unit.farm_name in SOUTH_OF_THE_HIGHLANDS
    on_land = Region.SOUTH_SCOTLAND if south else Region.NORTH_SCOTLAND
    return SampleUnit(
        bmu_id=unit.elexon_bmu_id,
        region=OFFSHORE.get(unit.farm_name, on_land),
        is_offshore=unit.farm_name in OFFSHORE,
        turbines_mw=float(unit.capacity_mw) * SHARE_BUILT.get(unit.farm_name, 1),
        # What the farm is paid is minus what it bids.
        usual_bid_pence_per_mwh=-round(unit.mean_payment_gbp_per_mwh * Decimal(100)),
    )


def _wind_entry(unit: KnownWindUnit) -> RegisterEntry:
    return RegisterEntry(
        elexon_bmu_id=unit.elexon_bmu_id,
        national_grid_bmu_id=unit.national_grid_bmu_id,
        name=unit.name,
        fuel_type="WIND",
        lead_party_name=unit.lead_party_name,
        bm_unit_type=unit.elexon_bmu_id[0],
        area=unit.area,
        capacity_mw=unit.capacity_mw,
    )
