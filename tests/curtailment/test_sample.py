"""The sample has everything that real stacks were seen to have, counted here."""

import hashlib
import os
import subprocess
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from threading import Event

import msgspec
import pytest

from curtailment.sample import SAMPLE_FIRST_DATE, SAMPLE_LAST_DATE, SampleSource
from curtailment.settlement import (
    SettlementPeriod,
    count_periods,
    iter_dates,
    iter_periods,
    next_working_day,
)
from curtailment.sources import Cancelled, PeriodNotFound, RegisterEntry, StackLine
from curtailment.wind_units import known_wind_units

SAMPLE_DATES = list(iter_dates(SAMPLE_FIRST_DATE, SAMPLE_LAST_DATE))
WINDY_DATE = date(2024, 3, 19)
DIGEST_OF_WINDY_DATE = "96fc34afda896b4cc9bc6682fb0f1b17e31bde3d563cb907b18c3d4fd1166d5b"
SAMPLE = SampleSource()
FUEL_TYPES = {unit.elexon_bmu_id: unit.fuel_type for unit in SAMPLE.bm_units()}


@cache
def stacks(settlement_date: date) -> list[list[StackLine]]:
    return [SAMPLE.bid_stack(period) for period in iter_periods(settlement_date)]


@pytest.fixture(scope="module")
def wind_lines() -> dict[date, list[StackLine]]:
    """The wind units' lines of each date."""
    return {
        day: [line for stack in stacks(day) for line in stack if is_wind(line)]
        for day in SAMPLE_DATES
    }


@pytest.fixture(scope="module")
def all_wind_lines(wind_lines) -> list[StackLine]:
    return [line for lines in wind_lines.values() for line in lines]


def is_wind(line: StackLine) -> bool:
    return FUEL_TYPES.get(line.id or "") == "WIND"


def is_flagged(line: StackLine) -> bool:
    return bool(line.so_flag or line.cadl_flag)


def gwh(lines: Iterable[StackLine]) -> Decimal:
    return -sum((line.volume for line in lines), Decimal(0)) / 1000


def payment_gbp(lines: Iterable[StackLine]) -> Decimal:
    return sum((line.volume * (line.original_price or 0) for line in lines), Decimal(0))


def digest(settlement_date: date) -> str:
    lines = [line for stack in stacks(settlement_date) for line in stack]
    text = "\n".join(str(msgspec.structs.astuple(line)) for line in lines)
    return hashlib.sha256(text.encode()).hexdigest()


# --- The same for ever ------------------------------------------------------------------------


def test_a_day_of_the_sample_is_the_same_on_every_machine_and_for_ever():
    assert digest(WINDY_DATE) == DIGEST_OF_WINDY_DATE


def test_a_day_does_not_depend_on_what_was_asked_before_nor_on_the_process():
    script = (
        "from tests.curtailment.test_sample import *;"
        "assert digest(WINDY_DATE) == DIGEST_OF_WINDY_DATE"
    )
    root = Path(__file__).parents[2]
    for hash_seed in ("1", "2"):
        environment = {**os.environ, "PYTHONHASHSEED": hash_seed}
        subprocess.run([sys.executable, "-c", script], check=True, cwd=root, env=environment)


def test_answers_can_be_changed_by_who_asked_without_harm():
    period = SettlementPeriod(WINDY_DATE, 1)
    SAMPLE.bid_stack(period).clear()
    SAMPLE.wind_generation(WINDY_DATE).clear()
    assert SAMPLE.bid_stack(period)
    assert SAMPLE.wind_generation(WINDY_DATE)


def test_the_whole_sample_is_made_in_a_few_seconds():
    started = time.process_time()
    for day in SAMPLE_DATES:
        stacks.__wrapped__(day)
        SAMPLE.wind_generation(day)
    # Measured: 1.5 s.
    assert time.process_time() - started < 15


# --- What it covers ---------------------------------------------------------------------------


def test_every_period_of_every_date_has_a_stack_and_offers(wind_lines):
    assert len(wind_lines) == 92
    for day in SAMPLE_DATES:
        for period, stack in zip(iter_periods(day), stacks(day), strict=True):
            assert {(line.settlement_date, line.settlement_period) for line in stack} == {
                (day, period.number)
            }
            assert SAMPLE.has_offers(period)


def test_the_day_the_clocks_go_forward_has_46_periods():
    day = date(2024, 3, 31)
    assert len(stacks(day)) == len(SAMPLE.wind_generation(day)) == 46
    assert max(line.settlement_period for stack in stacks(day) for line in stack) == 46


@pytest.mark.parametrize(
    "day", [SAMPLE_FIRST_DATE - timedelta(days=1), SAMPLE_LAST_DATE + timedelta(days=1)]
)
def test_a_date_outside_the_sample_is_not_an_empty_day(day):
    period = SettlementPeriod(day, 1)
    with pytest.raises(PeriodNotFound, match=f"no {day}, only 2024-03-01 to 2024-05-31"):
        SAMPLE.bid_stack(period)
    with pytest.raises(PeriodNotFound):
        SAMPLE.has_offers(period)
    with pytest.raises(PeriodNotFound):
        SAMPLE.wind_generation(day)


