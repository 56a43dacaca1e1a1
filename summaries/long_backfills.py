"""Backfills that the cluster works on: any number of workers, on any number of machines.

How far one is says the ledger: a day is over when a try of it has ended since the backfill began,
or when nothing would be fetched. So whatever is killed or lost is found and done by another worker.
"""

from collections.abc import Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from datetime import date, datetime, timedelta

from django_q.brokers import get_broker

from curtailment.locks import LockSpace, session_lock_if_free
from curtailment.models import Backfill, IngestionProgress
from curtailment.operations import postpone_attempt
from curtailment.partitions import ensure_partitions
from curtailment.queries import progress_of
from curtailment.settlement import iter_dates
from curtailment.sources import SettlementSource
from summaries.backfill import CONNECTIONS, UNREACHABLE_DAYS
from summaries.background import LONG_WORK, enqueue
from summaries.pipeline import Clock, DayResult, needs_fetch, refresh_day

AttemptState = IngestionProgress.AttemptState
State = Backfill.State

# Then another task has its turn, and a cluster that is told to stop can.
TURN = timedelta(minutes=1)
ENDED = (AttemptState.OK, AttemptState.FAILED, AttemptState.SUSPECT)
NOTHING_UNFINISHED = "No backfill is unfinished."


def start_backfill(first: date, last: date, *, force: bool, now: datetime) -> Backfill:
    """This will hand a range of days to the cluster."""
    record = Backfill.objects.create(
        first_date=first,
        last_date=last,
        force=force,
        in_background=True,
        days_total=(last - first).days + 1,
        started_at=now,
        updated_at=now,
    )
    hand_over()
    return record


def hand_over() -> None:
    """This will put a turn at the unfinished backfills into the queue."""
    enqueue("work_on_backfills", cluster=LONG_WORK)


def hand_over_if_none_waits() -> str:
    """This will see to it that a turn waits in the queue while a backfill is unfinished."""
    if not unfinished_backfills():
        return NOTHING_UNFINISHED
    if get_broker(LONG_WORK).queue_size():
        return "A turn waits in the queue."
    hand_over()
    return "A turn was put into the queue."


def unfinished_backfills() -> list[Backfill]:
    """What the cluster has to do, the oldest first."""
    return list(Backfill.objects.filter(in_background=True, state=State.RUNNING).order_by("pk"))


def work_on_backfills(*, source: SettlementSource, clock: Clock) -> str:
    """This will do days of unfinished backfills for a turn, and put another turn into the queue.

    It ends early when its source cannot be reached: a minute later there is another turn.
    """
    turn = _Turn(source, clock)
    with ThreadPoolExecutor(CONNECTIONS) as executor:
        for record in unfinished_backfills():
            turn.work_on(record, executor)
    if turn.is_out_of_time and unfinished_backfills():
        hand_over()
    return turn.said()


class _Turn:
    """What one worker does before it makes room for another task."""

    def __init__(self, source: SettlementSource, clock: Clock) -> None:
        self.source = source
        self.clock = clock
        self.ends_at = clock() + TURN
        self.days = 0
        self.unreachable_days = 0

    @property
    def is_out_of_time(self) -> bool:
        return self.clock() >= self.ends_at

    def said(self) -> str:
        """What the turn answers."""
        if self.unreachable_days:
            return f"Days done: {self.days}. Elexon could not be reached: tried again in a minute."
        return f"Days done: {self.days}." if self.days else "No day was free to be done."

    def work_on(self, record: Backfill, executor: Executor) -> None:
        """Does the days that nobody else does, as long as there is time and nobody pauses it."""
        ensure_partitions(list(range(record.first_date.year, record.last_date.year + 1)))
        for day in self.days_to_do(record):
            result = self.do(day, record, executor)
            if result is not None and result.unreachable:
                # Nothing is wrong with the day: it is tried again once there is a connection.
                postpone_attempt(day)
                self.unreachable_days += 1
            elif result is not None:
                self.days += 1
                note_progress(record, self.source, now=self.clock())
        note_progress(record, self.source, now=self.clock())

    def days_to_do(self, record: Backfill) -> Iterator[date]:
        """The days that were not over when the turn began; none after it has ended."""
        rows = _ledger_of(record)
        for day in iter_dates(record.first_date, record.last_date):
            if is_over(rows.get(day), record, self.source):
                continue
            if self.is_out_of_time or self.unreachable_days >= UNREACHABLE_DAYS:
                return
            if not Backfill.objects.filter(pk=record.pk, state=State.RUNNING).exists():
                return
            yield day

    def do(self, day: date, record: Backfill, executor: Executor) -> DayResult | None:
        """Fetches a day; None if somebody else is at it, or has done it meanwhile."""
        with session_lock_if_free(LockSpace.FETCH, day.toordinal()) as is_mine:
            if not is_mine or is_over(progress_of(day), record, self.source):
                return None
            return refresh_day(
                day, source=self.source, executor=executor, clock=self.clock, force=record.force
            )


def is_over(progress: IngestionProgress | None, record: Backfill, source: SettlementSource) -> bool:
    """Whether a backfill has nothing more to do with a day."""
    if progress is None:
        return False
    ended_at = progress.attempt_ended_at
    if progress.attempt_state in ENDED and ended_at and ended_at >= record.started_at:
        return True
    lacks_wind = progress.wind_generation_fetched_at is None
    return not record.force and not lacks_wind and not needs_fetch(progress, source)


def note_progress(record: Backfill, source: SettlementSource, *, now: datetime) -> None:
    """This will write down how far a backfill is, and that it has ended if it has."""
    over = [row for row in _ledger_of(record).values() if is_over(row, record, source)]
    failed = sum(row.attempt_state in (AttemptState.FAILED, AttemptState.SUSPECT) for row in over)
    rows = Backfill.objects.filter(pk=record.pk)
    rows.update(days_done=len(over) - failed, days_failed=failed, updated_at=now)
    if len(over) == record.days_total:
        state = State.FAILED if failed else State.DONE
        rows.filter(state=State.RUNNING).update(state=state, ended_at=now)


def _ledger_of(record: Backfill) -> dict[date, IngestionProgress]:
    rows = IngestionProgress.objects.filter(
        settlement_date__range=(record.first_date, record.last_date)
    )
    return {row.settlement_date: row for row in rows.defer("verification_details")}
