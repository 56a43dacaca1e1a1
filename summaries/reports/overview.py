"""The first page: the newest figures, and how fresh they are."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime

from curtailment.settlement import settlement_date_at
from summaries.queries.freshness import Freshness, read_freshness
from summaries.queries.records import DayRecord, read_records
from summaries.queries.slices import read_farms
from summaries.queries.totals import (
    read_bitcoin_of_days,
    read_days,
    read_latest_complete_day,
    read_latest_days,
)
from summaries.reports.changes import Comparison, compare_to_date
from summaries.reports.daybook import DayBook
from summaries.reports.groups import GroupTotals, rank_farms, rank_lead_parties
from summaries.reports.notices import Notice, NoticeKind
from summaries.reports.shapes import Headline, Overview
from summaries.reports.totals import farms_of
from summaries.selection import Selection
from summaries.timeframes import Timeframe

LATEST_DAYS = 14
TREND_MONTHS = 12


@dataclass(frozen=True)
class OverviewPage(Overview):
    """The first page with all that follows from its latest complete day; empty without one.

    `comparisons` are of the month and the year to date, `trend` is by month, `farms` and
    `lead_parties` are of the year to date. `latest_curtailed` is the latest complete day with
    curtailment, unless that is long ago.
    """

    comparisons: tuple[Comparison, ...] = ()
    trend: tuple[Headline, ...] = ()
    farms: tuple[GroupTotals, ...] = ()
    lead_parties: tuple[GroupTotals, ...] = ()
    records: tuple[DayRecord, ...] = ()
    latest_curtailed: Timeframe | None = None

    @property
    def span(self) -> tuple[date, date] | None:
        """From the first to the last day of its headlines and latest days; none without days."""
        if not self.days:
            return None
        frames = [each.timeframe for each in (*self.headlines, *self.days)]
        return min(frame.first for frame in frames), max(day.timeframe.last for day in self.days)


def build_overview(*, selection: Selection, now: datetime) -> OverviewPage:
    """The latest complete day, its month and year so far, and the latest days.

    Eight queries, six without any complete day.
    """
    freshness = read_freshness()
    latest = read_latest_complete_day()
    days = read_latest_days(LATEST_DAYS)
    last = latest["settlement_date"] if latest else None
    recent = read_days(_begin(last), date.max) if last else {}
    energy = recent | {row["settlement_date"]: row for row in days}
    bitcoin = read_bitcoin_of_days(energy, miner=selection.miner)
    book = DayBook(energy, bitcoin, selection.definition)
    page = OverviewPage(
        selection=selection,
        now=now,
        headlines=(),
        days=tuple(book.headline(Timeframe.day(row["settlement_date"])) for row in days),
        freshness=freshness,
        notices=tuple(_notices(freshness, settlement_date_at(now))),
    )
    return _with_latest(page, book, last) if last else page


def _begin(last: date) -> date:
    """The first day of the year before: the trend and both comparisons begin in it or later."""
    return date(max(last.year - 1, date.min.year), 1, 1)


def _with_latest(page: OverviewPage, book: DayBook, last: date) -> OverviewPage:
    selection = page.selection
    month, year = Timeframe.month(last), Timeframe.year(last)
    units = farms_of(read_farms(year.first, last, selection=selection), selection)
    curtailed = book.latest_curtailed(last)
    return replace(
        page,
        headlines=tuple(book.headline(each) for each in (Timeframe.day(last), month, year)),
        comparisons=tuple(
            compare_to_date(each.kind, last, days=book.complete, before=each.previous)
            for each in (month, year)
            if each.previous
        ),
        trend=tuple(book.headline(each) for each in _trend_months(month)),
        farms=rank_farms(units),
        lead_parties=rank_lead_parties(units),
        records=read_records(selection.definition),
        latest_curtailed=Timeframe.day(curtailed) if curtailed else None,
    )


def _trend_months(last: Timeframe) -> list[Timeframe]:
    months = [last]
    while len(months) < TREND_MONTHS and (previous := months[0].previous):
        months.insert(0, previous)
    return months


def _notices(freshness: Freshness, today: date) -> Iterator[Notice]:
    if freshness.sample_day_count:
        sentence = (
            f"Days made up to try Windfall out, not Elexon's: {freshness.sample_day_count} of "
            f"{freshness.day_count}."
        )
        yield Notice(NoticeKind.SAMPLE, "Sample data", sentence)
    if freshness.imported_day_count:
        sentence = (
            "Days that are what the platform before this one kept, never compared with Elexon's: "
            f"{freshness.imported_day_count} of {freshness.day_count}."
        )
        yield Notice(NoticeKind.INCOMPLETE, "Imported", sentence)
    if not freshness.day_count:
        yield Notice(NoticeKind.MISSING, "No data yet", "No day has been ingested yet.")
    later = freshness.later_day_count(today)
    # Of the sample alone nobody expects that it goes on.
    if later and freshness.day_count > freshness.sample_day_count:
        sentence = (
            f"Days that are over since the newest stored one: {later}. None of them is stored."
        )
        yield Notice(NoticeKind.INCOMPLETE, "Not up to date", sentence)
    if freshness.stale_day_count:
        sentence = f"Days whose figures are out of date until then: {freshness.stale_day_count}."
        yield Notice(NoticeKind.STALE, "Being recalculated", sentence)
    if freshness.failed_day_count:
        sentence = (
            f"Days whose last try failed: {freshness.failed_day_count}. "
            "What was stored of them before is kept."
        )
        yield Notice(NoticeKind.FAILED, "Fetching failed", sentence)
