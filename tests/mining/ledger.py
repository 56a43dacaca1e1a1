"""Days of the ledger for tests of what marks them as stale."""

from datetime import date

from curtailment.models import IngestionProgress
from curtailment.settlement import count_periods, iter_dates


def add_days(first: date, last: date, *, data_state: str = "final") -> None:
    """This will enter the days into the ledger, complete unless told otherwise."""
    IngestionProgress.objects.bulk_create(
        IngestionProgress(
            settlement_date=day,
            data_state=data_state,
            source="" if data_state == "none" else "elexon",
            periods_expected=count_periods(day),
            periods_fetched=0 if data_state == "none" else count_periods(day),
        )
        for day in iter_dates(first, last)
    )


def stale_dates() -> list[date]:
    """The settlement dates that are marked, in order."""
    stale = IngestionProgress.objects.filter(stale_since__isnull=False)
    return list(stale.order_by("settlement_date").values_list("settlement_date", flat=True))


def settle() -> None:
    """This will take all marks away."""
    IngestionProgress.objects.update(stale_since=None, stale_reason="")
