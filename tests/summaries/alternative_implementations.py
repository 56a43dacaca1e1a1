"""Summaries recomputed from the stored records, slowly and obviously, with exact fractions."""

from collections import defaultdict
from fractions import Fraction

from curtailment.models import CurtailmentRecord
from mining.models import BitcoinCalculation, BitcoinPrice

DEFINITIONS = ("flagged", "so", "all")


def energy_of(record, definition):
    """MWh and GBP of a record under a definition."""
    flagged = Fraction(record.curtailed_mwh), Fraction(record.payment_gbp)
    other = Fraction(record.other_mwh), Fraction(record.other_payment_gbp)
    return {
        "flagged": flagged,
        "so": (Fraction(record.so_mwh), Fraction(record.so_payment_gbp)),
        "all": (flagged[0] + other[0], flagged[1] + other[1]),
    }[definition]


def bitcoin_of(calculation, definition):
    """Bitcoin of a calculation under a definition; None if it is not known."""
    if calculation.bitcoin_mined is None:
        return None
    flagged = Fraction(calculation.bitcoin_mined)
    return {
        "flagged": flagged,
        "so": Fraction(calculation.so_bitcoin_mined),
        "all": flagged + Fraction(calculation.other_bitcoin_mined),
    }[definition]


def everything(row):
    return True


class NaiveSummaries:
    """All records and calculations, read once, and what they add up to."""

    def __init__(self):
        self.records = list(CurtailmentRecord.objects.defer("lines"))
        self.calculations = defaultdict(list)
        for calculation in BitcoinCalculation.objects.all():
            self.calculations[calculation.miner_model_id].append(calculation)
        self.energies = {
            definition: {key_of(r): energy_of(r, definition) for r in self.records}
            for definition in DEFINITIONS
        }
        dated = BitcoinPrice.objects.exclude(date=None)
        self.prices = {price.date: Fraction(price.price_gbp) for price in dated}

    def energy(self, first, last, definition, where=everything):
        """Energy, payment and counts of a range of days, of the rows that a condition holds for."""
        rows = [
            (record, *self.energies[definition][key_of(record)])
            for record in self.records
            if first <= record.settlement_date <= last and where(record)
        ]
        counted = [record for record, mwh, _ in rows if mwh > 0]
        return {
            "mwh": sum((mwh for _, mwh, _ in rows), Fraction(0)),
            "payment_gbp": sum((payment for _, _, payment in rows), Fraction(0)),
            "farm_count": len({record.bmu_id for record in counted}),
            "record_count": len(counted),
            "period_count": len({(r.settlement_date, r.settlement_period) for r in counted}),
        }

    def bitcoin(self, first, last, definition, miner_key, where=everything):
        """Bitcoin, its value at each day's price, and MWh x difficulty of a range of days."""
        days = [c for c in self.calculations[miner_key] if first <= c.settlement_date <= last]
        rows = [row for row in days if where(row)]
        if any(row.bitcoin_mined is None for row in rows):
            return {"bitcoin_mined": None, "value_gbp": None, "difficulty_mwh": None}
        amounts = [(row.settlement_date, bitcoin_of(row, definition)) for row in rows]
        mined = [(day, amount) for day, amount in amounts if amount]
        unpriced = any(day not in self.prices for day, _ in mined)
        value = None if unpriced else sum((a * self.prices[d] for d, a in mined), Fraction(0))
        weighted = (
            self.energies[definition][key_of(row)][0] * Fraction(row.difficulty) for row in rows
        )
        return {
            "bitcoin_mined": sum((amount for _, amount in amounts), Fraction(0)),
            "value_gbp": value,
            "difficulty_mwh": sum(weighted, Fraction(0)),
        }


def key_of(row):
    return row.settlement_date, row.settlement_period, row.bmu_id
