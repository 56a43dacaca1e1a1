"""Refreshing a range of days: several at a time, resumable, honest about what failed."""

import logging
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, as_completed, wait
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import date

from django.db import connection, connections

from config.interruption import PATIENCE_SECONDS
from curtailment.locks import (
    LockSpace,
    release_session_lock,
    session_lock,
    try_session_lock,
)
from curtailment.models import Backfill
from curtailment.partitions import ensure_partitions
from curtailment.settlement import iter_dates
from curtailment.sources import SettlementSource
from summaries.pipeline import Clock, DayResult, Status, give_up_day, refresh_day

logger = logging.getLogger(__name__)

# Requests under way at once, over all days.
CONNECTIONS = 16
# After so many days without any connection the rest is not tried.
UNREACHABLE_DAYS = 2
NOT_TRIED = "Not tried: Elexon could not be reached for the days before."


@dataclass
class BackfillResult:
    """What came of a range of days."""

    results: list[DayResult] = field(default_factory=list)

    def count(self, status: Status) -> int:
        """How many days ended so."""
        return sum(result.status == status for result in self.results)

    @property
    def troubled(self) -> list[DayResult]:
        """The days of which not all was done, in order."""
        return sorted(
            (result for result in self.results if not result.is_ok),
            key=lambda result: result.settlement_date,
        )


def backfill(
    first: date,
    last: date,
    *,
    source: SettlementSource,
    clock: Clock,
    jobs: int = 2,
    force: bool = False,
    on_day: Callable[[DayResult], None] = lambda result: None,
) -> BackfillResult:
    """This will refresh every day from first to last, `jobs` at a time.

    Memory does not grow with the range. Whatever interrupts it, starting it again goes on where
    it was. `on_day` is called in this thread as each day ends. Paused or canceled by somebody, it
    begins no further day: then there are fewer results than days.
    """
    result = BackfillResult()
    ensure_partitions(list(range(first.year, last.year + 1)))
    with _recorded(first, last, force, clock) as record:
        days = _while_running(record, iter_dates(first, last))
        refreshing = _refresh_all(
            days, source, clock, jobs, force, lambda: _note_interruption(record, clock)
        )
        # Closed at once if this is interrupted, which sees off the days in hand.
        with closing(refreshing):
            for day in refreshing:
                result.results.append(day)
                record.days_done += day.is_ok
                record.days_failed += not day.is_ok
                record.updated_at = clock()
                record.save(update_fields=["days_done", "days_failed", "updated_at"])
                on_day(day)
    return result


def _while_running(record: Backfill, days: Iterator[date]) -> Iterator[date]:
    """The days, until somebody pauses or cancels the backfill."""
    for day in days:
        if not Backfill.objects.filter(pk=record.pk, state=Backfill.State.RUNNING).exists():
            return
        yield day


def _refresh_all(
    days: Iterator[date],
    source: SettlementSource,
    clock: Clock,
    jobs: int,
    force: bool,
    on_interruption: Callable[[], None],
) -> Generator[DayResult]:
    """Results as they come; only as many days as jobs are in hand at any time."""
    unreachable = 0
    with ThreadPoolExecutor(CONNECTIONS) as requests, ThreadPoolExecutor(jobs) as workers:

        def refresh(day: date) -> DayResult:
            try:
                return refresh_day(day, source=source, executor=requests, clock=clock, force=force)
            finally:
                connections.close_all()

        in_hand: dict[Future[DayResult], date] = {}
        try:
            for day in days:
                if unreachable >= UNREACHABLE_DAYS:
                    yield give_up_day(
                        day, source=source, clock=clock, reason=NOT_TRIED, force=force
                    )
                    continue
                in_hand[workers.submit(refresh, day)] = day
                if len(in_hand) < jobs:
                    continue
                for future in wait(in_hand, return_when=FIRST_COMPLETED).done:
                    del in_hand[future]
                    unreachable += future.result().unreachable
                    yield future.result()
            for future in as_completed(in_hand):
                yield future.result()
        except (KeyboardInterrupt, GeneratorExit):
            # Not once they are finished: by then this process may have been ended.
            on_interruption()
            _see_off(in_hand)
            raise


def _see_off(in_hand: dict[Future[DayResult], date]) -> None:
    """Waits for the days in hand, and says which they are and what came of them."""
    unfinished = [day for future, day in in_hand.items() if not future.done()]
    for day in unfinished:
        logger.info(
            "%s is in hand: it may finish for %d s, and is abandoned then.",
            day,
            PATIENCE_SECONDS,
            extra={"fields": {"settlement_date": day.isoformat()}},
        )
    for future in as_completed(in_hand):
        if future.exception() is None and in_hand[future] in unfinished:
            logger.info(
                "%s",
                future.result(),
                extra={"fields": {"settlement_date": in_hand[future].isoformat()}},
            )


def _note_interruption(record: Backfill, clock: Clock) -> None:
    # It may have been interrupted in the middle of a statement.
    connection.close()
    rows = Backfill.objects.filter(pk=record.pk, state=Backfill.State.RUNNING)
    rows.update(state=Backfill.State.INTERRUPTED, ended_at=clock())


@contextmanager
def _recorded(first: date, last: date, force: bool, clock: Clock) -> Iterator[Backfill]:
    """Keeps a row about the run; a lock of this connection says that it is alive."""
    close_abandoned(clock)
    record = Backfill.objects.create(
        first_date=first,
        last_date=last,
        force=force,
        days_total=(last - first).days + 1,
        started_at=clock(),
        updated_at=clock(),
    )
    with session_lock(LockSpace.BACKFILL, record.pk):
        state = Backfill.State.INTERRUPTED
        try:
            yield record
            state = Backfill.State.FAILED if record.days_failed else Backfill.State.DONE
        finally:
            rows = Backfill.objects.filter(pk=record.pk, state=Backfill.State.RUNNING)
            rows.update(state=state, ended_at=clock())


def close_abandoned(clock: Clock) -> None:
    """Notes of runs that were killed that nobody works on them any more."""
    for record in Backfill.objects.filter(state=Backfill.State.RUNNING, in_background=False):
        if try_session_lock(LockSpace.BACKFILL, record.pk):
            record.state = Backfill.State.INTERRUPTED
            record.ended_at = clock()
            record.save(update_fields=["state", "ended_at"])
            release_session_lock(LockSpace.BACKFILL, record.pk)
