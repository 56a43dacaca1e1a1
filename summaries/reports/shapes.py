"""The shapes of reports. Figures are exact; a null is a figure that is not known."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from curtailment.definitions import Definition
from curtailment.settlement import settlement_date_at
from summaries.exact import divide
from summaries.queries.freshness import Freshness
from summaries.reports.notices import Notice
from summaries.selection import Selection
from summaries.timeframes import Timeframe


@dataclass(frozen=True)
class Energy:
    """Curtailed energy and what was paid for it, under one definition."""

    curtailed_mwh: Decimal | None
    payment_gbp: Decimal | None

    @property
    def payment_gbp_per_mwh(self) -> Decimal | None:
        return divide(self.payment_gbp, self.curtailed_mwh)


@dataclass(frozen=True)
class Totals:
    """What a timeframe adds up to; counts are of what has curtailed energy."""

    by_definition: dict[Definition, Energy]
    farm_count: int | None
    record_count: int | None
    period_count: int | None
    wind_generation_mwh: Decimal | None
    curtailment_percent: Decimal | None
    has_corrections: bool


@dataclass(frozen=True)
class MinerTotals:
    """What one miner model could have mined, and its value at each day's price."""

    miner_model: str
    name: str
    bitcoin_mined: Decimal | None
    value_gbp: Decimal | None
    average_difficulty: Decimal | None


@dataclass(frozen=True)
class FarmTotals:
    """A BM Unit with curtailed energy; bitcoin is of the selected miner model."""

    bmu_id: str
    name: str
    farm_name: str
    lead_party: str
    curtailed_mwh: Decimal
    payment_gbp: Decimal
    bitcoin_mined: Decimal | None


@dataclass(frozen=True)
class PeriodRow:
    """A settlement period of a day."""

    settlement_period: int
    starts_at: datetime
    curtailed_mwh: Decimal
    payment_gbp: Decimal
    bitcoin_mined: Decimal | None


@dataclass(frozen=True)
class TimeframeRow:
    """A day of a month, or a month of a year; figures are null where there are no data."""

    timeframe: Timeframe
    is_complete: bool
    curtailed_mwh: Decimal | None
    payment_gbp: Decimal | None
    bitcoin_mined: Decimal | None


@dataclass(frozen=True)
class Coverage:
    """How much of a timeframe is stored, and how sure it is."""

    is_ingested: bool
    is_complete: bool
    is_provisional: bool
    is_sample: bool
    periods_expected: int
    periods_fetched: int


@dataclass(frozen=True)
class Report:
    """A day, a month or a year, of all units or of those selected."""

    timeframe: Timeframe
    previous: Timeframe | None
    next: Timeframe | None
    selection: Selection
    coverage: Coverage
    notices: tuple[Notice, ...]
    totals: Totals
    bitcoin: tuple[MinerTotals, ...]
    farms: tuple[FarmTotals, ...]
    periods: tuple[PeriodRow, ...] = ()
    parts: tuple[TimeframeRow, ...] = ()

    @property
    def energy(self) -> Energy:
        """Under the selected definition."""
        return self.totals.by_definition[self.selection.definition]

    @property
    def miner(self) -> MinerTotals | None:
        """The selected miner model's."""
        return next((row for row in self.bitcoin if row.miner_model == self.selection.miner), None)


@dataclass(frozen=True)
class Headline:
    """The figures of a timeframe that the overview shows."""

    timeframe: Timeframe
    is_complete: bool
    is_provisional: bool
    is_sample: bool
    curtailed_mwh: Decimal | None
    payment_gbp: Decimal | None
    bitcoin_mined: Decimal | None
    value_gbp: Decimal | None


@dataclass(frozen=True)
class Overview:
    """The first page. Without any complete day it has no headlines."""

    selection: Selection
    now: datetime
    headlines: tuple[Headline, ...]
    days: tuple[Headline, ...]
    freshness: Freshness
    notices: tuple[Notice, ...]

    @property
    def today(self) -> date:
        return settlement_date_at(self.now)

    @property
    def later_day_count(self) -> int:
        """Days after the last stored one that are over."""
        return self.freshness.later_day_count(self.today)
