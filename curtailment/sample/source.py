"""The sample as a source of settlement data, as Elexon's API is one."""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from threading import Event, Lock

from curtailment.sample.dates import SAMPLE_FIRST_DATE, SAMPLE_LAST_DATE
from curtailment.sample.generation import wind_output
from curtailment.sample.network import constrained_day
from curtailment.sample.prices import bid_prices
from curtailment.sample.stacks import bid_stacks
from curtailment.sample.units import register
from curtailment.settlement import SettlementPeriod
from curtailment.sources import (
    Cancelled,
    PeriodNotFound,
    RegisterEntry,
    SettlementSource,
    StackLine,
    WindOutput,
)

# Several days are ingested at once, each by several threads.
DAYS_REMEMBERED = 8
_one_at_a_time = Lock()


class SampleSource(SettlementSource):
    """Made-up settlement data of real wind farms; the same on every call and every machine."""

    name = "sample"

    def bid_stack(
        self, period: SettlementPeriod, *, cancelled: Event | None = None
    ) -> list[StackLine]:
        """The accepted bid lines of a period, of all units."""
        _refuse_if(cancelled)
        return list(_sample_day(period.settlement_date).bid_stacks[period.number - 1])

    def has_offers(self, period: SettlementPeriod, *, cancelled: Event | None = None) -> bool:
        """Always, within the sample dates: every period was settled."""
        _refuse_if(cancelled)
        _require_sample_date(period.settlement_date)
        return True

    def wind_generation(self, settlement_date: date) -> list[WindOutput]:
        """Actual wind output of all periods of a date, in order."""
        return list(_sample_day(settlement_date).wind_output)

    def bm_units(self) -> list[RegisterEntry]:
        """The units of the sample, each once."""
        return register()


@dataclass(frozen=True)
class _SampleDay:
    bid_stacks: list[list[StackLine]]
    wind_output: list[WindOutput]


def _sample_day(settlement_date: date) -> _SampleDay:
    _require_sample_date(settlement_date)
    with _one_at_a_time:
        return _computed_day(settlement_date)


@lru_cache(maxsize=DAYS_REMEMBERED)
def _computed_day(settlement_date: date) -> _SampleDay:
    prices = bid_prices(settlement_date)
    constrained = constrained_day(settlement_date, prices)
    return _SampleDay(bid_stacks(constrained, prices), wind_output(constrained))


def _require_sample_date(settlement_date: date) -> None:
    if not SAMPLE_FIRST_DATE <= settlement_date <= SAMPLE_LAST_DATE:
        raise PeriodNotFound(
            f"The sample has no {settlement_date}, only {SAMPLE_FIRST_DATE} to {SAMPLE_LAST_DATE}."
        )


def _refuse_if(cancelled: Event | None) -> None:
    if cancelled is not None and cancelled.is_set():
        raise Cancelled("The request was given up.")
