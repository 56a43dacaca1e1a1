"""The way of a day through all stages: the only module that knows them all.

Fetch, replace, calculate, summarize; the last three in one transaction, under the day's lock.
"""

from collections.abc import Callable, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from django.db import transaction

from config.logs.context import about_its_day
from curtailment.archived import (
    YearArchived,
    archive_of,
    archived_years,
    refuse_archived,
    sentence_of,
)
from curtailment.locks import (
    LockSpace,
    lock_day,
    lock_month,
    lock_year,
    session_lock,
    session_lock_if_free,
)
from curtailment.models import ArchivedYear, IngestionProgress
from curtailment.operations import (
    FetchedDay,
    Outcome,
    StoredDay,
    clear_stale,
    end_attempt,
    fail_attempt,
    fetch_day,
    mark_stale,
    name_lead_parties,
    raise_revision,
    refresh_wind_generation,
    start_attempt,
    store_day,
)
from curtailment.partitions import ensure_partitions
from curtailment.queries import progress_of
from curtailment.sources import SettlementSource, SourceError, SourceUnreachable
from curtailment.sql import expect_many_rows
from mining.operations import calculate_day
from mining.queries import difficulty_gap_message
from summaries.operations import rebuild_day, rebuild_month, rebuild_year

Clock = Callable[[], datetime]

AttemptState = IngestionProgress.AttemptState
# Who finds a try running, and holds the lock of those who fetch the day, finds one that was killed.
TRIED_AGAIN = (AttemptState.FAILED, AttemptState.PENDING, AttemptState.RUNNING)


class Status(StrEnum):
    """What came of a day."""

    WRITTEN = "written"
    UNCHANGED = "unchanged"
    OUTDATED = "outdated"
    SUSPECT = "suspect"
    REJECTED = "rejected"
    FAILED = "failed"
    SKIPPED = "skipped"


@dataclass(frozen=True)
class DayResult:
    """What came of a day, and each thing about it that is not as it should be."""

    settlement_date: date
    status: Status
    problems: tuple[str, ...] = ()
    unreachable: bool = False

    @property
    def is_ok(self) -> bool:
        """Whether all was done that was asked."""
        return not self.problems

    def __str__(self) -> str:
        return " ".join([f"{self.settlement_date} {self.status}", *self.problems])


@about_its_day
def refresh_day(
    settlement_date: date,
    *,
    source: SettlementSource,
    executor: Executor,
    clock: Clock,
    force: bool = False,
) -> DayResult:
    """This will bring a day from its source to the summaries, unless that was done before.

    A complete final day is not fetched again unless forced; what else it lacks is done. Two
    processes that refresh the same day do so one after the other.
    """
    with session_lock(LockSpace.FETCH, settlement_date.toordinal()):
        progress = progress_of(settlement_date)
        archive = archive_of(settlement_date)
        if archive is not None:
            return _leave_archived(settlement_date, archive, force or needs_fetch(progress, source))
        if force or needs_fetch(progress, source):
            return _fetch_and_store(settlement_date, source, executor, clock, force)
        return _complete_day(settlement_date, source, progress, clock)


@about_its_day
def import_day(
    day: date, *, fetched: FetchedDay, lead_parties: Mapping[tuple[int, str], str], clock: Clock
) -> DayResult:
    """This will bring a day that the platform before kept to the summaries, all or nothing.

    A day of Elexon's is left as it is.
    """
    with session_lock(LockSpace.FETCH, day.toordinal()):
        if is_fetched(progress_of(day)):
            return DayResult(day, Status.SKIPPED)
        ensure_partitions([day.year])
        with transaction.atomic():
            lock_day(day)
            archive = archive_of(day)
            if archive is not None:
                return _leave_archived(day, archive, asked_for=True)
            start_attempt(day, now=clock())
            stored = store_day(fetched, now=clock())
            name_lead_parties(day, lead_parties, now=clock())
            problems = _follow(day, stored, clock())
    return DayResult(day, Status(stored.outcome), problems)


@about_its_day
def give_up_day(
    settlement_date: date, *, source: SettlementSource, clock: Clock, reason: str, force: bool
) -> DayResult:
    """This will list a day as failed without a try, if it lacks anything that a try would get."""
    if not force and not needs_fetch(progress_of(settlement_date), source):
        return DayResult(settlement_date, Status.SKIPPED)
    fail_attempt(settlement_date, error=reason, now=clock())
    return DayResult(settlement_date, Status.FAILED, (reason,), unreachable=True)


@about_its_day
def finish_day(
    settlement_date: date, *, now: datetime, miner_keys: list[str] | None = None
) -> DayResult:
    """This will make a day's bitcoin and its day, month and year follow its records.

    With `miner_keys` only the bitcoin of these models is calculated anew, unless the day is
    stale: then all of it has to follow.
    """
    with transaction.atomic():
        lock_day(settlement_date)
        archive = archive_of(settlement_date)
        if archive is not None:
            return _leave_archived(settlement_date, archive, asked_for=True)
        progress = progress_of(settlement_date)
        if progress is not None and progress.stale_since is not None:
            miner_keys = None
        mark_stale([settlement_date], reason="Being recalculated.", now=now)
        return DayResult(settlement_date, Status.WRITTEN, _derive(settlement_date, now, miner_keys))


