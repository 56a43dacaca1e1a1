"""What follows from a unit that staff say is wind, or is not."""

from datetime import datetime

from curtailment.models import BMUnit, CurtailmentRecord, IngestionProgress
from curtailment.operations.staleness import mark_for_refetch
from curtailment.settlement import settlement_date_at


def reclassify_days(unit: BMUnit, *, now: datetime) -> int:
    """This will mark the stored days that the unit's kind decides, to be fetched again.

    Of a unit that is wind no more these are the days with records of it. The bids of one that was
    no wind were not kept: all days since it was first seen may have some.

    Call it in the transaction that saves the unit. Returns how many days it marked.
    """
    if unit.is_wind:
        first = settlement_date_at(unit.first_seen_at)
        days = IngestionProgress.objects.filter(settlement_date__gte=first)
    else:
        records = CurtailmentRecord.objects.filter(bmu=unit)
        days = IngestionProgress.objects.filter(
            settlement_date__in=records.values("settlement_date")
        )
    what = "wind" if unit.is_wind else "not wind"
    return mark_for_refetch(
        days.values_list("settlement_date", flat=True),
        reason=f"{unit.pk} was said to be {what}.",
        now=now,
    )
