"""The same figures as the product's, computed slowly and obviously with exact fractions."""

from dataclasses import dataclass
from fractions import Fraction


@dataclass
class NaiveFigures:
    mwh: Fraction
    payment_gbp: Fraction
    loss_adjusted_payment_gbp: Fraction | None


def figures_of(lines, wind_bmu_ids):
    """By unit and definition: what a period's lines add up to."""
    result = {}
    for bmu_id in {line.id for line in lines} & wind_bmu_ids:
        bids = [line for line in lines if line.id == bmu_id and line.volume < 0]
        result[bmu_id] = {
            "flagged": add_up(b for b in bids if b.so_flag is True or b.cadl_flag is True),
            "so": add_up(b for b in bids if b.so_flag is True),
            "other": add_up(b for b in bids if b.so_flag is not True and b.cadl_flag is not True),
        }
    return result


def add_up(bids):
    total = NaiveFigures(Fraction(0), Fraction(0), Fraction(0))
    for bid in bids:
        payment = Fraction(bid.volume) * Fraction(bid.original_price)
        total.mwh -= Fraction(bid.volume)
        total.payment_gbp += payment
        if bid.transmission_loss_multiplier is None:
            total.loss_adjusted_payment_gbp = None
        elif total.loss_adjusted_payment_gbp is not None:
            total.loss_adjusted_payment_gbp += payment * Fraction(bid.transmission_loss_multiplier)
    return total
