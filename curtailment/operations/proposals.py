"""Whether corrections can be made: everything that is wrong with them, at once."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime

from curtailment.corrected import Conflict, Proposal, RecordKey
from curtailment.correction_queries import NOTHING, StoredRecord
from curtailment.models import BMUnit, IngestionProgress

Errors = dict[str, str]


class RefusedProposals(Exception):
    """Corrections that cannot be made: by record, a sentence for each field that is wrong."""

    def __init__(self, errors: Mapping[RecordKey, Errors]) -> None:
        super().__init__(" ".join(f"{key}: {found}" for key, found in errors.items()))
        self.errors = dict(errors)


def check_proposals(
    proposals: Sequence[Proposal],
    stored: Mapping[RecordKey, StoredRecord],
    days: Mapping[date, IngestionProgress],
    *,
    now: datetime,
) -> None:
    """Raises RefusedProposals, or Conflict where a record is no longer as it was seen.

    Read what is given under the locks of the days.
    """
    times = Counter(proposal.key for proposal in proposals)
    refused = _refused_keys(times.keys(), days, now)
    for key, count in times.items():
        if count > 1:
            refused.setdefault(key, {})["record"] = f"{key} is corrected twice."
    if refused:
        raise RefusedProposals(refused)
    changed = [p.key for p in proposals if stored[p.key].state != p.seen]
    if changed:
        more = f" and {len(changed) - 1} more" if len(changed) > 1 else ""
        raise Conflict(f"{changed[0]}{more} changed meanwhile. Look at it again, then decide.")
    _refuse_what_changes_nothing(proposals, stored)


def errors_of_keys(keys: Collection[RecordKey], *, now: datetime) -> dict[RecordKey, Errors]:
    """What keeps records from being corrected or added, whatever their figures, by field.

    Records that may be corrected are left out.
    """
    days = IngestionProgress.objects.in_bulk({key.settlement_date for key in keys})
    return _refused_keys(keys, days, now)


def _refused_keys(
    keys: Collection[RecordKey], days: Mapping[date, IngestionProgress], now: datetime
) -> dict[RecordKey, Errors]:
    units = BMUnit.objects.filter(pk__in={key.bmu_id for key in keys})
    wind = dict(units.values_list("pk", "is_wind"))
    return {key: found for key in keys if (found := _key_errors(key, days, wind, now))}


def _key_errors(
    key: RecordKey, days: Mapping[date, IngestionProgress], wind: Mapping[str, bool], now: datetime
) -> Errors:
    errors = _unit_errors(key.bmu_id, wind) | key.timing_errors(now=now)
    if not errors and not _has_data(days.get(key.settlement_date)):
        sentence = f"Nothing is stored of {key.settlement_date} yet: fetch the day first."
        errors["settlement_date"] = sentence
    return errors


def _unit_errors(bmu_id: str, wind: Mapping[str, bool]) -> Errors:
    if bmu_id not in wind:
        return {"bmu_id": f"There is no BM Unit {bmu_id}."}
    if not wind[bmu_id]:
        return {"bmu_id": f"{bmu_id} is not wind. If it should be, mark the unit as wind first."}
    return {}


def _has_data(day: IngestionProgress | None) -> bool:
    return day is not None and day.data_state != IngestionProgress.DataState.NONE


def _refuse_what_changes_nothing(
    proposals: Sequence[Proposal], stored: Mapping[RecordKey, StoredRecord]
) -> None:
    """A correction to what counts already says nothing, unless Elexon has since moved away from
    what it was made of: then it confirms it.
    """
    errors = {
        proposal.key: {"record": f"{proposal.key} has these figures already."}
        for proposal in proposals
        if proposal.figures.values == (stored[proposal.key].effective or NOTHING)
        and not stored[proposal.key].published_has_moved
    }
    if errors:
        raise RefusedProposals(errors)
