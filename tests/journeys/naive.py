"""What pages must say, computed from the payloads of the stub with exact fractions."""

from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction

from curtailment.settlement import SettlementPeriod
from curtailment.wind_units import known_wind_units

WIND = {unit.elexon_bmu_id for unit in known_wind_units()}
S19J_PRO_J_PER_TH = Fraction(3050, 100)
HALVING = datetime(2024, 4, 20, 0, 9, 27, tzinfo=UTC)


def counts(line, definition):
    """Whether a payload's line counts as curtailment."""
    if line["id"] not in WIND or Fraction(str(line["volume"])) >= 0:
        return False
    return {
        "flagged": bool(line["soFlag"] or line["cadlFlag"]),
        "so": bool(line["soFlag"]),
        "all": True,
    }[definition]


def report(days, epochs, definition="flagged"):
    """Energy, payment, units and S19J_PRO bitcoin of {date: {period: lines}}."""
    mwh = payment = bitcoin = Fraction(0)
    units, periods, records = set(), set(), set()
    for day, stacks in days.items():
        for number, lines in stacks.items():
            starts_at = SettlementPeriod(day, number).starts_at
            for line in lines:
                if not counts(line, definition):
                    continue
                energy = -Fraction(str(line["volume"]))
                mwh += energy
                payment += -energy * Fraction(str(line["originalPrice"]))
                bitcoin += mined(energy, starts_at, epochs)
                units.add(line["id"])
                periods.add((day, number))
                records.add((day, number, line["id"]))
    return {
        "curtailed_mwh": mwh,
        "payment_gbp": payment,
        "bitcoin": bitcoin,
        "farm_count": len(units),
        "periods": len(periods),
        "record_count": len(records),
    }


def mined(energy_mwh, starts_at, epochs):
    """Bitcoin by the formulas of the domain; `epochs` are (starts_at, difficulty), in order."""
    difficulty = [d for start, d in epochs if start <= starts_at][-1]
    subsidy = Fraction("6.25") if starts_at < HALVING else Fraction("3.125")
    hashes = energy_mwh * 3_600_000_000 / S19J_PRO_J_PER_TH * 10**12
    return hashes / (Fraction(difficulty) * 2**32) * subsidy


def fraction(text):
    """A number of a JSON report, which is a text with all digits."""
    assert isinstance(text, str), f"{text!r} is not a text"
    return Fraction(Decimal(text))
