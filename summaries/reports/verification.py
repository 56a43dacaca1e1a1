"""What pages say of comparing a day with sources that are independent of the stack."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from summaries.queries.verification import DayVerification, State
from summaries.reports.notices import Notice, NoticeKind
from summaries.reports.tables import CellKind, Column
from summaries.templatetags.figures import gbp, mwh

LABELS = {
    State.VERIFIED: "agrees with Elexon's indicative cash flows and volumes",
    State.DIFFERS: "differs from them",
    State.NOT_AVAILABLE: "not all of it could be compared",
}
NOT_VERIFIED = "not verified so far"

VERIFICATION_COLUMNS = (
    Column("state", "Verification"),
    Column("label", "Meaning"),
    Column("day_count", "Days", CellKind.COUNT),
)


@dataclass(frozen=True)
class VerificationCount:
    """Of how many days a verification had this outcome; an empty state is none so far."""

    state: str
    label: str
    day_count: int


def count_verifications(states: Iterable[str]) -> tuple[VerificationCount, ...]:
    """Each outcome, with how many of the days had it."""
    counts = Counter(states)
    outcomes = [*((state.value, label) for state, label in LABELS.items()), ("", NOT_VERIFIED)]
    return tuple(VerificationCount(state, label, counts[state]) for state, label in outcomes)


def verification_notices(verification: DayVerification) -> Iterator[Notice]:
    """Whether a day was verified, and what came of it; nothing if that was not tried."""
    if verification.state == State.VERIFIED:
        sentence = "Published figures agree with Elexon's indicative cash flows and volumes."
        yield Notice(NoticeKind.VERIFIED, "Verified", sentence)
    elif verification.state == State.DIFFERS:
        yield Notice(NoticeKind.DIFFERS, "Differs", difference_in_words(verification))
    elif verification.state == State.NOT_AVAILABLE:
        sentence = f"Not all of the day could be verified. {verification.reason or ''}".strip()
        yield Notice(NoticeKind.UNVERIFIED, "Not verified", sentence)


def difference_in_words(verification: DayVerification) -> str:
    """By how much the published figures differ, in how many units."""
    count = verification.differing_unit_count
    units = "1 BM Unit" if count == 1 else f"{count} BM Units"
    return (
        "Published figures differ from Elexon's indicative cash flows and volumes by "
        f"{mwh(verification.differing_mwh)} MWh and {gbp(verification.differing_gbp)} GBP "
        f"in {units}."
    )
