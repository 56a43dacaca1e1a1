"""Storing a fetched settlement date: replaced as a whole, in one transaction, or not at all."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from decimal import localcontext
from enum import StrEnum
from typing import Any

from django.db import transaction

from curtailment.aggregation import (
    EXACT,
    ZERO,
    UnitPeriod,
    UnpricedBid,
    aggregate_period,
    all_mwh,
)
from curtailment.locks import lock_day
from curtailment.models import BMUnit, IngestionProgress, SuspectDay
from curtailment.operations.fetch import FetchedDay
from curtailment.operations.register import record_unknown_units
from curtailment.operations.replace import replace_records
from curtailment.operations.staleness import mark_stale
from curtailment.operations.suspects import is_suspect, keep_aside, rejection
from curtailment.operations.verify import reset_verification
from curtailment.operations.wind import replace_wind_generation
from curtailment.settlement import count_periods
from curtailment.sources import MalformedAnswer

DataState = IngestionProgress.DataState
AttemptState = IngestionProgress.AttemptState
Source = IngestionProgress.Source


# What is less real is never stored over what is more so.
REALITY = (Source.SAMPLE, Source.LEGACY, Source.ELEXON)


class Outcome(StrEnum):
    """What came of a fetched answer."""

    WRITTEN = "written"
    UNCHANGED = "unchanged"
    OUTDATED = "outdated"
    SUSPECT = "suspect"
    REJECTED = "rejected"


@dataclass(frozen=True)
class StoredDay:
    """What storing an answer changed; a message where it was not taken."""

    outcome: Outcome
    rows_written: int = 0
    rows_removed: int = 0
    message: str = ""


def store_day(fetched: FetchedDay, *, now: datetime, force: bool = False) -> StoredDay:
    """This will make the records of a date what a complete answer says.

    An answer that is older than the stored one is dropped, one that lacks more than half of the
    stored energy is kept aside, and one that is equal writes only the ledger; `force` writes the
    records even then, should they have been damaged. What changed marks the day stale.

    Raises MalformedAnswer for lines that cannot be added up; nothing is written then.
    """
    rows = aggregate_day(fetched)
    with transaction.atomic():
        lock_day(fetched.settlement_date)
        progress = IngestionProgress.objects.select_for_update().get(
            settlement_date=fetched.settlement_date
        )
        refusal = _refuse(progress, fetched, rows, now)
        if refusal is not None:
            progress.save()
            return refusal
        return _replace(progress, fetched, rows, now=now, force=force)


def aggregate_day(fetched: FetchedDay) -> list[UnitPeriod]:
    """The rows of an answer; ids that the register lacks are brought to staff's attention."""
    known = dict(BMUnit.objects.values_list("elexon_bmu_id", "is_wind"))
    seen = {line.id for lines in fetched.lines_by_period.values() for line in lines if line.id}
    record_unknown_units(seen - known.keys(), now=fetched.started_at)
    return rows_of(fetched, frozenset(bmu_id for bmu_id, is_wind in known.items() if is_wind))


def rows_of(fetched: FetchedDay, wind_bmu_ids: frozenset[str]) -> list[UnitPeriod]:
    """The rows of an answer, by period and unit. Raises MalformedAnswer."""
    try:
        return [
            row
            for number, lines in sorted(fetched.lines_by_period.items())
            for row in aggregate_period(number, lines, wind_bmu_ids)
        ]
    except UnpricedBid as error:
        raise MalformedAnswer(f"{fetched.settlement_date} {error}") from error


def digest_of(rows: list[UnitPeriod], period_numbers: list[int]) -> str:
    """SHA-256 of the evidence: equal for answers that say the same, in whatever order."""
    digest = hashlib.sha256(repr(sorted(period_numbers)).encode())
    for row in rows:
        digest.update(f"\n{row.settlement_period} {row.bmu_id} {row.lines_json}".encode())
    return digest.hexdigest()


def figures_for_ledger(rows: list[UnitPeriod], period_numbers: list[int]) -> dict[str, Any]:
    """The ledger's columns that follow from the rows: counts, published totals, digest."""
    with localcontext(EXACT):
        return {
            "line_count": sum(len(row.lines) for row in rows),
            "record_count": len(rows),
            "curtailed_mwh": sum((row.flagged.mwh for row in rows), ZERO),
            "payment_gbp": sum((row.flagged.payment_gbp for row in rows), ZERO),
            "all_mwh": all_mwh(rows),
            "all_payment_gbp": sum(
                (row.flagged.payment_gbp + row.other.payment_gbp for row in rows), ZERO
            ),
            "digest": digest_of(rows, period_numbers),
        }


