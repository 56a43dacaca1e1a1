"""How an attempt at a day is written into the ledger."""

from datetime import date, datetime

from django.db.models import Case, F, TextField, Value, When

from curtailment.models import IngestionProgress
from curtailment.settlement import count_periods

AttemptState = IngestionProgress.AttemptState

ABANDONED = "The process that was at it ended before the day was done: its log may say why."


def start_attempt(settlement_date: date, *, now: datetime) -> None:
    """This will note that a try to fetch the day begins, and if the one before was abandoned.

    Whoever calls it holds the lock of those who fetch the day, so nobody else is at it.
    """
    _ensure_row(settlement_date)
    IngestionProgress.objects.filter(settlement_date=settlement_date).update(
        attempt_state=AttemptState.RUNNING,
        attempts=F("attempts") + 1,
        attempt_started_at=now,
        attempt_ended_at=None,
        error=Case(
            When(attempt_state=AttemptState.RUNNING, then=Value(ABANDONED)),
            default=F("error"),
            output_field=TextField(),
        ),
    )


def fail_attempt(settlement_date: date, *, error: str, now: datetime) -> None:
    """This will note why the try failed; what is stored of the day stays as it is."""
    _ensure_row(settlement_date)
    IngestionProgress.objects.filter(settlement_date=settlement_date).update(
        attempt_state=AttemptState.FAILED, error=error, attempt_ended_at=now
    )


def fail_if_abandoned_again(settlement_date: date, *, now: datetime) -> bool:
    """This will note that the try failed, if it was abandoned like the one before it.

    Hold the lock of those who fetch the day. Returns whether it did.
    """
    abandoned = IngestionProgress.objects.filter(
        settlement_date=settlement_date, attempt_state=AttemptState.RUNNING, error=ABANDONED
    )
    return bool(abandoned.update(attempt_state=AttemptState.FAILED, attempt_ended_at=now))


def end_attempt(settlement_date: date, *, now: datetime) -> None:
    """This will note when what a stored day lacks was asked for; the last try of it all stays."""
    IngestionProgress.objects.filter(settlement_date=settlement_date).update(attempt_ended_at=now)


def postpone_attempt(settlement_date: date) -> None:
    """This will note that a failed try said nothing of the day itself: it counts as not tried."""
    IngestionProgress.objects.filter(
        settlement_date=settlement_date, attempt_state=AttemptState.FAILED
    ).update(attempt_state=AttemptState.PENDING)


def _ensure_row(settlement_date: date) -> None:
    IngestionProgress.objects.bulk_create(
        [
            IngestionProgress(
                settlement_date=settlement_date, periods_expected=count_periods(settlement_date)
            )
        ],
        ignore_conflicts=True,
    )
