"""The days of the ledger as cells of a calendar: what is stored of each, and how sure it is."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from curtailment.models import IngestionProgress
from summaries.queries.longer import LedgerLine
from summaries.queries.verification import DayVerification
from summaries.timeframes import Timeframe

AttemptState = IngestionProgress.AttemptState
DataState = IngestionProgress.DataState


class DayKind(StrEnum):
    """What the calendar says of a day. What is stored wins, unless its last try went wrong."""

    FINAL = "final"
    PROVISIONAL = "provisional"
    RUNNING = "running"
    INCOMPLETE = "incomplete"
    IMPORTED = "imported"
    FAILED_KEPT = "failed_kept"
    FAILED = "failed"
    SUSPECT = "suspect"
    MISSING = "missing"

    @property
    def label(self) -> str:
        return LABELS[self][1]

    @property
    def letter(self) -> str:
        """What tells it from the others without color."""
        return LABELS[self][0]


LABELS = {
    DayKind.FINAL: ("✓", "complete, final"),
    DayKind.PROVISIONAL: ("P", "complete, provisional"),
    DayKind.RUNNING: ("R", "running day"),
    DayKind.INCOMPLETE: ("I", "not fetched whole since it ended"),
    DayKind.IMPORTED: ("M", "imported from the platform before, never fetched"),
    DayKind.FAILED_KEPT: ("F", "last try failed, earlier figures kept"),
    DayKind.FAILED: ("X", "last try failed, nothing stored"),
    DayKind.SUSPECT: ("?", "suspect answer kept aside"),
    DayKind.MISSING: ("–", "never fetched"),
}

# What is written of an error from outside: its class, never its text.
REASONS = (
    (
        "Elexon could not be reached.",
        ("connect", "unreachable", "timed out", "time-out", "resolve"),
    ),
    ("Elexon asked to slow down.", ("429",)),
    ("Elexon answered with an error.", ("http 5", "http 4", "500", "502", "503", "504", "404")),
    ("The answer was malformed or incomplete.", ("malformed", "field", "decode", "json", "empty")),
)
OTHER_REASON = "For another reason, which staff find in the ledger."


@dataclass(frozen=True)
class DayCell:
    """A day of the calendar."""

    timeframe: Timeframe
    kind: DayKind
    is_sample: bool
    is_stale: bool
    attempts: int
    fetched_at: datetime | None
    reason: str
    verification: str
    verified_at: datetime | None
    differing_unit_count: int | None
    differing_mwh: Decimal | None
    differing_gbp: Decimal | None

    @property
    def settlement_date(self) -> Timeframe:
        return self.timeframe

    @property
    def state(self) -> str:
        return self.kind.value

    @property
    def day_of_month(self) -> int:
        return self.timeframe.first.day

    @property
    def description(self) -> str:
        """The state in words, e.g. for those who do not see it."""
        extras = [("sample data", self.is_sample), ("being recalculated", self.is_stale)]
        return ", ".join([self.kind.label, *(word for word, holds in extras if holds)])


@dataclass(frozen=True)
class MonthRow:
    timeframe: Timeframe
    days: tuple[DayCell, ...]


def day_cell(day: date, entry: LedgerLine | None, today: date) -> DayCell:
    line = entry.day if entry else None
    kind = _kind(day, line, today)
    verification = entry.verification if entry else DayVerification()
    return DayCell(
        timeframe=Timeframe.day(day),
        kind=kind,
        is_sample=bool(line and line.source == IngestionProgress.Source.SAMPLE),
        is_stale=bool(line and line.stale_since),
        attempts=line.attempts if line else 0,
        fetched_at=line.fetched_at if line else None,
        reason=_reason(line),
        verification=verification.state,
        verified_at=verification.verified_at,
        differing_unit_count=verification.differing_unit_count,
        differing_mwh=verification.differing_mwh,
        differing_gbp=verification.differing_gbp,
    )


def _kind(day: date, line: IngestionProgress | None, today: date) -> DayKind:
    if line is None:
        return DayKind.MISSING
    stored = line.data_state != DataState.NONE
    if line.attempt_state == AttemptState.SUSPECT:
        return DayKind.SUSPECT
    if line.attempt_state == AttemptState.FAILED:
        return DayKind.FAILED_KEPT if stored else DayKind.FAILED
    if line.data_state == DataState.RUNNING_DAY:
        return DayKind.RUNNING if day == today else DayKind.INCOMPLETE
    states = {
        DataState.FINAL: DayKind.FINAL,
        DataState.PROVISIONAL: DayKind.PROVISIONAL,
        DataState.IMPORTED: DayKind.IMPORTED,
    }
    return states.get(DataState(line.data_state), DayKind.MISSING)


def _reason(line: IngestionProgress | None) -> str:
    """Why the last try went wrong, in a sentence of ours; empty if it did not."""
    if line is None:
        return ""
    if line.attempt_state == AttemptState.SUSPECT:
        return "The new answer would take away more than half of the day's energy."
    if line.attempt_state != AttemptState.FAILED:
        return ""
    error = line.error.lower()
    for sentence, words in REASONS:
        if any(word in error for word in words):
            return sentence
    return OTHER_REASON


def months_of(cells: tuple[DayCell, ...]) -> tuple[MonthRow, ...]:
    months: dict[date, list[DayCell]] = {}
    for cell in cells:
        months.setdefault(cell.timeframe.first.replace(day=1), []).append(cell)
    return tuple(MonthRow(Timeframe.month(month), tuple(days)) for month, days in months.items())
