"""Answers that lost more than half of a day's energy: kept aside until staff decide."""

from collections import defaultdict
from datetime import date, datetime
from decimal import Decimal, localcontext

from django.db.models import F, Sum
from django.db.models.functions import Coalesce

from curtailment.aggregation import EXACT, ZERO, UnitPeriod, all_mwh
from curtailment.models import CurtailmentRecord, IngestionProgress, SuspectDay

# Below this, halving a day is everyday weather of a revision.
SMALLEST_DAY_MWH = Decimal(500)


def is_suspect(
    progress: IngestionProgress, source_name: str, rows: list[UnitPeriod], digest: str
) -> bool:
    """Whether an answer would take away more than half of a day's published energy.

    Energy counts under the definition `all`. An answer that staff have accepted is none.
    """
    stored_mwh = progress.all_mwh or ZERO
    if not (source_name == progress.source == IngestionProgress.Source.ELEXON):
        return False
    if stored_mwh < SMALLEST_DAY_MWH or all_mwh(rows) * 2 >= stored_mwh:
        return False
    return not SuspectDay.objects.filter(
        settlement_date=progress.settlement_date,
        digest=digest,
        state=SuspectDay.State.ACCEPTED,
    ).exists()


def keep_aside(
    progress: IngestionProgress, rows: list[UnitPeriod], digest: str, *, now: datetime
) -> SuspectDay:
    """This will note the answer, once, with its difference from what is stored."""
    suspect, _ = SuspectDay.objects.get_or_create(
        settlement_date=progress.settlement_date,
        digest=digest,
        defaults={
            "fetched_at": now,
            "stored_mwh": progress.all_mwh or ZERO,
            "offered_mwh": all_mwh(rows),
            "difference": _difference(progress.settlement_date, rows),
            "answer": [
                {"period": r.settlement_period, "bmu": r.bmu_id, "lines": r.lines_json}
                for r in rows
            ],
        },
    )
    return suspect


def _difference(settlement_date: date, rows: list[UnitPeriod]) -> list[dict[str, str]]:
    """By unit, the stored published and the offered MWh, where they differ."""
    offered: dict[str, Decimal] = defaultdict(Decimal)
    with localcontext(EXACT):
        for row in rows:
            offered[row.bmu_id] += row.flagged.mwh + row.other.mwh
    stored = dict(
        CurtailmentRecord.objects.filter(settlement_date=settlement_date)
        .values_list("bmu_id")
        .annotate(
            mwh=Sum(
                Coalesce("published_curtailed_mwh", F("curtailed_mwh"))
                + Coalesce("published_other_mwh", F("other_mwh"))
            )
        )
    )
    return [
        {
            "bmu": bmu_id,
            "stored_mwh": str(stored.get(bmu_id, ZERO)),
            "offered_mwh": str(offered.get(bmu_id, ZERO)),
        }
        for bmu_id in sorted(stored.keys() | offered.keys())
        if stored.get(bmu_id, ZERO) != offered.get(bmu_id, ZERO)
    ]
