"""Difficulty epochs: which difficulty is known to hold from when until when. No Django here."""

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

from curtailment.settlement import iter_dates, settlement_date_at
from mining.network import Retarget
from mining.protocol import RETARGET_INTERVAL_BLOCKS

EMBEDDED_EPOCHS = Path(__file__).parent / "data" / "difficulty_epochs.csv"

# Sources print the digits of one difficulty differently; what differs by less is the same figure.
SAME_DIFFICULTY = Decimal("1e-9")


@dataclass(frozen=True)
class Epoch:
    """A difficulty, and the instants from which and until which (excluded) it is known to hold."""

    height: int
    starts_at: datetime
    known_until: datetime
    difficulty: Decimal


@lru_cache(maxsize=1)
def embedded_retargets() -> tuple[Retarget, ...]:
    """The retargets that come with Windfall, of 2009-01-03 to 2025-01-12, oldest first."""
    with EMBEDDED_EPOCHS.open(newline="") as file:
        return tuple(
            Retarget(
                height=int(row["height"]),
                starts_at=datetime.fromtimestamp(int(row["unix_time"]), UTC),
                difficulty=Decimal(row["difficulty"]),
            )
            for row in csv.DictReader(file)
        )


def merge_epochs(
    stored: Iterable[Epoch], retargets: Iterable[Retarget], *, asked_at: datetime | None
) -> list[Epoch]:
    """The epochs that follow from the stored ones and from retargets, by height.

    An epoch ends where the next one begins, if the next retarget is known. The newest one is
    known to hold until `asked_at`, when a node said so (None: no node was asked), and never less
    long than before. A node that does not know the newest epoch says nothing of its end.
    """
    epochs = {epoch.height: epoch for epoch in stored}
    told = {retarget.height: retarget for retarget in retargets}
    for height, retarget in told.items():
        epochs[height] = _told(epochs.get(height), retarget)
    merged = [epochs[height] for height in sorted(epochs)]
    ended = [_ended_by(epoch, successor) for epoch, successor in pairwise(merged)]
    newest = merged[-1:]
    if newest and asked_at is not None and newest[0].height in told:
        newest = [_known_at_least_until(newest[0], asked_at)]
    return ended + newest


def _told(stored: Epoch | None, retarget: Retarget) -> Epoch:
    if stored is None:
        starts_at = retarget.starts_at
        return Epoch(retarget.height, starts_at, starts_at, retarget.difficulty)
    same = abs(retarget.difficulty - stored.difficulty) < stored.difficulty * SAME_DIFFICULTY
    difficulty = stored.difficulty if same else retarget.difficulty
    moved = replace(stored, starts_at=retarget.starts_at, difficulty=difficulty)
    return _known_at_least_until(moved, retarget.starts_at)


def _known_at_least_until(epoch: Epoch, instant: datetime) -> Epoch:
    return replace(epoch, known_until=max(epoch.known_until, instant))


def _ended_by(epoch: Epoch, successor: Epoch) -> Epoch:
    """The epoch with its end, or with what was known of it if retargets in between are missing."""
    if successor.height == epoch.height + RETARGET_INTERVAL_BLOCKS:
        return replace(epoch, known_until=successor.starts_at)
    return replace(epoch, known_until=min(epoch.known_until, successor.starts_at))


def dates_touched(old: Epoch | None, new: Epoch) -> Iterator[date]:
    """The settlement dates whose bitcoin may differ now that `new` stands where `old` stood."""
    if old is None:
        return _dates_between(new.starts_at, new.known_until)
    if (old.starts_at, old.difficulty) == (new.starts_at, new.difficulty):
        return _dates_between(*sorted([old.known_until, new.known_until]))
    return _dates_between(min(old.starts_at, new.starts_at), max(old.known_until, new.known_until))


def _dates_between(start: datetime, end: datetime) -> Iterator[date]:
    """The settlement dates that overlap the time from start to end (excluded)."""
    if start < end:
        last_instant = end - timedelta(microseconds=1)
        yield from iter_dates(settlement_date_at(start), settlement_date_at(last_instant))
