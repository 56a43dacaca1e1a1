"""What staff correct, and what they withdraw: append-only, and in force at once.

Each of these is one transaction under the locks of the days that it touches. Bitcoin and
summaries have to follow; until they have, the days are stale.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime

from django.contrib.auth.models import User
from django.db import connection, transaction

from curtailment.archived import archive_of, sentence_of
from curtailment.corrected import Conflict, InvalidCorrection, Proposal, RecordKey, check_reason
from curtailment.correction_queries import (
    SUPERSEDED_BY,
    StoredRecord,
    active_corrections_of,
    joint_state,
    read_stored,
)
from curtailment.locks import lock_day
from curtailment.models import Correction, CorrectionBatch, IngestionProgress
from curtailment.models.records import FIGURES
from curtailment.operations.overlay import lay_corrections
from curtailment.operations.proposals import RefusedProposals, check_proposals


def correct(proposal: Proposal, *, author: User, now: datetime) -> Correction:
    """This will give a record the figures that staff say it has, in place of a correction that
    it may have already.

    Raises InvalidCorrection with the fields that are wrong, and Conflict if the record is no
    longer in the state in which it was seen.
    """
    try:
        with transaction.atomic():
            return _correct_all([proposal], author=author, batch=None, now=now)[0]
    except RefusedProposals as refused:
        raise InvalidCorrection(refused.errors[proposal.key]) from refused


def correct_batch(
    proposals: Sequence[Proposal],
    *,
    author: User,
    reason: str,
    file_name: str,
    now: datetime,
) -> CorrectionBatch:
    """This will make many corrections that can be withdrawn together, or none of them.

    Raises RefusedProposals with all that is wrong; InvalidCorrection for the batch's own reason
    and for a record that is not the sum of its evidence; and Conflict if a record is no longer in
    the state in which it was seen.
    """
    check_reason(reason)
    with transaction.atomic():
        batch = CorrectionBatch.objects.create(author=author, reason=reason, file_name=file_name)
        _correct_all(proposals, author=author, batch=batch, now=now)
        return batch


@transaction.atomic
def withdraw(
    correction_id: int, *, author: User, reason: str, seen: str, now: datetime
) -> Correction:
    """This will put a record back to what Elexon publishes of it.

    Raises InvalidCorrection for the reason, and Conflict if the correction is not active or the
    record is no longer in the state in which it was seen.
    """
    check_reason(reason)
    correction = Correction.objects.get(pk=correction_id)
    active = _lock_active([correction])
    if not active:
        raise Conflict(f"Correction {correction_id} was withdrawn or superseded already.")
    for key, stored in active.items():
        if stored.state != seen:
            raise Conflict(f"{key} changed meanwhile. Look at it again, then decide.")
    _withdraw_active(active, author=author, reason=reason, now=now)
    correction.refresh_from_db()
    return correction


@transaction.atomic
def withdraw_batch(batch_id: int, *, author: User, reason: str, seen: str, now: datetime) -> int:
    """This will withdraw what is still active of a batch, and says how many corrections.

    What another correction has superseded stays so. Raises InvalidCorrection for the reason, and
    Conflict if none is active or any record is no longer in the state in which all were seen.
    """
    check_reason(reason)
    active = _lock_active(active_corrections_of(batch_id))
    if not active:
        raise Conflict(f"All of batch {batch_id} was withdrawn or superseded already.")
    if joint_state(active.values()) != seen:
        raise Conflict(
            f"Records of batch {batch_id} changed meanwhile. Look at them again, then decide."
        )
    _withdraw_active(active, author=author, reason=reason, now=now)
    return len(active)


def _correct_all(
    proposals: Sequence[Proposal],
    *,
    author: User,
    batch: CorrectionBatch | None,
    now: datetime,
) -> list[Correction]:
    keys = {proposal.key for proposal in proposals}
    days = _lock_days(key.settlement_date for key in keys)
    stored = read_stored(keys)
    check_proposals(proposals, stored, days, now=now)
    ids = _reserve_ids(len(proposals))
    _supersede(proposals, stored, ids, author=author, now=now)
    corrections = [
        _as_correction(correction_id, proposal, stored[proposal.key], author, batch)
        for correction_id, proposal in zip(ids, proposals, strict=True)
    ]
    Correction.objects.bulk_create(corrections, batch_size=500)
    lay_corrections(stored, now=now, reason="Records were corrected.")
    return corrections


def _lock_active(corrections: Iterable[Correction]) -> dict[RecordKey, StoredRecord]:
    """The records of those that are still active once their days are locked."""
    by_key = {_key_of(correction): correction for correction in corrections}
    _lock_days(key.settlement_date for key in by_key)
    return {
        key: stored
        for key, stored in read_stored(by_key.keys()).items()
        if stored.correction is not None and stored.correction.pk == by_key[key].pk
    }


def _withdraw_active(
    active: Mapping[RecordKey, StoredRecord], *, author: User, reason: str, now: datetime
) -> None:
    ids = [stored.correction.pk for stored in active.values() if stored.correction is not None]
    Correction.objects.filter(pk__in=ids).update(
        withdrawn_by=author, withdrawn_at=now, withdrawal_reason=reason
    )
    lay_corrections(active, now=now, reason="Corrections were withdrawn.")


def _lock_days(dates: Iterable[date]) -> dict[date, IngestionProgress]:
    """Takes the locks of these days, then their rows of the ledger, each in order of the dates.

    A day that the ledger lacks is left out. Raises InvalidCorrection for one that is archived.
    """
    ordered = sorted(set(dates))
    for settlement_date in ordered:
        lock_day(settlement_date)
        archive = archive_of(settlement_date)
        if archive is not None:
            raise InvalidCorrection({"record": sentence_of(archive)})
    rows = IngestionProgress.objects.filter(pk__in=ordered).order_by("pk").select_for_update()
    return {row.settlement_date: row for row in rows}


def _reserve_ids(count: int) -> list[int]:
    """Numbers of corrections yet to come, so that those superseded can name their successor."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence('corrections', 'id'))"
            " FROM generate_series(1, %s)",
            [count],
        )
        return [number for (number,) in cursor.fetchall()]


