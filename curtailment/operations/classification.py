"""What follows from a unit that staff say is wind, or is not."""

from datetime import datetime, timedelta

from django.db.models import QuerySet

from curtailment.models import BMUnit, CurtailmentRecord, IngestionProgress
from curtailment.operations.staleness import mark_for_refetch

# A fetch that began so long before a unit was noted, by another one or by the register, may have
# ended after that, with the unit in its stack.
LONGEST_FETCH = timedelta(hours=1)


def reclassify_days(unit: BMUnit, *, now: datetime) -> int:
    """This will mark the stored days that the unit's kind decides, to be fetched again.

    Call it in the transaction that saves the unit. Returns how many days it marked.
    """
    days = _days_that_may_lack(unit) if unit.is_wind else _days_with_records_of(unit)
    what = "wind" if unit.is_wind else "not wind"
    return mark_for_refetch(
        days.values_list("settlement_date", flat=True),
        reason=f"{unit.pk} was said to be {what}.",
        now=now,
    )


def _days_that_may_lack(unit: BMUnit) -> QuerySet[IngestionProgress]:
    """The days whose stored answer may have had bids of the unit, which were not kept.

    Every unit of a stack is noted when it is fetched, so an answer of before the unit was first
    seen did not have it, whatever its settlement date.
    """
    earliest = unit.first_seen_at - LONGEST_FETCH
    return IngestionProgress.objects.filter(fetch_started_at__gte=earliest)


def _days_with_records_of(unit: BMUnit) -> QuerySet[IngestionProgress]:
    dates = CurtailmentRecord.objects.filter(bmu=unit).values("settlement_date")
    return IngestionProgress.objects.filter(settlement_date__in=dates)
