"""The page of the ledger: which days are stored, and how sure they are."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from curtailment.models import Backfill, IngestionProgress
from curtailment.settlement import FIRST_SETTLEMENT_DATE, settlement_date_at
from summaries.queries.freshness import Freshness, read_freshness
from summaries.queries.longer import (
    LedgerLine,
    Sources,
    read_backfills,
    read_ledger,
    read_sources,
)
from summaries.queries.verification import DayVerification, State
from summaries.reports.pages import Page, read_certainty
from summaries.reports.tables import CellKind, Column, Figure, Table, table_of
from summaries.reports.verification import (
    VERIFICATION_COLUMNS,
    VerificationCount,
    count_verifications,
)
from summaries.selection import Selection
from summaries.spans import Span
from summaries.timeframes import Timeframe

BACKFILLS = 5
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


@dataclass(frozen=True)
class StateCount:
    kind: DayKind
    day_count: int


@dataclass(frozen=True)
class Status:
    """The ledger of a year as a page, with what the page has beyond its tables."""

    page: Page
    year: Timeframe
    previous: Timeframe | None
    next: Timeframe | None
    months: tuple[MonthRow, ...]
    states: tuple[StateCount, ...]
    problems: tuple[DayCell, ...]
    verifications: tuple[VerificationCount, ...]
    differing: tuple[DayCell, ...]


DAY_COLUMNS = (
    Column("settlement_date", "Day", CellKind.TIMEFRAME),
    Column("state", "State"),
    Column("is_sample", "Sample data", CellKind.FLAG),
    Column("is_stale", "Being recalculated", CellKind.FLAG),
    Column("attempts", "Tries", CellKind.COUNT),
    Column("fetched_at", "Last confirmed", CellKind.INSTANT),
    Column("reason", "Reason"),
    Column("verification", "Verification"),
    Column("verified_at", "Verified at", CellKind.INSTANT),
    Column("differing_unit_count", "Differing BM Units", CellKind.COUNT),
    Column("differing_mwh", "Differing (MWh)", CellKind.MWH),
    Column("differing_gbp", "Differing (GBP)", CellKind.GBP),
)
COUNT_COLUMNS = (
    Column("state", "State"),
    Column("meaning", "Meaning"),
    Column("day_count", "Days", CellKind.COUNT),
)
BACKFILL_COLUMNS = (
    Column("first_date", "From", CellKind.TIMEFRAME),
    Column("last_date", "To", CellKind.TIMEFRAME),
    Column("state", "State"),
    Column("days_done", "Done", CellKind.COUNT),
    Column("days_failed", "Failed", CellKind.COUNT),
    Column("days_total", "Of", CellKind.COUNT),
    Column("started_at", "Started", CellKind.INSTANT),
    Column("updated_at", "Last heard of", CellKind.INSTANT),
)


def build_status(year: Timeframe, *, selection: Selection, now: datetime) -> Status:
    """Eight queries."""
    today = settlement_date_at(now)
    span = Span.of(year)
    ledger = read_ledger(year.first, year.last)
    cells = tuple(_cell(day, ledger.get(day), today) for day in year.dates(today=today))
    counts = Counter(cell.kind for cell in cells)
    verifications = count_verifications(
        line.verification.state for line in ledger.values() if line.day.is_complete
    )
    freshness = read_freshness()
    tables = (
        _days_table(cells),
        _counts_table(counts),
        _backfills_table(read_backfills(BACKFILLS)),
        table_of("verifications", "By verification", VERIFICATION_COLUMNS, list(verifications)),
    )
    page = Page(
        name="status",
        title=f"Data of {year.label}",
        subject="Which days are stored, and how sure their figures are",
        selection=selection,
        span=span,
        made_at=now,
        certainty=read_certainty(span, now=now),
        facts=_facts(freshness, read_sources()),
        headline=(),
        tables=tables,
    )
    return Status(
        page=page,
        year=year,
        previous=year.previous,
        next=year.next(today=today),
        months=_months(cells),
        states=tuple(StateCount(kind, counts[kind]) for kind in DayKind),
        problems=tuple(cell for cell in cells if cell.reason),
        verifications=verifications,
        differing=tuple(cell for cell in cells if cell.verification == State.DIFFERS),
    )


def _cell(day: date, entry: LedgerLine | None, today: date) -> DayCell:
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


def _months(cells: tuple[DayCell, ...]) -> tuple[MonthRow, ...]:
    months: dict[date, list[DayCell]] = {}
    for cell in cells:
        months.setdefault(cell.timeframe.first.replace(day=1), []).append(cell)
    return tuple(MonthRow(Timeframe.month(month), tuple(days)) for month, days in months.items())


def _days_table(cells: tuple[DayCell, ...]) -> Table:
    return table_of("days", "By day", DAY_COLUMNS, list(cells))


def _counts_table(counts: Counter[DayKind]) -> Table:
    rows = tuple((kind.value, kind.label, counts[kind]) for kind in DayKind)
    return Table("states", "By state", COUNT_COLUMNS, rows)


def _backfills_table(backfills: list[Backfill]) -> Table:
    rows = tuple(
        (
            Timeframe.day(max(run.first_date, FIRST_SETTLEMENT_DATE)),
            Timeframe.day(run.last_date),
            run.get_state_display(),
            run.days_done,
            run.days_failed,
            run.days_total,
            run.started_at,
            run.updated_at,
        )
        for run in backfills
    )
    return Table("backfills", "Latest backfills", BACKFILL_COLUMNS, rows)


def _facts(freshness: Freshness, sources: Sources) -> tuple[Figure, ...]:
    """Of all years."""
    figures = {
        ("stored_day_count", "Days stored", CellKind.COUNT): freshness.day_count,
        ("first_date", "First", CellKind.TIMEFRAME): _day(freshness.first_date),
        ("last_date", "Last", CellKind.TIMEFRAME): _day(freshness.last_date),
        ("sample_day_count", "Of them sample data", CellKind.COUNT): freshness.sample_day_count,
        (
            "imported_day_count",
            "Of them imported",
            CellKind.COUNT,
        ): freshness.imported_day_count,
        ("stale_day_count", "Being recalculated", CellKind.COUNT): freshness.stale_day_count,
        ("failed_day_count", "Last try failed", CellKind.COUNT): freshness.failed_day_count,
        ("confirmed_at", "Last confirmed", CellKind.INSTANT): freshness.confirmed_at,
        ("wind_unit_count", "Wind BM Units", CellKind.COUNT): sources.wind_unit_count,
        (
            "unclassified_unit_count",
            "BM Units not yet classified",
            CellKind.COUNT,
        ): sources.unclassified_unit_count,
        ("register_seen_at", "Register fetched", CellKind.INSTANT): sources.register_seen_at,
        (
            "difficulty_known_until",
            "Difficulty known until",
            CellKind.INSTANT,
        ): sources.difficulty_known_until,
        ("latest_price_date", "Prices until", CellKind.TIMEFRAME): _day(sources.latest_price_date),
        ("price_quoted_at", "Price now quoted", CellKind.INSTANT): sources.price_now_quoted_at,
    }
    return tuple(Figure(Column(*column), value) for column, value in figures.items())


def _day(day: date | None) -> Timeframe | None:
    return Timeframe.day(day) if day else None