def _supersede(
    proposals: Sequence[Proposal],
    stored: Mapping[RecordKey, StoredRecord],
    ids: Sequence[int],
    *,
    author: User,
    now: datetime,
) -> None:
    """Withdraws the active corrections of these records, each in favor of its successor."""
    active = [stored[proposal.key].correction for proposal in proposals]
    pairs = [
        (correction.pk, successor)
        for correction, successor in zip(active, ids, strict=True)
        if correction is not None
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            sql_for_superseding(),
            {
                "ids": [pk for pk, _ in pairs],
                "successors": [successor for _, successor in pairs],
                "author": author.pk,
                "now": now,
                "reason": SUPERSEDED_BY,
            },
        )


def sql_for_superseding() -> str:
    """Withdraws corrections, each with a reason that names its successor."""
    return """
        UPDATE corrections AS c
        SET withdrawn_by_id = %(author)s, withdrawn_at = %(now)s,
            withdrawal_reason = format(%(reason)s, s.successor)
        FROM unnest(%(ids)s::bigint[], %(successors)s::bigint[]) AS s (id, successor)
        WHERE c.id = s.id
    """


def _as_correction(
    correction_id: int,
    proposal: Proposal,
    stored: StoredRecord,
    author: User,
    batch: CorrectionBatch | None,
) -> Correction:
    key, published = proposal.key, stored.published
    before = {} if published is None else dict(zip(FIGURES, published, strict=True))
    return Correction(
        pk=correction_id,
        settlement_date=key.settlement_date,
        settlement_period=key.settlement_period,
        bmu_id=key.bmu_id,
        reason=proposal.reason,
        author=author,
        batch=batch,
        **dict(zip(FIGURES, proposal.figures.values, strict=True)),
        **{f"published_{figure}": number for figure, number in before.items()},
    )


def _key_of(correction: Correction) -> RecordKey:
    return RecordKey(correction.settlement_date, correction.settlement_period, correction.bmu_id)
