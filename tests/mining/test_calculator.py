from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mining.calculator import bitcoin_mined, round_half_up

S19J_PRO = {"hashrate_th_s": Decimal(100), "power_w": Decimal(3050)}
S9 = {"hashrate_th_s": Decimal("13.5"), "power_w": Decimal(1323)}
M20S = {"hashrate_th_s": Decimal(68), "power_w": Decimal(3360)}


@pytest.mark.parametrize(
    ("energy_mwh", "model", "difficulty", "published"),
    [
        # 2025-03-06 and 2025-03-11, as the platform before this one published them.
        ("47456.17", S19J_PRO, "110568428300952", "36.86"),
        ("44140.93", S19J_PRO, "112149504190349", "33.80157547"),
        ("44140.93", S9, "112149504190349", "10.51987808"),
        ("44140.93", M20S, "112149504190349", "20.86442486"),
    ],
)
def test_published_days_are_reproduced_to_all_their_digits(
    energy_mwh, model, difficulty, published
):
    mined = bitcoin_mined(
        energy_mwh=Decimal(energy_mwh),
        difficulty=Decimal(difficulty),
        subsidy_btc=Decimal("3.125"),
        **model,
    )
    assert mined.quantize(Decimal(published)) == Decimal(published)


def test_one_mwh_at_30_joules_a_terahash_by_hand():
    # 1 MWh is 3.6e9 J; at 30 J/TH that buys 1.2e8 TH, or 1.2e20 hashes.
    mined = bitcoin_mined(
        energy_mwh=Decimal(1),
        hashrate_th_s=Decimal(100),
        power_w=Decimal(3000),
        difficulty=Decimal("1e14"),
        subsidy_btc=Decimal("3.125"),
    )
    assert mined == round_half_up(
        Fraction(12 * 10**19, 10**14 * 2**32) * Fraction(25, 8), decimals=18
    )
    assert round(mined, 8) == Decimal("8.7311e-4")


def test_no_energy_mines_nothing():
    mined = bitcoin_mined(
        energy_mwh=Decimal(0),
        difficulty=Decimal(1),
        subsidy_btc=Decimal(50),
        **S9,
    )
    assert mined == 0


def test_of_two_equally_near_decimals_the_greater_is_taken():
    assert round_half_up(Fraction(25, 1000), decimals=2) == Decimal("0.03")
    assert round_half_up(Fraction(24999, 10**6), decimals=2) == Decimal("0.02")


@given(st.fractions(min_value=0), st.integers(0, 30))
def test_rounding_is_off_by_half_a_unit_at_most(value, decimals):
    error = Fraction(round_half_up(value, decimals=decimals)) - value
    assert -Fraction(1, 2) < error * 10**decimals <= Fraction(1, 2)
