"""Carrying an upload from its preview to the save, so that exactly what was shown is done.

The rows travel in the page, signed for the one who uploaded them: nothing to keep, to share
between processes or to clear away, and nothing that anybody could change on the way.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.core import signing

from curtailment.corrected import CorrectedFigures, Proposal, RecordKey
from summaries.exact import plain

SALT = "summaries.correcting"
LONGEST_AGE_S = 3_600
# Below what Django takes of a form that has no file in it.
MOST_CHARACTERS = 2_000_000


class SealBroken(Exception):
    """What came back is not what was given out, or too old; the message says what to do."""


class TooMuchToCarry(Exception):
    """More than a page can carry; the message says what to do."""


@dataclass(frozen=True)
class Upload:
    """The corrections of a file, and why they are made."""

    proposals: tuple[Proposal, ...]
    reason: str
    file_name: str


def seal(upload: Upload, *, user_id: int) -> str:
    """The upload as a text that only this user can hand in again. Raises TooMuchToCarry."""
    rows = [_packed(proposal) for proposal in upload.proposals]
    content = [user_id, upload.reason, upload.file_name, rows]
    text = signing.dumps(content, salt=SALT, compress=True)
    if len(text) > MOST_CHARACTERS:
        raise TooMuchToCarry("The rows are too long to be previewed. Split the file.")
    return text


def unseal(text: str, *, user_id: int) -> Upload:
    """The upload that was sealed for this user. Raises SealBroken."""
    try:
        owner_id, reason, file_name, rows = signing.loads(text, salt=SALT, max_age=LONGEST_AGE_S)
    except signing.SignatureExpired as error:
        raise SealBroken("The preview is more than an hour old. Upload the file again.") from error
    except signing.BadSignature as error:
        raise SealBroken("The preview was changed on its way. Upload the file again.") from error
    if owner_id != user_id:
        raise SealBroken("The preview was somebody else's. Upload the file again.")
    return Upload(tuple(map(_unpacked, rows)), reason, file_name)


def _packed(proposal: Proposal) -> list[Any]:
    key = proposal.key
    return [
        key.settlement_date.isoformat(),
        key.settlement_period,
        key.bmu_id,
        *map(plain, proposal.figures.values),
        proposal.reason,
        proposal.seen,
    ]


def _unpacked(row: Sequence[Any]) -> Proposal:
    day, period, bmu_id, *figures, reason, seen = row
    key = RecordKey(date.fromisoformat(day), period, bmu_id)
    return Proposal(key, CorrectedFigures(*map(Decimal, figures)), reason, seen)
