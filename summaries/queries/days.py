"""What the ledger says of days."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef
from django.db.models.functions import ExtractYear

from curtailment.models import ArchivedYear, IngestionProgress
from mining.models import BitcoinPrice
from summaries.models import DailySummary
from summaries.queries.verification import COLUMNS, DayVerification, annotations

DataState = IngestionProgress.DataState
AttemptState = IngestionProgress.AttemptState


@dataclass(frozen=True)
class DayState:
    """A settlement date of the ledger, as far as pages show it."""

    settlement_date: date
    data_state: str
    attempt_state: str
    is_stale: bool
    # Whether units were classified anew since it was fetched.
    is_outdated: bool
    # Whether its records are in the summaries: before that, pages have no figures of it.
    is_summarized: bool
    has_sample_price: bool
    is_sample: bool = False
    is_archived: bool = False
    verification: DayVerification = DayVerification()

    @property
    def is_complete(self) -> bool:
        return self.data_state in (DataState.PROVISIONAL, DataState.FINAL)

    @property
    def is_imported(self) -> bool:
        """The platform before kept it, and it was never fetched."""
        return self.data_state == DataState.IMPORTED

    @property
    def is_running(self) -> bool:
        return self.data_state == DataState.RUNNING_DAY

    @property
    def has_failed(self) -> bool:
        return self.attempt_state == AttemptState.FAILED

    @property
    def is_suspect(self) -> bool:
        return self.attempt_state == AttemptState.SUSPECT


def read_day_states(first: date, last: date) -> dict[date, DayState]:
    """The states of the days from first to last that the ledger has.

    Of one day also which units differed when it was verified.
    """
    verification = annotations(with_units=first == last)
    days = IngestionProgress.objects.filter(settlement_date__range=(first, last)).annotate(
        is_summarized=Exists(DailySummary.objects.filter(pk=OuterRef("pk"))),
        has_sample_price=Exists(
            BitcoinPrice.objects.filter(date=OuterRef("pk"), source=BitcoinPrice.Source.SAMPLE)
        ),
        is_archived=Exists(ArchivedYear.objects.filter(year=ExtractYear(OuterRef("pk")))),
        **verification,
    )
    rows = days.order_by("settlement_date").values(
        "settlement_date",
        "data_state",
        "attempt_state",
        "stale_since",
        "refetch_since",
        "source",
        "is_summarized",
        "has_sample_price",
        "is_archived",
        *COLUMNS.values(),
        *verification,
    )
    return {row["settlement_date"]: _day_state(row) for row in rows}


def _day_state(row: dict[str, Any]) -> DayState:
    return DayState(
        settlement_date=row["settlement_date"],
        data_state=row["data_state"],
        attempt_state=row["attempt_state"],
        is_stale=row["stale_since"] is not None,
        is_outdated=row["refetch_since"] is not None,
        is_summarized=row["is_summarized"],
        has_sample_price=row["has_sample_price"],
        is_sample=row["source"] == IngestionProgress.Source.SAMPLE,
        is_archived=row["is_archived"],
        verification=DayVerification.of(row),
    )
