"""How an attempt at a day is written into the ledger."""

from datetime import date, datetime

from django.db.models import F

from curtailment.models import IngestionProgress
from curtailment.settlement import count_periods

AttemptState = IngestionProgress.AttemptState


def start_attempt(settlement_date: date, *, now: datetime) -> None:
    """This will note that a try to fetch the day begins."""
    _ensure_row(settlement_date)
    IngestionProgress.objects.filter(settlement_date=settlement_date).update(
        attempt_state=AttemptState.RUNNING,
        attempts=F("attempts") + 1,
        attempt_started_at=now,
        attempt_ended_at=None,
    )


def fail_attempt(settlement_date: date, *, error: str, now: datetime) -> None:
    """This will note why the try failed; what is stored of the day stays as it is."""
    _ensure_row(settlement_date)
    IngestionProgress.objects.filter(settlement_date=settlement_date).update(
        attempt_state=AttemptState.FAILED, error=error, attempt_ended_at=now
    )


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
