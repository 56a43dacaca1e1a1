"""A source of settlement data in memory, for tests of what happens after the fetch."""

from datetime import UTC, datetime
from decimal import Decimal

from curtailment.settlement import iter_periods
from curtailment.sources import SettlementSource, WindOutput


class MemorySource(SettlementSource):
    """Serves {date: {period number: lines}}; other periods are empty."""

    name = "elexon"

    def __init__(self, days):
        self.days = days

    def bid_stack(self, period, *, cancelled=None):
        return self.days[period.settlement_date].get(period.number, [])

    def has_offers(self, period, *, cancelled=None):
        return True

    def wind_generation(self, settlement_date):
        return [
            WindOutput(
                settlement_date=settlement_date,
                settlement_period=period.number,
                onshore_mwh=Decimal(1000),
                offshore_mwh=Decimal(2000),
            )
            for period in iter_periods(settlement_date)
        ]

    def bm_units(self):
        return []


def clock():
    return datetime.now(UTC)
