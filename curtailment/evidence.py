"""From the evidence of a record back to what Elexon published: pure and exact."""

from datetime import date

import msgspec

from curtailment.aggregation import EvidenceLine, UnitPeriod, aggregate_period
from curtailment.sources import StackLine

_decoder = msgspec.json.Decoder(list[EvidenceLine])


def unit_period_of(
    settlement_date: date, settlement_period: int, bmu_id: str, lines_json: str
) -> UnitPeriod | None:
    """The row that a record's evidence adds up to; None where Elexon has no line of it."""
    lines = [
        StackLine(
            settlement_date=settlement_date,
            settlement_period=settlement_period,
            id=bmu_id,
            **msgspec.structs.asdict(line),
        )
        for line in _decoder.decode(lines_json)
    ]
    rows = aggregate_period(settlement_period, lines, frozenset([bmu_id]))
    return rows[0] if rows else None
