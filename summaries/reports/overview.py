"""The first page: the newest figures, and how fresh they are."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from curtailment.definitions import Definition
from summaries.columns import pick
from summaries.queries.freshness import Freshness, read_freshness
from summaries.queries.totals import (
    Row,
    read_bitcoin,
    read_bitcoin_of_days,
    read_latest_complete_day,
    read_latest_days,
    read_summary,
)
from summaries.reports.notices import Notice, NoticeKind
from summaries.reports.shapes import Headline, Overview
from summaries.selection import Selection
from summaries.timeframes import Kind, Timeframe

LATEST_DAYS = 14


def build_overview(*, selection: Selection, now: datetime) -> Overview:
    """The latest complete day, its month and year so far, and the latest days."""
    freshness = read_freshness()
    latest = read_latest_complete_day()
    days = read_latest_days(LATEST_DAYS)
    shown = {row["settlement_date"]: row for row in [*days, *([latest] if latest else [])]}
    bitcoin = read_bitcoin_of_days(shown, miner=selection.miner)

    def day_headline(row: Row) -> Headline:
        day = row["settlement_date"]
        return _headline(Timeframe.day(day), row, bitcoin.get(day), selection.definition)

    headlines = []
    if latest:
        headlines.append(day_headline(latest))
        for kind in (Kind.MONTHLY, Kind.YEARLY):
            timeframe = Timeframe.of(kind, latest["settlement_date"])
            headlines.append(_read_headline(timeframe, selection))
    return Overview(
        selection=selection,
        now=now,
        headlines=tuple(headlines),
        days=tuple(day_headline(row) for row in days),
        freshness=freshness,
        notices=tuple(_notices(freshness)),
    )


def _read_headline(timeframe: Timeframe, selection: Selection) -> Headline:
    energy = read_summary(timeframe)
    bitcoin = read_bitcoin(timeframe).get(selection.miner)
    return _headline(timeframe, energy, bitcoin, selection.definition)


def _headline(
    timeframe: Timeframe, energy: Row | None, bitcoin: Row | None, definition: Definition
) -> Headline:
    def figure(row: Row | None, name: str) -> Any:
        return pick(row, definition, name) if row else None

    return Headline(
        timeframe=timeframe,
        is_complete=bool(energy and energy["is_complete"]),
        is_provisional=bool(energy and energy["is_provisional"]),
        is_sample=bool(energy and energy["is_sample"]),
        curtailed_mwh=figure(energy, "curtailed_mwh"),
        payment_gbp=figure(energy, "payment_gbp"),
        bitcoin_mined=figure(bitcoin, "bitcoin_mined"),
        value_gbp=figure(bitcoin, "value_gbp"),
    )


def _notices(freshness: Freshness) -> Iterator[Notice]:
    if freshness.sample_day_count:
        sentence = (
            f"Days made up to try Windfall out, not Elexon's: {freshness.sample_day_count} of "
            f"{freshness.day_count}."
        )
        yield Notice(NoticeKind.SAMPLE, "Sample data", sentence)
    if not freshness.day_count:
        yield Notice(NoticeKind.MISSING, "No data yet", "No day has been ingested yet.")
    if freshness.stale_day_count:
        sentence = f"Days whose figures are out of date until then: {freshness.stale_day_count}."
        yield Notice(NoticeKind.STALE, "Being recalculated", sentence)
    if freshness.failed_day_count:
        sentence = (
            f"Days whose last try failed: {freshness.failed_day_count}. Good figures are kept."
        )
        yield Notice(NoticeKind.FAILED, "Fetching failed", sentence)
