"""How fresh and how complete the stored data are."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, Max, Min, Q

from curtailment.models import IngestionProgress
from curtailment.settlement import day_ends_at
from summaries.queries.days import AttemptState, DataState

# The day before yesterday's figures at noon: something does not run that should.
OLD = timedelta(hours=36)


@dataclass(frozen=True)
class Freshness:
    """Over all days of the ledger; dates and times are null as long as nothing is stored."""

    first_date: date | None
    last_date: date | None
    day_count: int
    sample_day_count: int
    imported_day_count: int
    failed_day_count: int
    stale_day_count: int
    confirmed_at: datetime | None

    @property
    def missing_day_count(self) -> int:
        """Days between the first and the last that are not stored."""
        if self.first_date is None or self.last_date is None:
            return 0
        return (self.last_date - self.first_date).days + 1 - self.day_count

    def later_day_count(self, today: date) -> int:
        """Days after the last stored one that are over."""
        return max((today - self.last_date).days - 1, 0) if self.last_date else 0


def read_freshness() -> Freshness:
    stored = ~Q(data_state=DataState.NONE)
    figures = IngestionProgress.objects.aggregate(
        first_date=Min("settlement_date", filter=stored),
        last_date=Max("settlement_date", filter=stored),
        day_count=Count("pk", filter=stored),
        sample_day_count=Count("pk", filter=stored & Q(source=IngestionProgress.Source.SAMPLE)),
        imported_day_count=Count("pk", filter=Q(data_state=DataState.IMPORTED)),
        failed_day_count=Count("pk", filter=Q(attempt_state=AttemptState.FAILED)),
        stale_day_count=Count("pk", filter=Q(stale_since__isnull=False)),
        confirmed_at=Max("fetched_at"),
    )
    return Freshness(**figures)


def read_newest_complete_date() -> date | None:
    """The newest settlement date that is complete and is no sample."""
    complete = IngestionProgress.objects.filter(
        data_state__in=(DataState.PROVISIONAL, DataState.FINAL)
    ).exclude(source=IngestionProgress.Source.SAMPLE)
    newest: date | None = complete.aggregate(newest=Max("settlement_date"))["newest"]
    return newest


def age_of(settlement_date: date, *, now: datetime) -> timedelta:
    """How long ago a settlement date ended."""
    return now - day_ends_at(settlement_date)


def read_day_counts() -> list[tuple[str, str, int]]:
    """How many days of the ledger are in which data_state and attempt_state."""
    days = IngestionProgress.objects.values_list("data_state", "attempt_state")
    return list(days.annotate(count=Count("pk")).order_by("data_state", "attempt_state"))