def test_a_request_that_was_given_up_is_not_answered():
    given_up = Event()
    period = SettlementPeriod(WINDY_DATE, 1)
    assert SAMPLE.bid_stack(period, cancelled=given_up)
    given_up.set()
    with pytest.raises(Cancelled):
        SAMPLE.bid_stack(period, cancelled=given_up)
    with pytest.raises(Cancelled):
        SAMPLE.has_offers(period, cancelled=given_up)


# --- Its units --------------------------------------------------------------------------------


def test_wind_units_are_real_ones_that_stood_in_the_spring_of_2024():
    known = {unit.elexon_bmu_id: unit for unit in known_wind_units()}
    wind = {unit.elexon_bmu_id for unit in SAMPLE.bm_units() if unit.fuel_type == "WIND"}
    assert wind <= set(known)
    assert {"T_SGRWO-1", "T_MOWEO-1", "T_WHILW-1", "T_HOWBO-1"} <= wind
    farms = {known[bmu_id].farm_name for bmu_id in wind}
    assert not farms & {"Viking", "Moray West", "Neart na Gaoithe"}


def test_the_register_lists_each_unit_once_and_every_unit_of_the_stacks():
    units = SAMPLE.bm_units()
    assert len(FUEL_TYPES) == len(units)
    assert all(isinstance(unit, RegisterEntry) and unit.fuel_type for unit in units)
    in_stacks = {line.id for stack in stacks(WINDY_DATE) for line in stack if line.id}
    assert {bmu_id for bmu_id in in_stacks if not bmu_id.isdigit()} <= set(FUEL_TYPES)


def test_nearly_every_wind_unit_of_the_register_is_curtailed_some_time(all_wind_lines):
    wind = {bmu_id for bmu_id, fuel_type in FUEL_TYPES.items() if fuel_type == "WIND"}
    curtailed = {line.id for line in all_wind_lines}
    assert curtailed <= wind
    assert len(wind - curtailed) <= 1


# --- Its weather ------------------------------------------------------------------------------


def test_windy_days_have_a_plausible_volume_and_calm_ones_none(wind_lines):
    by_day = {day: gwh(lines) for day, lines in wind_lines.items()}
    assert 8 <= sum(1 for volume in by_day.values() if volume == 0) <= 30
    assert 45 <= sum(1 for volume in by_day.values() if volume >= 5) <= 75
    assert 40 < max(by_day.values()) < 60
    assert 10 < sum(by_day.values()) / len(by_day) < 22


