import random
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from curtailment.models import CurtailmentRecord
from curtailment.settlement import SettlementPeriod, count_periods
from mining.models import BitcoinCalculation, DifficultyEpoch, MinerModel
from mining.operations import CalculationResult, calculate_day, load_embedded_epochs
from tests.mining.alternative_implementations import recompute_day_naively, stored_day
from tests.mining.records import make_record, make_units, store

pytestmark = pytest.mark.django_db

NOW = datetime(2024, 6, 1, 12, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
DAY = date(2024, 3, 5)
HALVING_DAY = date(2024, 4, 20)
# Block 832608 came at 2024-03-01 00:45:37 UTC, within the second period.
RETARGET_DAY = date(2024, 3, 1)


@pytest.fixture
def epochs():
    load_embedded_epochs(now=NOW)


@pytest.fixture
def unit():
    [unit] = make_units()
    return unit


def calculate(day=DAY, *, now=NOW, miner_keys=None):
    return calculate_day(day, now=now, miner_keys=miner_keys)


def column(day, name, *, miner="S19J_PRO"):
    """A column of the day's calculations of a miner model, by settlement period."""
    rows = BitcoinCalculation.objects.filter(settlement_date=day, miner_model=miner)
    return dict(rows.values_list("settlement_period", name))


def test_every_active_model_gets_a_row_for_every_record(epochs, unit):
    store([make_record(DAY, 1), make_record(DAY, 48)])
    result = calculate()
    assert result == CalculationResult(rows_written=12, rows_removed=0, uncovered_periods=())
    assert BitcoinCalculation.objects.count() == 12


def test_one_mwh_by_hand(epochs, unit):
    store([make_record(DAY, 1)])
    calculate()
    # 1 MWh is 3.6e9 J; at 30.5 J/TH that buys 1.18e8 TH; 79.35e12 x 2^32 hashes earn 6.25 BTC.
    hashes = 3.6e9 / 30.5 * 1e12
    [mined] = column(DAY, "bitcoin_mined").values()
    assert float(mined) == pytest.approx(hashes / (79_351_228_131_136.77 * 2**32) * 6.25)
    assert mined.as_tuple().exponent == -18


def random_energy(chance):
    """Energy as sums of published volumes are: up to nine decimals, often none at all."""
    return chance.choice([Decimal(0), Decimal(chance.randrange(10**12)).scaleb(-9)])


@pytest.mark.parametrize("day", [RETARGET_DAY, HALVING_DAY, date(2024, 3, 31), date(2024, 10, 27)])
def test_sql_equals_exact_fractions(epochs, day):
    chance = random.Random(day.toordinal())
    make_units(3)
    records = []
    for period in range(1, count_periods(day) + 1):
        so_mwh = random_energy(chance)
        records.append(
            make_record(
                day,
                period,
                f"T_WIND-{chance.randrange(3)}",
                flagged_mwh=so_mwh + random_energy(chance),
                so_mwh=so_mwh,
                other_mwh=random_energy(chance),
            )
        )
    store(records)
    MinerModel.objects.create(
        key="ODD", name="Odd", hashrate_th_s=Decimal("0.0000007"), power_w=Decimal("3333.333")
    )
    calculate(day)
    assert stored_day(day) == recompute_day_naively(day)


def test_halves_are_rounded_up(epochs, unit):
    # So 1 MWh makes 3.6e21 x 1e-21 x 6.25 / (16 x 1024 x 2^32) = 22.5 / 2^46 BTC.
    DifficultyEpoch.objects.filter(height=832_608).update(difficulty=2**10)
    MinerModel.objects.filter(key="S9").update(hashrate_th_s=Decimal("1e-21"), power_w=2**4)
    units_of_energy = Decimal(2**46) * Decimal("1e-19")
    store([make_record(DAY, n, flagged_mwh=n * units_of_energy) for n in (1, 2, 3)])
    calculate()
    # 2.25, 4.5 and 6.75 units of 1e-18 BTC.
    assert column(DAY, "bitcoin_mined", miner="S9") == {
        1: Decimal("2e-18"),
        2: Decimal("5e-18"),
        3: Decimal("7e-18"),
    }
    assert stored_day(DAY) == recompute_day_naively(DAY)


# --- What is not known ----------------------------------------------------------------------


def test_unknown_difficulty_leaves_bitcoin_null(epochs, unit):
    # The last embedded epoch begins at 2025-01-12 20:01:51 UTC, and nobody knows how long it is.
    day = date(2025, 1, 12)
    store(make_record(day, period) for period in (40, 41, 42, 47))
    result = calculate(day)
    # SP41 starts at 20:00, before that block: the epoch before is still in force.
    assert result == CalculationResult(24, 0, uncovered_periods=(42, 47))
    assert stored_day(day) == recompute_day_naively(day)
    known = {n: mined is not None for n, mined in column(day, "bitcoin_mined").items()}
    assert known == {40: True, 41: True, 42: False, 47: False}
    DifficultyEpoch.objects.filter(height=878_976).update(known_until=NOW + timedelta(days=900))
    assert calculate(day) == CalculationResult(12, 0, uncovered_periods=())


def test_a_subsidy_after_a_halving_of_unknown_time_is_not_guessed(unit):
    day = date(2028, 4, 1)
    midnight = SettlementPeriod(day, 1).starts_at
    for n, height in enumerate((1_046_304, 1_048_320)):
        DifficultyEpoch.objects.create(
            height=height,
            starts_at=midnight + n * timedelta(hours=1),
            known_until=midnight + (n + 1) * timedelta(hours=1),
            difficulty=10**14,
        )
    store(make_record(day, period) for period in (1, 2, 3, 4))
    assert calculate(day).uncovered_periods == (3, 4)
    assert stored_day(day) == recompute_day_naively(day)


def test_periods_without_records_need_no_difficulty(epochs, unit):
    assert calculate(date(2026, 1, 1)) == CalculationResult(0, 0, ())


# --- Twice equals once ----------------------------------------------------------------------


def test_a_second_calculation_writes_nothing(epochs, unit):
    store([make_record(DAY, 1), make_record(DAY, 2)])
    calculate()
    assert calculate(now=LATER) == CalculationResult(0, 0, ())
    assert set(column(DAY, "calculated_at").values()) == {NOW}


def test_rows_without_bitcoin_are_not_written_again_either(unit):
    store([make_record(DAY, 1)])
    assert calculate() == CalculationResult(6, 0, (1,))
    assert calculate(now=LATER) == CalculationResult(0, 0, (1,))


def test_only_what_changed_is_written(epochs, unit):
    store([make_record(DAY, 1), make_record(DAY, 2)])
    calculate()
    CurtailmentRecord.objects.filter(settlement_period=2).update(other_mwh=7)
    assert calculate(now=LATER) == CalculationResult(6, 0, ())
    assert column(DAY, "calculated_at") == {1: NOW, 2: LATER}
    assert stored_day(DAY) == recompute_day_naively(DAY)


def test_rows_of_records_that_are_gone_are_removed(epochs, unit):
    next_day = DAY + timedelta(days=1)
    store([make_record(DAY, 1), make_record(DAY, 2), make_record(next_day, 1)])
    calculate()
    calculate(next_day)
    CurtailmentRecord.objects.filter(settlement_period=1).delete()
    assert calculate(miner_keys=["S9"]) == CalculationResult(0, 6, ())
    assert list(column(DAY, "id")) == [2]
    assert list(column(next_day, "id")) == [1]


# --- Miner models ---------------------------------------------------------------------------


def test_a_model_that_is_no_longer_active_loses_its_rows(epochs, unit):
    store([make_record(DAY, 1)])
    calculate()
    MinerModel.objects.filter(key="S9").update(active=False)
    assert calculate(now=LATER) == CalculationResult(0, 1, ())
    assert column(DAY, "id", miner="S9") == {}


def test_with_named_models_the_others_stay_as_they_are(epochs, unit):
    store([make_record(DAY, 1)])
    calculate()
    MinerModel.objects.exclude(key="S21").update(power_w=1, active=False)
    MinerModel.objects.filter(key="S21").update(power_w=7_000)
    assert calculate(now=LATER, miner_keys=["S21"]) == CalculationResult(1, 0, ())
    assert BitcoinCalculation.objects.filter(calculated_at=NOW).count() == 5


def test_an_inactive_model_is_not_calculated_even_if_it_is_named(epochs, unit):
    store([make_record(DAY, 1)])
    MinerModel.objects.filter(key="S9").update(active=False)
    assert calculate(miner_keys=["S9"]) == CalculationResult(0, 0, ())
