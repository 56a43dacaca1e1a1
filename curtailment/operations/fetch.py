"""Fetching a settlement date: every period at once, all or nothing, nothing written."""

from concurrent.futures import FIRST_EXCEPTION, Executor, Future, wait
from contextvars import copy_context
from dataclasses import dataclass
from datetime import date, datetime
from threading import Event

from curtailment.settlement import (
    SettlementPeriod,
    iter_periods,
    recalculation_due_at,
    settlement_date_at,
)
from curtailment.sources import (
    Cancelled,
    PeriodNotFound,
    SettlementSource,
    SourceError,
    SourceUnavailable,
    StackLine,
    WindOutput,
)


class NotSettledYet(SourceUnavailable):
    """A period has no figures yet, and it is too early to take that for a zero."""


@dataclass(frozen=True)
class FetchedDay:
    """A complete answer of a source for a settlement date, or of a running day so far.

    `wind_generation` is None where the source failed to answer; `wind_error` says how.
    """

    settlement_date: date
    source_name: str
    started_at: datetime
    is_running_day: bool
    is_final: bool
    lines_by_period: dict[int, list[StackLine]]
    wind_generation: list[WindOutput] | None
    wind_error: str = ""

    @property
    def run_created_at(self) -> datetime | None:
        """The newest time at which Elexon calculated a line."""
        return max(
            (
                line.created_date_time
                for lines in self.lines_by_period.values()
                for line in lines
                if line.created_date_time is not None
            ),
            default=None,
        )


def fetch_day(
    source: SettlementSource, settlement_date: date, *, now: datetime, executor: Executor
) -> FetchedDay:
    """All accepted bid lines of a settlement date, and its wind generation.

    Of today only the periods that are over and published, up to the first gap. Raises SourceError
    of the first period that fails; the requests of the others are given up.
    """
    is_running_day = settlement_date == settlement_date_at(now)
    if settlement_date > settlement_date_at(now):
        raise ValueError(f"{settlement_date} has not begun.")
    lines_by_period = _fetch_stacks(source, settlement_date, now, is_running_day, executor)
    wind_generation, wind_error = _fetch_wind(source, settlement_date)
    return FetchedDay(
        settlement_date=settlement_date,
        source_name=source.name,
        started_at=now,
        is_running_day=is_running_day,
        is_final=now >= recalculation_due_at(settlement_date),
        lines_by_period=lines_by_period,
        wind_generation=wind_generation,
        wind_error=wind_error,
    )


def _fetch_stacks(
    source: SettlementSource,
    settlement_date: date,
    now: datetime,
    is_running_day: bool,
    executor: Executor,
) -> dict[int, list[StackLine]]:
    periods = [p for p in iter_periods(settlement_date) if p.ends_at <= now]
    fetch = _fetch_running_period if is_running_day else _fetch_period
    cancelled = Event()
    # Each request's thread logs what this one is about.
    futures = [
        executor.submit(copy_context().run, fetch, source, period, now, cancelled)
        for period in periods
    ]
    _wait_for_all(futures, cancelled)
    answers: dict[int, list[StackLine]] = {}
    for period, future in zip(periods, futures, strict=True):
        lines = future.result()
        if lines is None:
            break
        answers[period.number] = lines
    return answers


def _wait_for_all(futures: list[Future[list[StackLine] | None]], cancelled: Event) -> None:
    """Waits until every request ended; raises the error of the first one that failed."""
    wait(futures, return_when=FIRST_EXCEPTION)
    cancelled.set()
    for future in futures:
        future.cancel()
    wait(futures)
    errors = [f.exception() for f in futures if not f.cancelled() and f.exception() is not None]
    for error in sorted(errors, key=lambda error: isinstance(error, Cancelled)):
        if error is not None:
            raise error


def _fetch_period(
    source: SettlementSource, period: SettlementPeriod, now: datetime, cancelled: Event
) -> list[StackLine]:
    """The lines of a period of a day that is over."""
    lines = source.bid_stack(period, cancelled=cancelled)
    if lines or now >= recalculation_due_at(period.settlement_date):
        return lines
    if source.has_offers(period, cancelled=cancelled):
        return lines
    raise NotSettledYet(
        f"{period} has neither bids nor offers yet; it counts as a zero only after "
        f"{recalculation_due_at(period.settlement_date):%Y-%m-%d %H:%M} UTC."
    )


def _fetch_running_period(
    source: SettlementSource, period: SettlementPeriod, now: datetime, cancelled: Event
) -> list[StackLine] | None:
    """The lines of a period of today; None while it is not published."""
    try:
        return _fetch_period(source, period, now, cancelled)
    except (PeriodNotFound, NotSettledYet):
        return None


def _fetch_wind(
    source: SettlementSource, settlement_date: date
) -> tuple[list[WindOutput] | None, str]:
    """Wind generation is told apart: without it the energy still stands, only the share lacks."""
    try:
        return source.wind_generation(settlement_date), ""
    except SourceError as error:
        return None, str(error)
