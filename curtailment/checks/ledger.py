"""The ledger's line of a date against the calendar, and against the evidence that is stored."""

from collections.abc import Iterator
from datetime import date, datetime

from curtailment.checks.evidence import Evidence, Row
from curtailment.checks.findings import Finding, Remedy, found
from curtailment.models import IngestionProgress
from curtailment.operations.store import figures_for_ledger
from curtailment.settlement import (
    count_periods,
    iter_periods,
    recalculation_due_at,
    settlement_date_at,
)

DataState = IngestionProgress.DataState


def check_missing(settlement_date: date, progress: IngestionProgress | None) -> list[Finding]:
    """The date has data at all."""
    if progress is None:
        return found(settlement_date, "missing", ["it was never ingested"], Remedy.FETCH)
    if progress.data_state == DataState.NONE:
        reason = f": {progress.error}" if progress.error else ""
        return found(settlement_date, "missing", [f"nothing is stored{reason}"], Remedy.FETCH)
    return []


def check_periods(
    progress: IngestionProgress, evidence: Evidence, *, now: datetime
) -> list[Finding]:
    """Every period that the calendar has was fetched, and no other has records."""
    differences = [*_counts(progress, now), *_overdue(progress, now)]
    beyond = [record for record in evidence.records if _is_beyond(record, progress)]
    if beyond:
        differences.append(
            f"{len(beyond)} records are of periods that were not fetched, like "
            f"SP{beyond[0]['settlement_period']} {beyond[0]['bmu_id']}"
        )
    return found(progress.settlement_date, "periods", differences, Remedy.FETCH)


def check_ledger(progress: IngestionProgress, evidence: Evidence) -> list[Finding]:
    """Counts, published totals and digest of the ledger are those of the stored evidence."""
    numbers = list(range(1, progress.periods_fetched + 1))
    differences = [
        f"{name} is {getattr(progress, name)}, the records' lines give {expected}"
        for name, expected in figures_for_ledger(evidence.ordered_rows, numbers).items()
        if getattr(progress, name) != expected
    ]
    return found(progress.settlement_date, "ledger", differences, Remedy.FETCH)


def check_stale(progress: IngestionProgress) -> list[Finding]:
    """Bitcoin and summaries have followed the records."""
    if progress.stale_since is None:
        return []
    sentence = f"stale since {progress.stale_since:%Y-%m-%d %H:%M} UTC: {progress.stale_reason}"
    return found(progress.settlement_date, "stale", [sentence], Remedy.RECALCULATE)


def _counts(progress: IngestionProgress, now: datetime) -> Iterator[str]:
    calendar = count_periods(progress.settlement_date)
    if progress.periods_expected != calendar:
        yield f"{progress.periods_expected} periods are expected, the calendar has {calendar}"
    if progress.is_complete and progress.periods_fetched != calendar:
        yield f"{progress.periods_fetched} periods are fetched, the calendar has {calendar}"
    over = sum(period.ends_at <= now for period in iter_periods(progress.settlement_date))
    if not progress.is_complete and progress.periods_fetched > over:
        yield f"{progress.periods_fetched} periods are fetched, only {over} are over"


def _overdue(progress: IngestionProgress, now: datetime) -> Iterator[str]:
    """Whether the day has moved on and what is stored has not."""
    settlement_date = progress.settlement_date
    due_at = recalculation_due_at(settlement_date)
    if progress.data_state == DataState.RUNNING_DAY and settlement_date < settlement_date_at(now):
        yield f"stored as a running day ({progress.periods_fetched} periods), though it is over"
    if progress.data_state == DataState.PROVISIONAL and now >= due_at:
        yield f"still provisional, though final figures were due at {due_at:%Y-%m-%d %H:%M} UTC"


def _is_beyond(record: Row, progress: IngestionProgress) -> bool:
    """Whether nothing can be known of a record's period; staff may correct what is not fetched."""
    last = count_periods(progress.settlement_date)
    if record["correction_id"] is None and progress.data_state != DataState.IMPORTED:
        last = progress.periods_fetched
    return bool(record["settlement_period"] > last)
