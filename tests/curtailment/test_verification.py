"""What agrees, what differs, and what cannot be compared: by hand, without a database."""

from decimal import Decimal

import pytest

from curtailment.sources import IndicativeCashFlow, IndicativeVolume
from curtailment.verification import Pair, UnitStack, compare, not_compared

FARM, OTHER, GAS = "T_SGRWO-1", "T_MOWEO-1", "T_PEHE-1"
WIND = frozenset({FARM, OTHER})


def stack(mwh="-10", gbp="495", periods=(1,)):
    known = None if gbp is None else Decimal(gbp)
    return UnitStack(Decimal(mwh), known, frozenset(periods))


def volume(mwh, bmu=FARM, period=1):
    known = None if mwh is None else Decimal(mwh)
    return IndicativeVolume(settlement_period=period, bmu_id=bmu, volume_mwh=known)


def cash_flow(gbp, bmu=FARM, period=1):
    return IndicativeCashFlow(settlement_period=period, bmu_id=bmu, cash_flow_gbp=Decimal(gbp))


def verify(stacks=None, volumes=None, cash_flows=None):
    return compare(
        {FARM: stack()} if stacks is None else stacks,
        volumes=[volume("-10")] if volumes is None else volumes,
        cash_flows=[cash_flow("495")] if cash_flows is None else cash_flows,
        wind_bmu_ids=WIND,
    )


def test_what_agrees_is_verified():
    found = verify()
    assert (found.verdict, found.reason, found.differing_units) == ("verified", "", [])
    assert found.volumes.totals == Pair(Decimal(-10), Decimal(-10))
    assert found.cash_flows.totals == Pair(Decimal(495), Decimal(495))


@pytest.mark.parametrize(
    ("mwh", "gbp", "verdict"),
    [
        ("-10.01", "496", "verified"),
        ("-9.99", "494", "verified"),
        ("-10.0100001", "495", "differs"),
        ("-10", "496.0001", "differs"),
        ("-10", "493.9", "differs"),
    ],
)
def test_the_tolerance_of_a_unit_and_day_belongs_to_what_agrees(mwh, gbp, verdict):
    assert verify(volumes=[volume(mwh)], cash_flows=[cash_flow(gbp)]).verdict == verdict


def test_the_periods_of_a_unit_add_up():
    found = verify(
        {FARM: stack(periods=(1, 2))},
        [volume("-4"), volume("-6", period=2)],
        [cash_flow("500"), cash_flow("-5", period=2)],
    )
    assert found.verdict == "verified"


def test_a_plus_of_one_unit_does_not_hide_another_s_minus():
    found = verify(
        {FARM: stack(), OTHER: stack()},
        [volume("-11"), volume("-9", OTHER)],
        [cash_flow("490"), cash_flow("500", OTHER)],
    )
    assert found.verdict == "differs"
    assert found.volumes.totals.difference == 0
    assert (found.volumes.differing_amount, found.cash_flows.differing_amount) == (2, 10)


def test_the_largest_difference_comes_first():
    found = verify(
        {FARM: stack(), OTHER: stack()},
        [volume("-10"), volume("-10", OTHER)],
        [cash_flow("490"), cash_flow("400", OTHER)],
    )
    assert found.differing_units == [OTHER, FARM]


def test_a_unit_that_the_stack_lacks_differs():
    found = verify(volumes=[volume("-10"), volume("-3", OTHER)])
    assert found.volumes.differing == {OTHER: Decimal(3)}


def test_a_unit_that_only_the_stack_has_differs():
    found = verify({FARM: stack(), OTHER: stack("-3", "20")})
    assert found.volumes.differing == {OTHER: Decimal(-3)}
    assert found.cash_flows.differing == {OTHER: Decimal(20)}


def test_a_zero_of_a_unit_that_the_stack_lacks_agrees():
    found = verify(
        volumes=[volume("-10"), volume("0", OTHER)],
        cash_flows=[cash_flow("495"), cash_flow("0", OTHER)],
    )
    assert found.verdict == "verified"


@pytest.mark.parametrize("bmu", [GAS, None, "123456"])
def test_what_is_not_wind_is_not_compared(bmu):
    found = verify(volumes=[volume("-10"), volume("-99", bmu)])
    assert (found.verdict, found.units) == ("verified", {FARM})


def test_a_stored_unit_that_is_wind_no_more_is_still_compared():
    found = verify({GAS: stack()}, [volume("-10", GAS)], [cash_flow("495", GAS)])
    assert (found.verdict, found.units) == ("verified", {GAS})


def test_a_payment_that_is_not_known_cannot_be_compared():
    found = verify({FARM: stack(gbp=None)})
    assert (found.verdict, found.not_comparable) == ("not_available", [FARM])
    assert found.reason == "A figure, price or loss multiplier of 1 BM Unit is not published."


def test_a_volume_that_is_not_said_cannot_be_compared():
    found = verify(volumes=[volume("-10"), volume(None)])
    assert (found.verdict, found.not_comparable) == ("not_available", [FARM])


def test_a_difference_is_told_though_not_all_could_be_compared():
    found = verify(
        {FARM: stack(gbp=None), OTHER: stack()},
        [volume("-10"), volume("-20", OTHER)],
    )
    assert (found.verdict, found.not_comparable) == ("differs", [FARM])


def test_an_answer_without_rows_is_not_a_zero():
    found = verify(cash_flows=[])
    assert found.verdict == "not_available"
    assert found.reason == "Elexon has no indicative cash flows of the day."
    assert found.cash_flows.totals == Pair(None, None)
    assert verify({}, [], []).verdict == "not_available"


def test_of_two_sources_one_may_differ_while_the_other_is_not_there():
    found = verify(volumes=[volume("-1")], cash_flows=[])
    assert (found.verdict, found.differing_units) == ("differs", [FARM])


def test_an_answer_that_lacks_periods_with_bids_is_not_a_zero():
    found = verify({FARM: stack(periods=range(1, 10))}, [volume("-10")])
    assert found.verdict == "not_available"
    assert "indicative volumes lack settlement periods 2, 3, 4, 5, 6 and 3 more." in found.reason


def test_a_day_without_wind_is_verified_by_answers_without_wind():
    found = verify({}, [volume("-9", GAS)], [cash_flow("9", GAS)])
    assert (found.verdict, found.units) == ("verified", set())
    assert found.volumes.totals == Pair(Decimal(0), Decimal(0))


def test_what_was_not_compared_says_why_once():
    found = not_compared("Because.")
    assert (found.verdict, found.reason) == ("not_available", "Because.")


def test_it_says_in_a_sentence_what_came_of_it():
    assert str(verify()) == "verified: 1 BM Unit compared."
    found = verify(volumes=[volume("-11.5")], cash_flows=[cash_flow("500")])
    assert str(found) == "differs by 1.5 MWh and 5 GBP in 1 BM Unit."
    assert str(not_compared("Because.")) == "not available: Because."
