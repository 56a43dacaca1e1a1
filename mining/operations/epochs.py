"""Writing difficulty epochs, and marking the days that they touch as stale."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from itertools import pairwise

from django.db import connection, transaction

from curtailment.locks import LockSpace, lock
from curtailment.operations import mark_stale
from mining.epochs import Epoch, dates_touched, embedded_retargets, merge_epochs
from mining.models import DifficultyEpoch
from mining.network import NetworkMalformed, Retarget

# Nodes refuse a block whose time is further ahead than that.
LONGEST_LEAD_OF_A_BLOCK = timedelta(hours=2)


def load_embedded_epochs(*, now: datetime) -> int:
    """This will store the epochs that come with Windfall where they are missing.

    The last of them holds for no instant until a node was asked. Returns how many rows were
    written.
    """
    return write_epochs([], asked_at=None, now=now)


@transaction.atomic
def write_epochs(retargets: Sequence[Retarget], *, asked_at: datetime | None, now: datetime) -> int:
    """This will bring the stored epochs into line with what a node answered at `asked_at`.

    The days that the changes touch become stale. Returns how many rows were written; rows that
    would not change are not touched. Raises NetworkMalformed where the answer cannot be true.
    """
    _refuse_times_to_come(retargets, now=now)
    lock(LockSpace.NETWORK, 0)
    stored = {
        epoch.height: Epoch(epoch.height, epoch.starts_at, epoch.known_until, epoch.difficulty)
        for epoch in DifficultyEpoch.objects.all()
    }
    missing = [fact for fact in embedded_retargets() if fact.height not in stored]
    known = merge_epochs(stored.values(), missing, asked_at=None)
    merged = merge_epochs(known, retargets, asked_at=asked_at)
    _refuse_times_out_of_order(merged)
    changed = [epoch for epoch in merged if stored.get(epoch.height) != epoch]
    touched: set[date] = set()
    for epoch in changed:
        touched.update(dates_touched(stored.get(epoch.height), epoch))
    _replace(changed)
    mark_stale(sorted(touched), reason="The difficulty changed.", now=now)
    return len(changed)


def _refuse_times_to_come(retargets: Sequence[Retarget], *, now: datetime) -> None:
    for retarget in retargets:
        if retarget.starts_at > now + LONGEST_LEAD_OF_A_BLOCK:
            raise NetworkMalformed(
                f"The node says that block {retarget.height} is of "
                f"{retarget.starts_at:%Y-%m-%d %H:%M} UTC, in the future; nothing was changed"
            )


def _refuse_times_out_of_order(epochs: Sequence[Epoch]) -> None:
    for epoch, successor in pairwise(epochs):
        if successor.starts_at <= epoch.starts_at:
            raise NetworkMalformed(
                f"The node contradicts what is stored: block {successor.height} would not be "
                f"later than block {epoch.height}; nothing was changed"
            )


def _replace(epochs: Sequence[Epoch]) -> None:
    """Rows are removed before they are written anew: one may start where another one started."""
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM difficulty_epochs WHERE height = ANY(%s)",
            [[epoch.height for epoch in epochs]],
        )
        cursor.execute(
            """
            INSERT INTO difficulty_epochs (height, starts_at, known_until, difficulty)
            SELECT * FROM unnest(%s::int[], %s::timestamptz[], %s::timestamptz[], %s::numeric[])
            """,
            [
                [epoch.height for epoch in epochs],
                [epoch.starts_at for epoch in epochs],
                [epoch.known_until for epoch in epochs],
                [epoch.difficulty for epoch in epochs],
            ],
        )
