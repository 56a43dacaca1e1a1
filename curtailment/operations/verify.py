"""Verifying a stored day against sources of Elexon's that are independent of the stack."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction

from config.logs.context import about_its_day
from curtailment.archived import archive_of, sentence_of
from curtailment.locks import lock_day
from curtailment.models import IngestionProgress
from curtailment.queries import progress_of, read_stack, read_wind_bmu_ids
from curtailment.sources import IndicativeCashFlow, IndicativeSource, IndicativeVolume
from curtailment.verification import Pair, Verification, compare, not_compared

# A day on which more units differ is wrong as a whole; its ledger need not list them all.
MOST_UNITS_LISTED = 50

SAMPLE_DATA = not_compared("Sample data are made up: nothing can verify them.")


class NotVerifiable(Exception):
    """A day cannot be verified now; the message says why and what to do."""


@about_its_day
def verify_day(settlement_date: date, *, source: IndicativeSource, now: datetime) -> Verification:
    """This will compare a stored day with its indicative figures, and note it in the ledger.

    Compared is what Elexon published, whatever staff corrected. Nothing is noted unless both
    answers came and speak of what is stored. Raises NotVerifiable, and SourceError for an outage.
    """
    archive = archive_of(settlement_date)
    if archive is not None:
        raise NotVerifiable(sentence_of(archive))
    stored = progress_of(settlement_date)
    if stored is None or not stored.is_complete:
        raise NotVerifiable(
            f"{settlement_date} is not stored whole, so it cannot be verified: fetch it first."
        )
    # What was made up has no other source, and Elexon is not asked about it.
    answers = _ask(source, settlement_date) if stored.source == source.name else None
    with transaction.atomic():
        progress = _lock_unchanged(stored)
        verification = _compare(settlement_date, answers) if answers else SAMPLE_DATA
        _note(progress, verification, now)
    return verification


def reset_verification(progress: IngestionProgress) -> None:
    """This will make a day unverified, in memory: its figures are no longer those compared."""
    progress.verification = ""
    progress.verification_details = None
    progress.verified_at = None


@dataclass(frozen=True)
class _Answers:
    volumes: list[IndicativeVolume]
    cash_flows: list[IndicativeCashFlow]


def _ask(source: IndicativeSource, settlement_date: date) -> _Answers:
    return _Answers(
        volumes=source.indicative_volumes(settlement_date),
        cash_flows=source.indicative_cash_flows(settlement_date),
    )


def _compare(settlement_date: date, answers: _Answers) -> Verification:
    return compare(
        read_stack(settlement_date),
        volumes=answers.volumes,
        cash_flows=answers.cash_flows,
        wind_bmu_ids=read_wind_bmu_ids(),
    )


def _lock_unchanged(stored: IngestionProgress) -> IngestionProgress:
    """The day's line in the ledger, locked, as long as it still speaks of the same figures."""
    lock_day(stored.settlement_date)
    progress = IngestionProgress.objects.select_for_update().get(pk=stored.pk)
    if (progress.digest, progress.source) != (stored.digest, stored.source):
        raise NotVerifiable(
            f"{stored.settlement_date} changed while it was being verified: verify it again."
        )
    return progress


def _note(progress: IngestionProgress, verification: Verification, now: datetime) -> None:
    progress.verification = verification.verdict.value
    progress.verification_details = _details(verification)
    progress.verified_at = now
    progress.save(update_fields=["verification", "verification_details", "verified_at"])


def _details(verification: Verification) -> dict[str, Any]:
    """A verification as the ledger keeps it: JSON of a bounded size, figures as texts."""
    differing, not_comparable = verification.differing_units, verification.not_comparable
    volumes, cash_flows = verification.volumes, verification.cash_flows
    return {
        "reason": verification.reason,
        "unit_count": len(verification.units),
        "differing_unit_count": len(differing),
        "differing_mwh": _text(volumes.differing_amount),
        "differing_gbp": _text(cash_flows.differing_amount),
        "not_comparable_unit_count": len(not_comparable),
        "totals": _figures(volumes.totals, cash_flows.totals),
        "units": [
            {"bmu": bmu_id} | _figures(volumes.pairs.get(bmu_id), cash_flows.pairs.get(bmu_id))
            for bmu_id in differing[:MOST_UNITS_LISTED]
        ],
        "not_comparable_units": not_comparable[:MOST_UNITS_LISTED],
    }


def _figures(volume: Pair | None, cash_flow: Pair | None) -> dict[str, str | None]:
    """Both figures of a unit or of all; null where a source was not compared."""
    nothing = Pair(None, None)
    return {
        f"{name}_{unit}": _text(getattr(pair or nothing, name))
        for unit, pair in (("mwh", volume), ("gbp", cash_flow))
        for name in ("stack", "indicative", "difference")
    }


def _text(figure: Decimal | None) -> str | None:
    return None if figure is None else format(figure, "f")