def test_wind_comes_in_fronts_of_days(wind_lines):
    volumes = [float(gwh(lines)) for lines in wind_lines.values()]
    mean = sum(volumes) / len(volumes)
    variance = sum((volume - mean) ** 2 for volume in volumes)
    pairs = zip(volumes, volumes[1:], strict=False)
    correlation = sum((one - mean) * (next_ - mean) for one, next_ in pairs) / variance
    assert correlation > 0.3
    windiest_third = sum(sorted(volumes)[-len(volumes) // 3 :])
    assert windiest_third > 0.6 * sum(volumes)


def test_spring_takes_the_wind_away(wind_lines):
    by_month: Counter[int] = Counter()
    for day in SAMPLE_DATES:
        by_month[day.month] += int(sum(output_mw(day)))
    assert by_month[3] > by_month[5]


@cache
def output_mw(settlement_date: date) -> list[Decimal]:
    return [
        2 * (output.onshore_mwh + output.offshore_mwh)
        for output in SAMPLE.wind_generation(settlement_date)
        if output.onshore_mwh is not None and output.offshore_mwh is not None
    ]


def test_wind_generation_is_published_for_every_period_and_is_plausible():
    for day in SAMPLE_DATES:
        output = output_mw(day)
        assert len(output) == count_periods(day)
        assert all(2_000 <= mw <= 18_000 for mw in output)
        changes = [abs(after - before) for before, after in zip(output, output[1:], strict=False)]
        assert max(changes) < 3_000


def test_curtailment_goes_with_wind(wind_lines):
    windy = [sum(output_mw(day)) for day in SAMPLE_DATES if gwh(wind_lines[day]) > 10]
    calm = [sum(output_mw(day)) for day in SAMPLE_DATES if gwh(wind_lines[day]) == 0]
    assert sum(windy) / len(windy) > 1.5 * float(sum(calm) / len(calm))


# --- Its lines --------------------------------------------------------------------------------


def test_every_line_passes_the_validation_of_elexons_answers():
    for day in (WINDY_DATE, date(2024, 3, 31)):
        for stack in stacks(day):
            assert msgspec.json.decode(msgspec.json.encode(stack), type=list[StackLine]) == stack


def test_sequence_numbers_are_unique_within_a_period():
    for stack in stacks(WINDY_DATE):
        assert [line.sequence_number for line in stack] == list(range(1, len(stack) + 1))


def test_the_figures_were_recalculated_on_the_next_working_day():
    # Good Friday is followed by a weekend and Easter Monday.
    for day, working_day in [(date(2024, 3, 29), date(2024, 4, 2)), (WINDY_DATE, None)]:
        created = {
            line.created_date_time and line.created_date_time.date() for line in stacks(day)[0]
        }
        assert created == {working_day or next_working_day(day)}


def test_volumes_are_negative_and_printed_as_elexon_prints_them(all_wind_lines):
    digits = Counter(len(line.volume.as_tuple().digits) for line in all_wind_lines)
    assert all(line.volume < 0 for line in all_wind_lines)
    assert max(digits) == 15
    assert sum(digits[count] for count in digits if count < 8) > 1_000


def test_units_have_several_acceptances_and_pairs_in_a_period(all_wind_lines):
    lines = Counter(
        (line.settlement_date, line.settlement_period, line.id) for line in all_wind_lines
    )
    assert 1.4 <= len(all_wind_lines) / len(lines) <= 2
    assert set(lines.values()) >= {1, 2, 3, 4}
    assert {line.bid_offer_pair_id for line in all_wind_lines} == {-2, -1, 1}
    assert all(line.acceptance_id for line in all_wind_lines)


def test_a_windy_period_has_about_a_hundred_wind_lines():
    most = max(sum(is_wind(line) for line in stack) for stack in stacks(WINDY_DATE))
    assert 60 <= most <= 140


def test_farms_bid_about_what_they_are_usually_paid_and_a_little_different_every_day(
    all_wind_lines,
):
    usual = {unit.elexon_bmu_id: unit.mean_payment_gbp_per_mwh for unit in known_wind_units()}
    prices = defaultdict(set)
    for line in all_wind_lines:
        if line.bid_offer_pair_id == -1 and line.original_price < 0:
            prices[line.id].add(line.original_price)
            assert abs(-line.original_price / usual[line.id] - 1) < Decimal("0.07")
    assert sum(len(of_unit) > 3 for of_unit in prices.values()) > 40
    assert 15 < payment_gbp(all_wind_lines) / gwh(all_wind_lines) / 1000 < 60


def test_now_and_then_a_farm_pays(all_wind_lines, wind_lines):
    unit_days = {(line.settlement_date, line.id) for line in all_wind_lines}
    paying = {(line.settlement_date, line.id) for line in all_wind_lines if line.original_price > 0}
    assert 0.008 < len(paying) / len(unit_days) < 0.025
    assert any(payment_gbp(lines) < 0 for lines in wind_lines.values())


def test_most_days_have_few_unflagged_lines_and_some_have_many(wind_lines):
    shares = [
        gwh(line for line in lines if not is_flagged(line)) / gwh(lines)
        for lines in wind_lines.values()
        if gwh(lines) > 1
    ]
    assert sum(share < Decimal("0.05") for share in shares) > 0.85 * len(shares)
    assert sum(share > Decimal("0.2") for share in shares) >= 3


def test_flags_come_in_all_combinations_and_now_and_then_null(all_wind_lines):
    flags = Counter((line.so_flag, line.cadl_flag) for line in all_wind_lines)
    assert set(flags) == {
        (True, False),
        (True, True),
        (False, True),
        (False, False),
        (None, False),
        (True, None),
    }
    assert min(flags.values()) > 20
    assert flags[True, False] > 0.7 * len(all_wind_lines)


def test_most_lines_have_no_final_price(all_wind_lines):
    without = sum(line.final_price is None for line in all_wind_lines)
    assert 0.85 < without / len(all_wind_lines) < 0.97


def test_a_period_has_one_loss_multiplier_near_99_percent(all_wind_lines):
    multipliers = defaultdict(set)
    for line in all_wind_lines:
        key = (line.settlement_date, line.settlement_period)
        multipliers[key].add(line.transmission_loss_multiplier)
    assert all(len(of_period) == 1 for of_period in multipliers.values())
    assert all(Decimal("0.98") < tlm < 1 for of_period in multipliers.values() for tlm in of_period)


def test_lines_equal_in_every_value_occur(all_wind_lines):
    values = Counter(msgspec.structs.replace(line, sequence_number=None) for line in all_wind_lines)
    twins = [line for line, count in values.items() if count > 1]
    assert 10 < len(twins) < 300


def test_stacks_have_lines_that_are_not_wind_and_not_units():
    others = [line for stack in stacks(WINDY_DATE) for line in stack if not is_wind(line)]
    ids = {line.id for line in others}
    assert None in ids
    assert any(bmu_id and bmu_id.isdigit() for bmu_id in ids)
    assert {FUEL_TYPES.get(bmu_id or "") for bmu_id in ids} >= {"CCGT", "BIOMASS", "PS"}
