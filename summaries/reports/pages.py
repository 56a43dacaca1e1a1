"""What the pages of farms, companies, miners and the ledger have in common."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from curtailment.settlement import FIRST_SETTLEMENT_DATE, iter_dates, settlement_date_at
from summaries.exact import divide, multiply
from summaries.queries.longer import DayCounts, read_day_counts
from summaries.reports.notices import Notice, NoticeKind
from summaries.reports.tables import Figure, Table
from summaries.selection import Selection
from summaries.spans import Span


@dataclass(frozen=True)
class Certainty:
    """How sure the figures of a period are: as flags, as the JSON says it, and as notices."""

    is_complete: bool
    is_provisional: bool
    is_sample: bool
    has_corrections: bool
    notices: tuple[Notice, ...]
    counts: DayCounts


@dataclass(frozen=True)
class Page:
    """A finished page. `name` is that of its downloads; the first table is the main one.

    `facts` are of what the page is about, `headline` is what its figures add up to.
    """

    name: str
    title: str
    subject: str
    selection: Selection
    span: Span
    made_at: datetime
    certainty: Certainty
    facts: tuple[Figure, ...]
    headline: tuple[Figure, ...]
    tables: tuple[Table, ...]

    def table(self, key: str) -> Table:
        """The table of a key. Raises KeyError if there is none."""
        return {table.key: table for table in self.tables}[key]


def read_certainty(span: Span, *, now: datetime) -> Certainty:
    """One query. All stored days are as complete as those between the first and the last are."""
    today = settlement_date_at(now)
    counts = read_day_counts(span.first, span.last)
    expected = _expected(span, counts)
    return Certainty(
        is_complete=0 < expected == counts.complete,
        is_provisional=counts.provisional > 0,
        is_sample=counts.sample > 0,
        has_corrections=counts.corrected > 0,
        notices=tuple(_notices(span, counts, expected, today)),
        counts=counts,
    )


def share_percent(part: Decimal | None, whole: Decimal | None) -> Decimal | None:
    """How much of the whole a part is, in percent; null if either is not known."""
    return divide(multiply(part, Decimal(100)), whole)


def _expected(span: Span, counts: DayCounts) -> int:
    """Days of a timeframe, by the calendar; without one days from the first to the last stored."""
    first, last = max(span.first, FIRST_SETTLEMENT_DATE), span.last
    if span.timeframe is None:
        if counts.first_date is None or counts.last_date is None:
            return 0
        first, last = counts.first_date, counts.last_date
    return (last - first).days + 1


def _notices(span: Span, counts: DayCounts, expected: int, today: date) -> list[Notice]:
    if counts.stored == 0:
        sentence = f"No day of {span.label} has been ingested yet."
        return [Notice(NoticeKind.MISSING, "Not ingested yet", sentence), *_attempts(counts)]
    return [
        *_sample(counts),
        *_coverage(span, counts, expected, today),
        *_certainty(counts),
        *_attempts(counts),
    ]


def _sample(counts: DayCounts) -> list[Notice]:
    if counts.sample:
        sentence = f"{_days(counts.sample, counts)} made up to try Windfall out, not Elexon's."
        return [Notice(NoticeKind.SAMPLE, "Sample data", sentence)]
    if counts.sample_price:
        sentence = "Values in GBP are at made-up bitcoin prices."
        return [Notice(NoticeKind.SAMPLE, "Sample prices", sentence)]
    return []


def _coverage(span: Span, counts: DayCounts, expected: int, today: date) -> list[Notice]:
    notices = []
    last = min(span.last, today)
    over = expected if span.timeframe is None else sum(1 for _ in iter_dates(span.first, last))
    if counts.stored < over - (last == today):
        sentence = f"{counts.stored} of {over} days have data; the calendar of Status shows which."
        notices.append(Notice(NoticeKind.INCOMPLETE, "Incomplete", sentence))
    if counts.stored > counts.complete:
        sentence = (
            f"{_days(counts.stored - counts.complete, counts)} not over or not fetched whole."
        )
        notices.append(Notice(NoticeKind.INCOMPLETE, "Incomplete days", sentence))
    if span.timeframe is not None and span.last >= today:
        sentence = f"{span.label} is not over. The figures are to date."
        notices.append(Notice(NoticeKind.RUNNING, "To date", sentence))
    return notices


def _certainty(counts: DayCounts) -> list[Notice]:
    sentences = {
        "imported": (
            NoticeKind.INCOMPLETE,
            "Imported",
            "what the platform before this one kept, never compared with Elexon's.",
        ),
        "provisional": (NoticeKind.PROVISIONAL, "Provisional", "provisional and may still change."),
        "corrected": (NoticeKind.CORRECTED, "Corrected", "corrected by staff in some figure."),
        "stale": (NoticeKind.STALE, "Being recalculated", "out of date until that is done."),
        "outdated": (
            NoticeKind.STALE,
            "To be fetched again",
            "to be fetched again, as staff said anew which units are wind.",
        ),
    }
    return [
        Notice(kind, label, f"{_days(getattr(counts, name), counts)} {ending}")
        for name, (kind, label, ending) in sentences.items()
        if getattr(counts, name)
    ]


def _attempts(counts: DayCounts) -> list[Notice]:
    """Of any days, stored or not."""
    sentences = {
        "failed": (NoticeKind.FAILED, "Fetching failed", "Days whose last try failed"),
        "suspect": (NoticeKind.SUSPECT, "Suspect answer", "Days whose new answer is to be decided"),
    }
    return [
        Notice(
            kind, label, f"{beginning}: {getattr(counts, name)}. What was stored before is kept."
        )
        for name, (kind, label, beginning) in sentences.items()
        if getattr(counts, name)
    ]


def _days(count: int, counts: DayCounts) -> str:
    return f"{count} of {counts.stored} stored days {'is' if count == 1 else 'are'}"
