"""The daily work: what is due is handed to the cluster, a task a day, so that each has its result.

Nobody else's queue is needed to know what is due: a task that is lost is handed over again.
"""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta

from django_q.brokers import get_broker

from curtailment.elexon import ElexonClient
from curtailment.locks import LockSpace, session_lock_if_free
from curtailment.models import IngestionProgress
from curtailment.operations import fail_if_abandoned_again
from curtailment.queries import progress_of
from curtailment.settlement import iter_dates, settlement_date_at
from summaries import pipeline
from summaries.backfill import CONNECTIONS
from summaries.background import LONG_WORK, enqueue, enqueue_days
from summaries.due import MOST_DAYS, due_days, is_due, lacks_wind, wanted_again
from summaries.pipeline import Clock, DayResult
from summaries.switch import reason_not_to_fetch

RECONCILED_DAYS = 40
# Of one task. With Elexon slow and failing a day can take three minutes, and a task may take 15.
DAYS_A_PORTION = 4
NOTHING_DUE = "Nothing is due."


def hand_over_due_days(*, now: datetime) -> str:
    """This will have the cluster fetch the days that are due, and says which."""
    if reason := reason_not_to_fetch():
        return reason
    days = due_days(now)
    enqueue_days("fetch_due_day", days)
    return _said_of([*days, *_hand_over_wanted_again(now, other_than=days)])


def _hand_over_wanted_again(now: datetime, *, other_than: list[date]) -> list[date]:
    """Beside the daily work, for there may be years of them; none while work waits there."""
    if get_broker(LONG_WORK).queue_size():
        return []
    days = [day for day in wanted_again(now) if day not in other_than]
    enqueue_days("fetch_due_day", days, cluster=LONG_WORK)
    return days


def hand_over_abandoned_days(*, now: datetime) -> str:
    """This will have the cluster fetch the days that a process was at which is gone.

    A day that ends its processes again and again is noted as failed, and tried as seldom as others
    that fail.
    """
    if reason := reason_not_to_fetch():
        return reason
    days = abandoned_days(now=now)
    enqueue_days("fetch_due_day", days)
    return _said_of(days)


def abandoned_days(*, now: datetime) -> list[date]:
    """The days whose try is said to be running, though nobody holds the lock of who fetches it."""
    running = IngestionProgress.objects.filter(
        attempt_state=IngestionProgress.AttemptState.RUNNING
    ).exclude(source=IngestionProgress.Source.SAMPLE)
    days = running.order_by("settlement_date").values_list("settlement_date", flat=True)
    return [day for day in days[:MOST_DAYS] if _is_to_be_taken_up(day, now)]


def _is_to_be_taken_up(day: date, now: datetime) -> bool:
    with session_lock_if_free(LockSpace.FETCH, day.toordinal()) as is_free:
        return is_free and not fail_if_abandoned_again(day, now=now)


def fetch_due_day(day: date, *, client: ElexonClient, clock: Clock) -> DayResult | None:
    """This will fetch a day anew, if that is due still; None if it is not, or is not wanted.

    It is asked under the lock of those who fetch the day: of two tasks the second has nothing to
    do. A day that somebody is at is left to them, so that no worker waits.
    """
    with (
        session_lock_if_free(LockSpace.FETCH, day.toordinal()) as is_mine,
        ThreadPoolExecutor(CONNECTIONS) as executor,
    ):
        if not is_mine or reason_not_to_fetch():
            return None
        progress, now = progress_of(day), clock()
        due = is_due(day, progress, now=now)
        if not due and not lacks_wind(progress, now=now):
            return None
        return pipeline.refresh_day(day, source=client, executor=executor, clock=clock, force=due)


def hand_over_reconciling(*, now: datetime) -> str:
    """This will have the last days compared and mended, in portions, beside the daily work."""
    if reason := reason_not_to_fetch():
        return reason
    portions = reconciled_portions(settlement_date_at(now))
    for first, last in portions:
        enqueue("reconcile_and_fix", first.isoformat(), last.isoformat(), cluster=LONG_WORK)
    return f"Handed over: {portions[0][0]} to {portions[-1][1]}, {len(portions)} tasks."


def reconciled_portions(today: date) -> list[tuple[date, date]]:
    """First and last dates of the portions, the oldest first; the last one ends yesterday."""
    starts = range(RECONCILED_DAYS, 0, -DAYS_A_PORTION)
    return [
        (today - timedelta(days=back), today - timedelta(days=max(back - DAYS_A_PORTION + 1, 1)))
        for back in starts
    ]


def hand_over_verifying(*, now: datetime) -> str:
    """This will have the final days verified that are not yet, or could not be."""
    days = [] if (reason := reason_not_to_fetch()) else unverified_days(now)
    enqueue_days("verify_day", days)
    return reason or _said_of(days)


def unverified_days(now: datetime) -> list[date]:
    """The final days of the last weeks whose figures were not compared with others."""
    today = settlement_date_at(now)
    rows = IngestionProgress.objects.filter(
        settlement_date__in=list(iter_dates(today - timedelta(days=RECONCILED_DAYS), today)),
        data_state=IngestionProgress.DataState.FINAL,
        source=IngestionProgress.Source.ELEXON,
        verification__in=("", IngestionProgress.Verification.NOT_AVAILABLE),
    )
    return list(rows.order_by("settlement_date").values_list("settlement_date", flat=True))


def _said_of(days: list[date]) -> str:
    if not days:
        return NOTHING_DUE
    return f"Handed over: {', '.join(day.isoformat() for day in sorted(days))}."