def _refuse(
    progress: IngestionProgress, fetched: FetchedDay, rows: list[UnitPeriod], now: datetime
) -> StoredDay | None:
    """Why an answer is not taken, written into the ledger's attempt; None where it is."""
    if _is_outdated(progress, fetched):
        _end_attempt(progress, AttemptState.OK, "", now)
        return StoredDay(Outcome.OUTDATED, message="A newer answer is stored already.")
    digest = digest_of(rows, list(fetched.lines_by_period))
    if not is_suspect(progress, fetched.source_name, rows, digest):
        return None
    suspect = keep_aside(progress, rows, digest, now=now)
    if suspect.state == SuspectDay.State.REJECTED:
        # Decided, so nothing is wrong: what is stored was confirmed by staff.
        _end_attempt(progress, AttemptState.OK, rejection(suspect), now)
        return StoredDay(Outcome.REJECTED, message=rejection(suspect))
    message = (
        f"The answer has {suspect.offered_mwh} MWh where {suspect.stored_mwh} are stored: "
        "kept aside until staff accept or reject it."
    )
    _end_attempt(progress, AttemptState.SUSPECT, message, now)
    return StoredDay(Outcome.SUSPECT, message=message)


def _is_outdated(progress: IngestionProgress, fetched: FetchedDay) -> bool:
    """Whether what is stored is newer: by Elexon's run, then by the start of the fetch.

    Elexon's data are never replaced by imported ones, nor these by sample data; the other way
    round always.
    """
    if progress.data_state == DataState.NONE:
        return False
    if progress.source != fetched.source_name:
        stored, offered = Source(progress.source), Source(fetched.source_name)
        return REALITY.index(offered) < REALITY.index(stored)
    if fetched.is_running_day and progress.data_state != DataState.RUNNING_DAY:
        # The clock was set back: a day that is over is not replaced by a part of it.
        return True
    stored_run, offered_run = progress.run_created_at, fetched.run_created_at
    if stored_run is not None and offered_run is not None and stored_run != offered_run:
        return offered_run < stored_run
    return progress.fetch_started_at is not None and fetched.started_at < progress.fetch_started_at


def _replace(
    progress: IngestionProgress,
    fetched: FetchedDay,
    rows: list[UnitPeriod],
    *,
    now: datetime,
    force: bool,
) -> StoredDay:
    before = (progress.digest, progress.data_state, progress.source)
    source_changed = progress.source not in ("", fetched.source_name)
    _describe_answer(progress, fetched, rows)
    written = removed = 0
    if force or before[0] != progress.digest:
        written, removed = replace_records(fetched.settlement_date, rows, now=now)
    if written or removed or (before[0], before[2]) != (progress.digest, progress.source):
        reset_verification(progress)
    wind_changed = replace_wind_generation(fetched, discard_stored=source_changed)
    if fetched.wind_generation is not None:
        progress.wind_generation_fetched_at = now
    if progress.refetch_since is not None and progress.refetch_since <= fetched.started_at:
        progress.refetch_since, progress.refetch_reason = None, ""
    _end_attempt(progress, AttemptState.OK, fetched.wind_error, now)
    progress.save()
    after = (progress.digest, progress.data_state, progress.source)
    if not (written or removed or wind_changed or before != after):
        return StoredDay(Outcome.UNCHANGED)
    mark_stale([fetched.settlement_date], reason="Elexon's figures changed.", now=now)
    return StoredDay(Outcome.WRITTEN, written, removed)


def _describe_answer(
    progress: IngestionProgress, fetched: FetchedDay, rows: list[UnitPeriod]
) -> None:
    """The ledger's columns that say what the stored rows are: published figures."""
    progress.source = fetched.source_name
    progress.data_state = _data_state(fetched)
    progress.periods_expected = count_periods(fetched.settlement_date)
    numbers = [] if progress.data_state == DataState.IMPORTED else list(fetched.lines_by_period)
    progress.periods_fetched = len(numbers)
    for column, figure in figures_for_ledger(rows, numbers).items():
        setattr(progress, column, figure)
    progress.run_created_at = fetched.run_created_at
    progress.fetch_started_at = fetched.started_at
    progress.fetched_at = fetched.started_at


def _data_state(fetched: FetchedDay) -> DataState:
    if fetched.source_name == Source.LEGACY:
        return DataState.IMPORTED
    if fetched.is_running_day:
        return DataState.RUNNING_DAY
    return DataState.FINAL if fetched.is_final else DataState.PROVISIONAL


def _end_attempt(
    progress: IngestionProgress, state: AttemptState, error: str, now: datetime
) -> None:
    progress.attempt_state = state
    progress.error = error
    progress.attempt_ended_at = now
