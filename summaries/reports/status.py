"""The page of the ledger: which days are stored, and how sure they are."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from curtailment.settlement import settlement_date_at
from summaries.queries.freshness import read_freshness
from summaries.queries.longer import read_backfills, read_ledger, read_sources
from summaries.queries.verification import State
from summaries.reports.day_cells import DayCell, DayKind, MonthRow, day_cell, months_of
from summaries.reports.pages import Page, read_certainty
from summaries.reports.status_tables import backfills_table, counts_table, days_table, facts_of
from summaries.reports.tables import table_of
from summaries.reports.verification import (
    VERIFICATION_COLUMNS,
    VerificationCount,
    count_verifications,
)
from summaries.selection import Selection
from summaries.spans import Span
from summaries.timeframes import Timeframe

BACKFILLS = 5


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


def build_status(year: Timeframe, *, selection: Selection, now: datetime) -> Status:
    """Eight queries."""
    today = settlement_date_at(now)
    span = Span.of(year)
    ledger = read_ledger(year.first, year.last)
    cells = tuple(day_cell(day, ledger.get(day), today) for day in year.dates(today=today))
    counts = Counter(cell.kind for cell in cells)
    verifications = count_verifications(
        line.verification.state for line in ledger.values() if line.day.is_complete
    )
    freshness = read_freshness()
    tables = (
        days_table(cells),
        counts_table(counts),
        backfills_table(read_backfills(BACKFILLS)),
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
        facts=facts_of(freshness, read_sources()),
        headline=(),
        tables=tables,
    )
    return Status(
        page=page,
        year=year,
        previous=year.previous,
        next=year.next(today=today),
        months=months_of(cells),
        states=tuple(StateCount(kind, counts[kind]) for kind in DayKind),
        problems=tuple(cell for cell in cells if cell.reason),
        verifications=verifications,
        differing=tuple(cell for cell in cells if cell.verification == State.DIFFERS),
    )