def finish_stale_days(*, clock: Clock) -> list[DayResult] | None:
    """This will finish every day that is stale, oldest first; None if another process is at it.

    After a change of all days that takes longer than the minute until it is asked for again: two
    would do every day twice, and leave no worker for the day that somebody waits for.
    """
    with session_lock_if_free(LockSpace.STALE_DAYS, 0) as is_mine:
        return _finish_all(clock) if is_mine else None


def _finish_all(clock: Clock) -> list[DayResult]:
    # Those that are archived wait until they are attached.
    stale = IngestionProgress.objects.filter(stale_since__isnull=False).exclude(
        settlement_date__year__in=archived_years()
    )
    days = list(stale.order_by("stale_since", "settlement_date").values_list("pk", flat=True))
    return [finish_day(day, now=clock()) for day in days]


def needs_fetch(progress: IngestionProgress | None, source: SettlementSource) -> bool:
    """Whether a source has something to say of a day beyond what is stored.

    What failed or was interrupted is tried again, though the rows of an earlier try may be final;
    so is a day that staff accepted another answer of, which counts as not tried since, and one
    that the register's units have changed under.
    """
    if progress is None or progress.data_state != IngestionProgress.DataState.FINAL:
        return True
    if progress.attempt_state in TRIED_AGAIN:
        return True
    if progress.refetch_since is not None:
        return True
    return progress.source != source.name


def _leave_archived(day: date, archive: ArchivedYear, asked_for: bool) -> DayResult:
    """What is said of a day whose records are in a file, and stay there."""
    if not asked_for:
        return DayResult(day, Status.SKIPPED)
    return DayResult(day, Status.FAILED, (sentence_of(archive),))


def is_fetched(progress: IngestionProgress | None) -> bool:
    """Whether Elexon's own answer is stored, be it a part of a day."""
    return progress is not None and progress.source == IngestionProgress.Source.ELEXON


def _fetch_and_store(
    settlement_date: date, source: SettlementSource, executor: Executor, clock: Clock, force: bool
) -> DayResult:
    start_attempt(settlement_date, now=clock())
    try:
        fetched = fetch_day(source, settlement_date, now=clock(), executor=executor)
        # Usually there; in a transaction of its own, as it locks out all writers for a moment.
        ensure_partitions([settlement_date.year])
        with transaction.atomic():
            lock_day(settlement_date)
            refuse_archived(settlement_date)
            stored = store_day(fetched, now=clock(), force=force)
            problems = _follow(settlement_date, stored, clock())
    except (SourceError, YearArchived) as error:
        fail_attempt(settlement_date, error=str(error), now=clock())
        unreachable = isinstance(error, SourceUnreachable)
        return DayResult(settlement_date, Status.FAILED, (str(error),), unreachable)
    if fetched.wind_error:
        problems += (f"Wind generation is missing: {fetched.wind_error}",)
    return DayResult(settlement_date, Status(stored.outcome), problems)


def _follow(settlement_date: date, stored: StoredDay, now: datetime) -> tuple[str, ...]:
    """Bitcoin and summaries, where the stored answer or an earlier change asks for them."""
    if stored.outcome == Outcome.SUSPECT:
        return (stored.message,)
    progress = progress_of(settlement_date)
    if progress is None or progress.stale_since is None:
        return ()
    return _derive(settlement_date, now)


def _complete_day(
    settlement_date: date,
    source: SettlementSource,
    progress: IngestionProgress | None,
    clock: Clock,
) -> DayResult:
    """What a day that need not be fetched still lacks: wind generation, bitcoin, summaries."""
    problems: tuple[str, ...] = ()
    if progress is not None and progress.wind_generation_fetched_at is None:
        try:
            refresh_wind_generation(settlement_date, source=source, now=clock())
        except SourceError as error:
            problems = (f"Wind generation is missing: {error}",)
        end_attempt(settlement_date, now=clock())
        progress.refresh_from_db()
    if progress is not None and progress.stale_since is not None:
        finished = finish_day(settlement_date, now=clock())
        return DayResult(settlement_date, Status.WRITTEN, problems + finished.problems)
    return DayResult(settlement_date, Status.SKIPPED, problems)


def _derive(
    settlement_date: date, now: datetime, miner_keys: list[str] | None = None
) -> tuple[str, ...]:
    """Calculates and summarizes a locked, stale day; it stays stale if difficulty is unknown.

    The locks are taken in the order of LockSpace, each before the statements that it guards.
    """
    expect_many_rows()
    calculation = calculate_day(settlement_date, now=now, miner_keys=miner_keys)
    rebuild_day(settlement_date)
    lock_month(settlement_date)
    rebuild_month(settlement_date)
    lock_year(settlement_date.year)
    rebuild_year(settlement_date.year)
    # Also a day that stays stale has other figures than before.
    raise_revision(settlement_date)
    if calculation.uncovered_periods:
        return (difficulty_gap_message(settlement_date, calculation.uncovered_periods),)
    clear_stale(settlement_date)
    return ()
