"""Answers that lost more than half of a day's energy: kept aside until staff decide, once."""

from collections import defaultdict
from datetime import date, datetime
from decimal import Decimal, localcontext

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import F, QuerySet, Sum
from django.db.models.functions import Coalesce

from curtailment.aggregation import EXACT, ZERO, UnitPeriod, all_mwh
from curtailment.locks import lock_day
from curtailment.models import CurtailmentRecord, IngestionProgress, SuspectDay

AttemptState = IngestionProgress.AttemptState

# Below this, halving a day is everyday weather of a revision.
SMALLEST_DAY_MWH = Decimal(500)


class DecisionRefused(Exception):
    """A suspect answer cannot be decided so; the message says why."""


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


def accept(suspect: SuspectDay, *, by: User, reason: str, now: datetime) -> SuspectDay:
    """This will let the answer be stored as soon as the source gives it again.

    Until then the day counts as not tried, so that whoever refreshes it next fetches it; another
    answer that lacks as much is kept aside anew. Raises DecisionRefused.
    """
    with transaction.atomic():
        decided = _decide(suspect, SuspectDay.State.ACCEPTED, by=by, reason=reason, now=now)
        # One that runs finds the decision by itself, one that failed is tried again anyway.
        _ledger(decided, AttemptState.SUSPECT, AttemptState.OK).update(
            attempt_state=AttemptState.PENDING, error=""
        )
    return decided


def reject(suspect: SuspectDay, *, by: User, reason: str, now: datetime) -> SuspectDay:
    """This will keep what is stored, now and whenever the same answer comes again.

    Raises DecisionRefused.
    """
    with transaction.atomic():
        decided = _decide(suspect, SuspectDay.State.REJECTED, by=by, reason=reason, now=now)
        of_the_day = SuspectDay.objects.filter(settlement_date=decided.settlement_date)
        if not of_the_day.filter(state=SuspectDay.State.OPEN).exists():
            _ledger(decided, AttemptState.SUSPECT).update(
                attempt_state=AttemptState.OK, error=rejection(decided)
            )
    return decided


def rejection(suspect: SuspectDay) -> str:
    """What the ledger says of an answer that staff rejected."""
    return (
        f"Staff rejected an answer of {suspect.offered_mwh:f} MWh, where {suspect.stored_mwh:f} "
        "were stored: what is stored stays."
    )


def _decide(
    suspect: SuspectDay, state: SuspectDay.State, *, by: User, reason: str, now: datetime
) -> SuspectDay:
    """The answer, decided. Of two at once the second waits here, and finds it decided."""
    if not reason.strip():
        raise DecisionRefused("Give the reason for the decision.")
    lock_day(suspect.settlement_date)
    current = SuspectDay.objects.select_for_update().get(pk=suspect.pk)
    if current.state != SuspectDay.State.OPEN:
        raise DecisionRefused(f"Nothing was changed: {decision_in_words(current)}")
    current.state = state
    current.decided_by = by
    current.decided_at = now
    current.decision_reason = reason.strip()
    current.save(update_fields=["state", "decided_by", "decided_at", "decision_reason"])
    return current


def decision_in_words(suspect: SuspectDay) -> str:
    """Who decided an answer, how and why, in a sentence."""
    by = f" by {suspect.decided_by}" if suspect.decided_by else ""
    reason = f" Reason: {suspect.decision_reason}" if suspect.decision_reason else ""
    return f"this answer was {suspect.get_state_display()} already{by}.{reason}"


def _ledger(suspect: SuspectDay, *states: AttemptState) -> QuerySet[IngestionProgress]:
    """The day's line in the ledger, if its last attempt is in one of the states."""
    return IngestionProgress.objects.filter(pk=suspect.settlement_date, attempt_state__in=states)


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
