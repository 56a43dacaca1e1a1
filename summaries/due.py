"""Which days are to be fetched now. All of it follows from the ledger and the clock.

So nothing is forgotten when the cluster did not run at noon, and nothing is done twice.
"""

from datetime import date, datetime, timedelta
from itertools import islice

from django.db.models import Q

from curtailment.models import IngestionProgress
from curtailment.queries import progress_of
from curtailment.settlement import (
    SettlementPeriod,
    iter_dates,
    last_recalculation_at,
    recalculation_due_at,
    settlement_date_at,
)

AttemptState = IngestionProgress.AttemptState
DataState = IngestionProgress.DataState
STORED = (DataState.PROVISIONAL, DataState.FINAL)

# These are fetched once more after each working day's noon, whatever is stored of them.
RECENT_DAYS = 7
# A day that was tried is left alone for so long: what failed may be mended by then, and a task
# that waited in the queue meanwhile finds nothing to do.
PAUSE = timedelta(minutes=10)
# Handed over at once; after a long standstill the rest follows a quarter of an hour later.
MOST_DAYS = 40
# Of those that are wanted again; they are handed over once the ones before are done.
MOST_WANTED_AGAIN = 20
# What Elexon may never publish, as the wind output of a day, is asked for once a day.
LONG_PAUSE = timedelta(hours=20)
# An old day that was never stored is tried so often in all; then it is left to staff.
MOST_TRIES = 10


def due_days(now: datetime) -> list[date]:
    """The days to fetch, the newest first, at most MOST_DAYS."""
    today = settlement_date_at(now)
    recent = set(iter_dates(today - timedelta(days=RECENT_DAYS), today))
    candidates = {day: progress_of(day) for day in recent}
    candidates |= {row.settlement_date: row for row in _provisional_days(today)}
    due = [day for day, progress in candidates.items() if is_due(day, progress, now=now)]
    return sorted(due, reverse=True)[:MOST_DAYS]


def wanted_again(now: datetime) -> list[date]:
    """The days, however old, that lack what only another try gets; at most MOST_WANTED_AGAIN.

    Those that were tried longest ago come first, so that none is kept waiting by days that fail.
    """
    lacking = Q(
        Q(refetch_since__isnull=False)
        | Q(attempt_state=AttemptState.PENDING)
        | Q(wind_generation_fetched_at=None),
        source=IngestionProgress.Source.ELEXON,
        data_state__in=STORED,
    )
    failed = Q(attempt_state=AttemptState.FAILED, data_state=DataState.NONE)
    rows = IngestionProgress.objects.filter(lacking | failed & Q(attempts__lt=MOST_TRIES)).order_by(
        "attempt_ended_at", "settlement_date"
    )
    wanted = (
        row.settlement_date
        for row in rows
        if is_due(row.settlement_date, row, now=now) or lacks_wind(row, now=now)
    )
    return list(islice(wanted, MOST_WANTED_AGAIN))


def is_due(day: date, progress: IngestionProgress | None, *, now: datetime) -> bool:
    """Whether a day is to be fetched, of which `progress` is what the ledger says.

    Who asks holds the lock of those who fetch the day, or asks again once he does: so a try that
    is said to be running was abandoned.
    """
    if progress is None or progress.attempt_state == AttemptState.RUNNING:
        return True
    if _was_just_tried(progress, now):
        return False
    return (
        is_missing(day, progress, now=now)
        or was_recalculated(day, progress, now=now)
        or is_wanted_by_staff(progress)
        or never_came(progress, now=now)
    )


def is_wanted_by_staff(progress: IngestionProgress) -> bool:
    """Whether staff accepted another answer of a stored day, or marked it to be fetched again.

    An answer that was refused since then is not asked for again and again.
    """
    if not _is_stored(progress):
        return False
    if progress.attempt_state == AttemptState.PENDING:
        return True
    asked_at, marked_at = _last_asked_at(progress), progress.refetch_since
    return marked_at is not None and (asked_at is None or asked_at < marked_at)


def never_came(progress: IngestionProgress, *, now: datetime) -> bool:
    """Whether every try of a day failed so far, few enough and none of them today."""
    return (
        progress.attempt_state == AttemptState.FAILED
        and progress.data_state == DataState.NONE
        and progress.attempts < MOST_TRIES
        and not _was_tried_today(progress, now)
    )


def lacks_wind(progress: IngestionProgress | None, *, now: datetime) -> bool:
    """Whether the wind output of a stored day lacks, and was not asked for today already."""
    if progress is None or not _is_stored(progress):
        return False
    return progress.wind_generation_fetched_at is None and not _was_tried_today(progress, now)


def _was_tried_today(progress: IngestionProgress, now: datetime) -> bool:
    tried_at = progress.attempt_ended_at
    return tried_at is not None and tried_at > now - LONG_PAUSE


def _is_stored(progress: IngestionProgress) -> bool:
    """Whether all periods of an answer of Elexon's are."""
    return progress.source == IngestionProgress.Source.ELEXON and progress.data_state in STORED


def is_missing(day: date, progress: IngestionProgress, *, now: datetime) -> bool:
    """Whether today lacks a period that is over, or one of the last days any."""
    today = settlement_date_at(now)
    if day < today - timedelta(days=RECENT_DAYS):
        return False
    if progress.source != IngestionProgress.Source.ELEXON:
        return True
    if day < today:
        return not progress.is_complete
    return progress.periods_fetched < SettlementPeriod.at(now).number - 1


def was_recalculated(day: date, progress: IngestionProgress, *, now: datetime) -> bool:
    """Whether Elexon has recalculated a day since it was last asked.

    That is once for every day; the last days are asked once more each working day.
    """
    today = settlement_date_at(now)
    if day >= today:
        return False
    due_at = recalculation_due_at(day)
    if day >= today - timedelta(days=RECENT_DAYS):
        due_at = max(due_at, last_recalculation_at(now))
    asked_at = _last_asked_at(progress)
    return due_at <= now and (asked_at is None or asked_at < due_at)


def _last_asked_at(progress: IngestionProgress) -> datetime | None:
    """When the last fetch that got an answer began, be it one that was kept aside."""
    if progress.attempt_state in (AttemptState.OK, AttemptState.SUSPECT):
        return progress.attempt_started_at
    return progress.fetched_at


def _was_just_tried(progress: IngestionProgress, now: datetime) -> bool:
    started_at = progress.attempt_started_at
    return started_at is not None and started_at > now - PAUSE


def _provisional_days(today: date) -> list[IngestionProgress]:
    """Days of Elexon's that are stored and not final, of before the last few days."""
    unfinished = Q(data_state__in=(DataState.RUNNING_DAY, DataState.PROVISIONAL))
    return list(
        IngestionProgress.objects.filter(
            unfinished,
            source=IngestionProgress.Source.ELEXON,
            settlement_date__lt=today - timedelta(days=RECENT_DAYS),
        )
    )
