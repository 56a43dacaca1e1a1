from decimal import Decimal

from curtailment.wind_units import farm_names, known_wind_units


def test_each_known_unit_is_listed_once_the_most_curtailed_first():
    units = known_wind_units()
    assert len({unit.elexon_bmu_id for unit in units}) == len(units) == 70
    assert (units[0].elexon_bmu_id, units[0].capacity_mw) == ("T_SGRWO-6", Decimal("380.000"))
    assert (units[-1].elexon_bmu_id, units[-1].farm_name) == ("T_GRIFW-2", "Griffin")


def test_units_of_one_farm_share_its_name():
    farms = farm_names()
    assert {name for bmu_id, name in farms.items() if "SGRWO" in bmu_id} == {"Seagreen"}
    assert farms["T_GORDW-1"] != farms["T_GORDW-2"]


def test_every_known_unit_has_a_farm_a_capacity_and_a_lead_party():
    for unit in known_wind_units():
        assert unit.farm_name and unit.lead_party_name and unit.capacity_mw > 0
