"""Pausing, resuming and canceling a backfill: workers read its state before each day."""

from datetime import datetime

from django.db import transaction

from curtailment.models import Backfill
from summaries.backfill import close_abandoned
from summaries.long_backfills import hand_over

State = Backfill.State


class NotSteerable(Exception):
    """A backfill cannot be paused, resumed or canceled. The message says why."""


@transaction.atomic
def pause(backfill_id: int, *, now: datetime) -> Backfill:
    """This will have no further day begun. The days in hand are finished."""
    return _change(backfill_id, "paused", from_states=(State.RUNNING,), state=State.PAUSED)


@transaction.atomic
def cancel(backfill_id: int, *, now: datetime) -> Backfill:
    """This will end a backfill; what it did stays."""
    return _change(
        backfill_id,
        "canceled",
        from_states=(State.RUNNING, State.PAUSED),
        state=State.CANCELED,
        ended_at=now,
    )


def resume(backfill_id: int, *, now: datetime) -> Backfill:
    """This will have the cluster go on where a backfill was; failed days are tried again.

    Also one that a command began: from now on the cluster works on it.
    """
    close_abandoned(lambda: now)
    with transaction.atomic():
        columns = {"state": State.RUNNING, "in_background": True, "ended_at": None}
        others = [state for state in State if state not in (State.RUNNING, State.DONE)]
        before = _find(backfill_id)
        if before.state != State.PAUSED:
            columns["started_at"] = now
        record = _change(backfill_id, "resumed", from_states=tuple(others), **columns)
        hand_over()
    return record


def _change(
    backfill_id: int, participle: str, *, from_states: tuple[State, ...], **columns: object
) -> Backfill:
    record = _find(backfill_id)
    if record.state not in from_states:
        raise NotSteerable(
            f"Backfill {record.pk} cannot be {participle}: it is {record.get_state_display()}."
        )
    for name, value in columns.items():
        setattr(record, name, value)
    record.save(update_fields=list(columns))
    return record


def _find(backfill_id: int) -> Backfill:
    record = Backfill.objects.select_for_update().filter(pk=backfill_id).first()
    if record is None:
        raise NotSteerable(f"There is no backfill {backfill_id}: `backfills` lists them.")
    return record
