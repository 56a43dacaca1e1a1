"""Stack lines for tests, short to write."""

from datetime import UTC, date, datetime
from decimal import Decimal

from curtailment.sources import StackLine


def stack_line(
    *,
    id="T_SGRWO-1",  # noqa: A002
    volume="-10",
    original_price="-50",
    so_flag=False,
    cadl_flag=False,
    tlm="0.99",
    final_price=None,
    settlement_date=date(2024, 3, 5),
    settlement_period=1,
    created_at=datetime(2024, 3, 6, 10, tzinfo=UTC),
):
    def number(value):
        return None if value is None else Decimal(value)

    return StackLine(
        settlement_date=settlement_date,
        settlement_period=settlement_period,
        id=id,
        so_flag=so_flag,
        cadl_flag=cadl_flag,
        original_price=number(original_price),
        volume=Decimal(volume),
        final_price=number(final_price),
        transmission_loss_multiplier=number(tlm),
        acceptance_id=1,
        bid_offer_pair_id=-1,
        created_date_time=created_at,
        sequence_number=1,
    )
