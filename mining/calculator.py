"""How much bitcoin energy could have mined: pure arithmetic, exact. No Django here."""

from decimal import Decimal
from fractions import Fraction

JOULES_PER_MWH = 3_600_000_000
HASHES_PER_TERAHASH = 10**12
# The mean number of hashes that a block takes at difficulty 1.
HASHES_PER_DIFFICULTY = 2**32
# Bitcoin is rounded once, half up, to this many decimals; here and in SQL alike.
BITCOIN_DECIMALS = 18


def bitcoin_mined(
    *,
    energy_mwh: Decimal,
    hashrate_th_s: Decimal,
    power_w: Decimal,
    difficulty: Decimal,
    subsidy_btc: Decimal,
) -> Decimal:
    """The bitcoin that a miner is expected to earn with an amount of energy.

        joules  = energy_mwh x 3.6e9
        hashes  = joules / efficiency_j_per_th x 1e12
                  with efficiency_j_per_th = power_w / hashrate_th_s
        bitcoin = hashes / (difficulty x 2^32) x subsidy_btc

    Energy must not be negative; the other figures must be positive.
    """
    joules = Fraction(energy_mwh) * JOULES_PER_MWH
    efficiency_j_per_th = Fraction(power_w) / Fraction(hashrate_th_s)
    hashes = joules / efficiency_j_per_th * HASHES_PER_TERAHASH
    blocks = hashes / (Fraction(difficulty) * HASHES_PER_DIFFICULTY)
    return round_half_up(blocks * Fraction(subsidy_btc), decimals=BITCOIN_DECIMALS)


def round_half_up(value: Fraction, *, decimals: int) -> Decimal:
    """A fraction, not negative, as the nearest decimal; of two equally near ones the greater."""
    units = (2 * value * 10**decimals + 1) // 2
    return Decimal(f"{units}e-{decimals}")
